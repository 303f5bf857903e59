import CPlatform
import Foundation
import Quantities
public import Records
public import Transport

/// What a record says of the machines that took part.
public struct HostSurvey: Sendable {
  /// The machines, in the order of their first rank.
  public let hosts: [Record.Host]
  /// Where each rank ran.
  public let placement: [Record.Placement]

  /// Gathers what every rank sees of its own machine; every rank calls it.
  ///
  /// - Parameters:
  ///   - nics: this machine's RDMA devices, in words.
  ///   - rails: those that this rank's messages go through; nil where the transport doesn't tell.
  public init<T: OutOfBand & ~Copyable>(
    over transport: inout T, nics: [String], rails: [String]? = nil
  ) throws(TransportError) {
    let mine = Seat(host: Self.thisHost(nics: nics), processors: Self.allowedProcessors, rails: rails)
    // Encoding a few strings and numbers can't fail; an empty answer would show as an unknown host.
    let bytes = [UInt8]((try? JSONEncoder().encode(mine)) ?? Data())
    let seats = try transport.gather(bytes: bytes).map {
      try? JSONDecoder().decode(Seat.self, from: Data($0))
    }
    var hosts: [Record.Host] = []
    var placement: [Record.Placement] = []
    for (rank, seat) in seats.enumerated() {
      let host =
        seat?.host
        ?? Record.Host(
          name: "unknown", kernel: "", processor: "", processors: 0, memory: .zero, nics: [])
      let place = hosts.firstIndex(of: host) ?? hosts.endIndex
      if place == hosts.endIndex { hosts.append(host) }
      placement.append(
        Record.Placement(rank: rank, host: place, processors: seat?.processors ?? "", rails: seat?.rails))
    }
    (self.hosts, self.placement) = (hosts, placement)
  }

  private struct Seat: Codable {
    let host: Record.Host
    let processors: String
    let rails: [String]?
  }

  /// The machine that this process runs on.
  public static func thisHost(nics: [String]) -> Record.Host {
    let information = ProcessInfo.processInfo
    let kernel = line("/proc/sys/kernel/osrelease").map { "Linux \($0)" }
    return Record.Host(
      name: line("/proc/sys/kernel/hostname") ?? information.hostName,
      kernel: kernel ?? information.operatingSystemVersionString,
      processor: field("model name", in: "/proc/cpuinfo") ?? "unknown",
      processors: information.processorCount,
      memory: ByteCount(Int(clamping: information.physicalMemory)), nics: nics)
  }

  /// The processors that this thread may use, as `0-3,8`.
  static var allowedProcessors: String {
    var numbers = [Int32](repeating: 0, count: 4_096)
    let found = unsafe syncline_allowed_cpus(&numbers, Int32(numbers.count))
    return ranges(numbers.prefix(Int(max(0, found))).map(Int.init))
  }

  /// Ascending numbers with runs drawn together.
  static func ranges(_ numbers: [Int]) -> String {
    var runs: [ClosedRange<Int>] = []
    for number in numbers {
      if let last = runs.last, last.upperBound + 1 == number {
        runs[runs.count - 1] = last.lowerBound...number
      } else {
        runs.append(number...number)
      }
    }
    return runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(
      separator: ",")
  }

  private static func line(_ path: String) -> String? {
    let text = try? String(contentsOfFile: path, encoding: .utf8)
    return text?.split(separator: "\n").first.map(String.init)
  }

  private static func field(_ name: String, in path: String) -> String? {
    let text = try? String(contentsOfFile: path, encoding: .utf8)
    let found = text?.split(separator: "\n").first { $0.hasPrefix(name) }
    return found?.split(separator: ":", maxSplits: 1).last.map { $0.trimmingCharacters(in: .whitespaces) }
  }
}
