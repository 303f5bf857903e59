import Fabric
import Foundation
import Quantities
import Records
import Simulation

/// A file of flows, one JSON line each, that has its name only once it is whole.
final class FlowLog {
  private var draft: DraftFile?
  private var buffer: [UInt8] = []
  private var failure: FileError?
  /// The quoted names of the ranks' endpoints, switches that take part after them, and of the links.
  private let endpoints: [[UInt8]]
  private let links: [[UInt8]]

  /// - Parameter places: the fabric's nodes of the ranks and, where they take part, of switches after them.
  init(_ path: String, fabric: Fabric, places: [Int]) throws(Failure) {
    self.endpoints = places.map { Self.quoted(fabric.nodes[$0].id) }
    links = fabric.links.indices.map { Self.quoted(fabric.name(ofLink: $0)) }
    draft = try Self.naming { () throws(FileError) in try DraftFile(path) }
  }

  func add(_ flow: SimulatedFlow) {
    write("{\"src\":")
    buffer += endpoints[flow.source]
    write(",\"dst\":")
    buffer += endpoints[flow.destination]
    write(
      ",\"src_rank\":\(flow.source),\"dst_rank\":\(flow.destination),\"lane\":\(flow.lane),\"step\":\(flow.step)"
    )
    write(",\"bytes\":\(flow.size.bytes)")
    write("start_ns", flow.start)
    write("drained_ns", flow.drained)
    write("end_ns", flow.end)
    write(",\"path\":[")
    for (place, link) in flow.path.enumerated() {
      if place > 0 { buffer.append(UInt8(ascii: ",")) }
      buffer += links[Int(link)]
    }
    write("]}\n")
    if buffer.count > 1 << 20 { flush() }
  }

  /// Gives the file its name.
  func close() throws(Failure) {
    flush()
    try Self.naming { () throws(FileError) in
      if let failure { throw failure }
      try draft.take()?.commit()
    }
  }

  private func flush() {
    defer { buffer.removeAll(keepingCapacity: true) }
    guard failure == nil else { return }
    do throws(FileError) {
      try draft?.append(buffer)
    } catch {
      failure = error
    }
  }

  /// Says which option a file's error is about.
  private static func naming<Result: ~Copyable>(
    _ body: () throws(FileError) -> Result
  ) throws(Failure) -> Result {
    do throws(FileError) {
      return try body()
    } catch {
      throw Failure(.cannotCreate, "--flows \(error)")
    }
  }

  private func write(_ text: String) { buffer += text.utf8 }

  /// Nanoseconds with the picoseconds as their fraction.
  private func write(_ name: String, _ time: Time) {
    let (whole, rest) = time.picoseconds.quotientAndRemainder(dividingBy: 1_000)
    write(",\"\(name)\":\(whole)")
    guard rest > 0 else { return }
    write(rest < 10 ? ".00\(rest)" : rest < 100 ? ".0\(rest)" : ".\(rest)")
  }

  private static func quoted(_ name: String) -> [UInt8] {
    var json = JSONText()
    json.value(name)
    return Array(json.text.utf8)
  }
}
