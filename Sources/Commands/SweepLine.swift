import Collectives
import Fabric
import Foundation
import Quantities
import Transport

/// One case as a line of JSON: its coordinates, and how it ended.
///
/// A line of the result says nothing of when, where and how fast it was simulated, so that the same study gives the same
/// bytes. A line of a journal has the seconds that it took besides.
struct SweepLine: Sendable, Codable {
  var key: String
  var index: Int
  var topology: String
  var topologyName: String
  var topologyDigest: String
  var collective: String
  var algorithm: String
  var ranks: Int
  var root: Int
  var datatype: String
  var size: Int
  var placement: String
  var routing: String
  var seed: UInt64?
  var channels: Int
  var chunk: Int?
  var depth: Int
  var machine: String?
  var machineDigest: String?
  var status: Status
  var reason: String?
  var result: SweepResult?
  var algorithmBandwidth: Double?
  var busBandwidth: Double?
  var time: Double?
  var bound: Double?
  var build: String
  var seconds: Double?

  enum Status: String, Sendable, Codable {
    case done, skipped
  }

  enum CodingKeys: String, CodingKey {
    case key, index, topology, collective, algorithm, ranks, root, datatype, placement, routing, seed,
      channels,
      depth, machine, status, reason, result, build, seconds
    case topologyName = "topology_name"
    case topologyDigest = "topology_sha256"
    case size = "size_bytes"
    case chunk = "chunk_bytes"
    case machineDigest = "machine_sha256"
    case algorithmBandwidth = "algbw_gb_per_s"
    case busBandwidth = "busbw_gb_per_s"
    case time = "time_us"
    case bound = "bound_us"
  }

  /// The line of case `place` of `plan`.
  ///
  /// - Parameter seconds: what the simulation took; nil in the result.
  init(_ plan: SweepPlan, _ place: Int, build: String, _ ending: SweepEnding, seconds: Double? = nil) {
    let one = plan.cases[place]
    let topology = plan.topologies[one.topology]
    (key, index, self.build, self.seconds) = (plan.keys[place], place, build, seconds)
    (self.topology, topologyName, topologyDigest) = (
      topology.text, topology.value.fabric.name, topology.digest
    )
    (collective, algorithm) = (one.collective.rawValue, one.algorithm.rawValue)
    (ranks, root, datatype, size) = (one.ranks, one.root, plan.study.type.rawValue, one.size.bytes)
    (placement, routing, seed) = (one.placement.text, one.routing.text, one.seed)
    (channels, chunk, depth) = (one.channels, one.chunk?.bytes, one.depth)
    machine = one.machine.map { plan.machines[$0].text }
    machineDigest = one.machine.map { plan.machines[$0].digest }
    switch ending {
    case .skipped(let why): (status, reason) = (.skipped, why)
    case .done(let result):
      (status, self.result) = (.done, result)
      let microseconds = Time(picoseconds: result.time).microseconds
      time = microseconds
      bound = Time(picoseconds: result.bound).microseconds
      let bandwidth = microseconds > 0 ? Double(size) / microseconds / 1e3 : 0
      algorithmBandwidth = bandwidth
      busBandwidth = bandwidth * one.collective.busFactor(ranks: ranks)
    }
  }

  /// How the case ended; nil for a line that says neither.
  var ending: SweepEnding? {
    switch status {
    case .done: result.map { .done($0) }
    case .skipped: reason.map { .skipped($0) }
    }
  }

  /// The line with its newline: keys in order, so that equal lines are equal bytes.
  func encoded() throws(Failure) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return try encoder.encode(self) + [UInt8(ascii: "\n")]
    } catch {
      throw Failure(.software, "a result that JSON can't hold: \(error)")
    }
  }
}

extension SweepLine {
  /// The columns of the CSV file, in its order.
  static let columns = [
    "index", "topology", "topology_name", "collective", "algorithm", "ranks", "root", "datatype",
    "size_bytes",
    "placement", "routing", "seed", "channels", "chunk_bytes", "depth", "machine", "status", "reason",
    "time_us",
    "first_us", "bound_us", "algbw_gb_per_s", "busbw_gb_per_s", "flows", "events", "peak_link",
    "peak_utilisation", "key",
  ]

  /// The values of ``columns``; what a case doesn't have is empty.
  var row: [String] {
    func text(_ value: (some Any)?) -> String { value.map { "\($0)" } ?? "" }
    let first = result.map { Time(picoseconds: $0.first).microseconds }
    return [
      "\(index)", topology, topologyName, collective, algorithm, "\(ranks)", "\(root)", datatype, "\(size)",
      placement, routing, text(seed), "\(channels)", chunk.map { "\($0)" } ?? "whole", "\(depth)",
      text(machine), status.rawValue, text(reason), text(time), text(first), text(bound),
      text(algorithmBandwidth), text(busBandwidth), text(result?.flows), text(result?.events),
      text(result?.peakLink), text(result?.peakUtilisation), key,
    ]
  }
}
