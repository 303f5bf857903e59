import Quantities
import Testing

@Suite("A typing error finds the name that was meant")
struct NearestNameTests {
  private static let names = ["all-reduce", "all-gather", "reduce-scatter", "broadcast", "reduce"]

  @Test(
    "Insertions, deletions, substitutions, swaps and case are forgiven",
    arguments: [
      ("allreduce", "all-reduce"), ("all-redcue", "all-reduce"), ("ALL-GATHER", "all-gather"),
      ("broadcasst", "broadcast"), ("reduc", "reduce"), ("brodcast", "broadcast"),
    ])
  func nearest(typed: String, meant: String) {
    #expect(nearestName(to: typed, among: Self.names) == meant)
  }

  @Test(
    "What is close to no name gets no suggestion",
    arguments: ["", "x", "scan", "all-to-all-v", String(repeating: "reduce", count: 1_000)])
  func none(typed: String) {
    #expect(nearestName(to: typed, among: Self.names) == nil)
  }

  @Test("Of two equally close names the earlier is suggested, and one of no names is none")
  func ties() {
    #expect(nearestName(to: "ab", among: ["ac", "ad"]) == "ac")
    #expect(nearestName(to: "ab", among: [String]()) == nil)
    #expect(nearestName(to: "ba", among: ["bc", "ab"]) == "bc")
  }
}
