import ArgumentParser

/// What `simulate` says besides times, and the files that it writes of a run.
struct SimulateOutputOptions: ParsableArguments {
  @Flag(
    inversion: .prefixedNo,
    help: """
      Take the time apart, and name parameters without effect: several runs more (default: where all sizes took \
      less than half a second).
      """)
  var breakdown: Bool?

  @Option(help: "How many of the busiest links are named, with the ranks that use them.")
  var busiest = 5

  @Option(help: "Write what each rank did when as Chrome trace events, for Perfetto; for one size only.")
  var trace: String?

  @Option(help: "Write how much the busiest links carried over time as CSV; for one size only.")
  var utilisation: String?

  @Option(help: "How many equal spans of time --utilisation and the counters of --trace have.")
  var spans = 100

  /// More spans than any picture has columns.
  private static let mostSpans = 100_000

  func validate() throws {
    guard (0...1_000).contains(busiest) else {
      throw ValidationError("--busiest \(busiest): 0 to 1000 links are possible")
    }
    guard (1...Self.mostSpans).contains(spans) else {
      throw ValidationError("--spans \(spans): 1 to \(Self.mostSpans) are possible")
    }
    guard busiest > 0 || utilisation == nil else {
      throw ValidationError("--utilisation is of the busiest links, and --busiest is 0")
    }
  }
}
