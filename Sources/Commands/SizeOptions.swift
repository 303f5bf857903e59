import ArgumentParser
import Quantities

/// Which sizes a command runs: a list, or a range as nccl-tests takes it.
struct SizeOptions: ParsableArguments {
  @Option(help: "Sizes of the whole vector, separated by commas (8, 64K, 1M).")
  var sizes: String?

  @Option(
    name: [.customShort("b"), .customLong("minbytes"), .customLong("min-bytes")], help: "The smallest size.")
  var minBytes = "1K"

  @Option(
    name: [.customShort("e"), .customLong("maxbytes"), .customLong("max-bytes")], help: "The greatest size.")
  var maxBytes = "16M"

  @Option(
    name: [.customShort("f"), .customLong("stepfactor"), .customLong("step-factor")],
    help: "What each size is multiplied with to give the next.")
  var stepFactor: Double?

  @Option(
    name: [.customShort("i"), .customLong("stepbytes"), .customLong("step-bytes")],
    help: "What is added to each size to give the next, instead of a factor.")
  var stepBytes: String?

  /// More sizes than anyone wants to wait for.
  private static let most = 4_096

  /// The sizes, ascending, each once.
  func resolved() throws(Failure) -> [ByteCount] {
    if let sizes {
      var list: [ByteCount] = []
      for text in Names.list(sizes) { list.append(try Names.size("--sizes", text)) }
      return Array(Set(list)).sorted()
    }
    let low = try Names.size("--min-bytes", minBytes)
    let high = try Names.size("--max-bytes", maxBytes)
    guard low <= high else {
      throw Failure(.usage, "--min-bytes \(low) is above --max-bytes \(high)")
    }
    if let stepBytes {
      guard stepFactor == nil else {
        throw Failure(.usage, "--step-factor and --step-bytes exclude each other")
      }
      let step = try Names.size("--step-bytes", stepBytes)
      guard step > .zero else { throw Failure(.usage, "--step-bytes is above zero") }
      return try series(from: low, to: high) { $0.bytes.addingReportingOverflow(step.bytes) }
    }
    let factor = stepFactor ?? 4
    guard factor > 1, factor.isFinite else {
      throw Failure(.usage, "--step-factor is \(factor): it is above 1")
    }
    return try series(from: low, to: high) { size in
      let next = max(Double(size.bytes) * factor, Double(size.bytes) + 1)
      return next < 0x1p62 ? (Int(next), false) : (0, true)
    }
  }

  private func series(
    from low: ByteCount, to high: ByteCount, _ next: (ByteCount) -> (Int, overflow: Bool)
  ) throws(Failure) -> [ByteCount] {
    var list = [low]
    while let last = list.last, last < high {
      let (bytes, overflow) = next(last)
      guard !overflow, bytes <= high.bytes else { break }
      list.append(ByteCount(bytes))
      guard list.count <= Self.most else {
        throw Failure(.usage, "more than \(Self.most) sizes from \(low) to \(high): take a larger step")
      }
    }
    return list
  }
}
