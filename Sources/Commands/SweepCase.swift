import Collectives
import Fabric
import Quantities
import Transport

/// One combination of a study's values: what is simulated once.
struct SweepCase: Sendable {
  /// A value as the study writes it and as it is used: with its seed, its path found from the study's folder, and the
  /// digest of the file that it names.
  struct Choice<Value: Sendable>: Sendable {
    /// As the study writes it, with the mark where a seed belongs.
    let pattern: String
    /// With its seed.
    let text: String
    let value: Value
    let digest: String?
  }

  /// The place among the plan's topologies.
  let topology: Int
  let collective: Collective
  let algorithm: Algorithm
  let ranks: Int
  let root: Int
  let placement: Choice<Placement>
  let routing: Choice<Routing>
  /// What stands for `{seed}`; nil where neither placement nor routing has it.
  let seed: UInt64?
  let channels: Int
  let chunk: ByteCount?
  let depth: Int
  /// The place among the plan's machine models; nil for the host that costs nothing.
  let machine: Int?
  let size: ByteCount

  /// What is replayed, with elements of `type`.
  func schedule(of type: DataType) throws(ScheduleError) -> Schedule {
    try Schedule(
      collective, algorithm, ranks: ranks, count: size.bytes / type.size, root: root,
      parameters: .init(
        channels: channels, chunk: chunk.map { $0.bytes / type.size } ?? .max >> 1, depth: depth))
  }
}

/// What came out of one case, without what the wall clock says.
struct SweepResult: Sendable, Codable, Equatable {
  /// The collective's time in picoseconds: when the last rank was done.
  var time: Int64
  /// When the first rank was done.
  var first: Int64
  /// What no algorithm can beat.
  var bound: Int64
  /// Messages that took a flow.
  var flows: Int
  /// The simulation's events.
  var events: Int
  /// The link that carried the greatest share of what it could have, and that share; empty where there is none.
  var peakLink: String
  var peakUtilisation: Double

  enum CodingKeys: String, CodingKey {
    case flows, events
    case time = "time_ps"
    case first = "first_ps"
    case bound = "bound_ps"
    case peakLink = "peak_link"
    case peakUtilisation = "peak_utilisation"
  }
}

/// How a case ended.
enum SweepEnding: Sendable, Equatable {
  case done(SweepResult)
  /// Left out, with the reason.
  case skipped(String)
}
