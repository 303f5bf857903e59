import Testing
import Training

@Suite("Precision")
struct PrecisionTests {
  @Test("A number's bytes") func bytes() { #expect(Precision.allCases.map(\.bytes) == [4, 2, 2, 1]) }
}
