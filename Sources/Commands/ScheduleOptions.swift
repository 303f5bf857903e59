import ArgumentParser
import Collectives
import Quantities
import Transport

/// What the vector holds and how its schedule is spread and cut: the same for a measurement and a prediction.
struct ScheduleOptions: ParsableArguments {
  @Option(name: [.customShort("d"), .long], help: "float32, float64, int32, int64, float16 or bfloat16.")
  var datatype = "float32"

  @Option(name: [.customShort("r"), .long], help: "The root of a broadcast or reduce.")
  var root = 0

  @Option(help: "Lanes that share the vector.")
  var channels = 1

  @Option(help: "The most bytes in one message, up to 1 GiB; 'whole' for no limit of our own.")
  var chunk = "1M"

  @Option(help: "Pieces in flight in one lane.")
  var depth = 2

  @Option(help: "Neighbouring ranks in one NVLink domain, for hierarchical; divides the ranks.")
  var domain = 8

  /// The options as they are used.
  struct Resolved: Sendable {
    let type: DataType
    let root: Int
    let channels: Int
    /// Nil for whole runs.
    let chunk: ByteCount?
    let depth: Int
    let domain: Int
  }

  func resolved() throws(Failure) -> Resolved {
    let type = try Names.type(datatype)
    var limit: ByteCount?
    if chunk != "whole" {
      let size = try Names.size("--chunk", chunk)
      guard size.bytes >= type.size, size <= .gibibytes(1) else {
        throw Failure(
          .usage, "--chunk \(size): it holds at least one element of \(type.size) B, and at most 1 GiB")
      }
      limit = size
    }
    guard (1...65_536).contains(domain) else {
      throw Failure(.usage, "--domain \(domain): 1 to 65536 ranks are possible")
    }
    return Resolved(type: type, root: root, channels: channels, chunk: limit, depth: depth, domain: domain)
  }
}
