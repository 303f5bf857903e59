import Fabric
import Foundation
import Quantities
import Records
import Simulation

/// A file of flows, one JSON line each, that has its name only once it is whole.
final class FlowLog {
  private let target: URL
  private let draft: URL?
  private let path: String
  private let handle: FileHandle
  private var buffer: [UInt8] = []
  private var failure: (any Error)?
  /// The quoted names of the ranks' endpoints and of the links.
  private let endpoints: [[UInt8]]
  private let links: [[UInt8]]

  init(_ path: String, fabric: Fabric, endpoints: [Int]) throws(Failure) {
    self.path = path
    self.endpoints = endpoints.map { Self.quoted(fabric.nodes[fabric.endpoints[$0]].id) }
    links = fabric.links.map { Self.quoted($0.id) }
    target = URL(fileURLWithPath: path).resolvingSymlinksInPath()
    let kind = (try? FileManager.default.attributesOfItem(atPath: target.path))?[.type] as? FileAttributeType
    guard !path.isEmpty, kind != .typeDirectory else {
      throw Failure(.cannotCreate, "--flows '\(path)': this is a folder; a file's name is expected")
    }
    // A pipe or device can't be renamed; it is written straight.
    let isRegular = kind == nil || kind == .typeRegular
    let draft = target.deletingLastPathComponent().appendingPathComponent(
      ".\(target.lastPathComponent).\(UUID().uuidString.prefix(8))")
    self.draft = isRegular ? draft : nil
    if isRegular, !FileManager.default.createFile(atPath: draft.path, contents: nil) {
      throw Failure(
        .cannotCreate, "--flows '\(path)': no file can be made in '\(draft.deletingLastPathComponent().path)'"
      )
    }
    do {
      handle = try FileHandle(forWritingTo: isRegular ? draft : target)
    } catch {
      throw Failure(.cannotCreate, "--flows '\(path)': can't be written")
    }
  }

  deinit {
    // Whatever ended the run before close() leaves nothing behind.
    if let draft { try? FileManager.default.removeItem(at: draft) }
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
    do {
      if let failure { throw failure }
      if let draft {
        try handle.synchronize()
        try handle.close()
        guard unsafe rename(draft.path, target.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
      }
    } catch {
      throw Failure(
        .cannotCreate, "--flows '\(path)': can't be written: \((error as NSError).localizedDescription)")
    }
  }

  private func flush() {
    guard failure == nil else { return buffer.removeAll(keepingCapacity: true) }
    do { try handle.write(contentsOf: buffer) } catch { failure = error }
    buffer.removeAll(keepingCapacity: true)
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
