import Calibration
import Foundation
import Pages
import Records

/// The files that a record, a machine model, a sweep's result or a page names as what it was made from.
struct NamedInputs {
  /// The document's schema; nil for what has none.
  private(set) var schema: String?
  /// In the order of the file, each once.
  private(set) var inputs: [Record.Input] = []
  /// Why they can't be told; nil where they can.
  private(set) var problem: String?

  init(of file: Data) {
    switch file.first {
    case UInt8(ascii: "<"): read(page: file)
    case UInt8(ascii: "{"):
      let end = file.firstIndex(of: UInt8(ascii: "\n")) ?? file.endIndex
      if let line = try? JSONDecoder().decode(SweepNames.self, from: file[..<end]) {
        schema = "syncline.sweep/1"
        add(line.inputs)
        for line in file[end...].split(separator: UInt8(ascii: "\n")) { read(line: line) }
      } else {
        read(document: file)
      }
    default: problem = "this is no file that Syncline writes"
    }
  }

  private mutating func add(_ found: some Sequence<Record.Input>) {
    for input in found where !inputs.contains(input) { inputs.append(input) }
  }

  private mutating func read(line: Data) {
    guard let names = try? JSONDecoder().decode(SweepNames.self, from: line) else {
      problem = problem ?? "a line is none of a sweep's result"
      return
    }
    add(names.inputs)
  }

  private mutating func read(document: Data) {
    do {
      let names = try JSONDecoder().decode(DocumentNames.self, from: document)
      schema = names.schema
      add(names.environment?.inputs ?? names.environment?.simulation?.inputs ?? [])
      add(names.sources?.map { Record.Input(role: "record", path: $0.path, digest: $0.digest) } ?? [])
      add(names.inputs ?? [])
    } catch {
      problem = "it is no JSON that names its inputs"
    }
  }

  private static let opening = Data("<script type=\"application/json\" id=\"\(Page.inputsID)\">".utf8)

  private mutating func read(page: Data) {
    guard let start = page.firstRange(of: Self.opening)?.upperBound,
      let end = page[start...].firstRange(of: Data("</script>".utf8))?.lowerBound
    else { return }
    do {
      add(try JSONDecoder().decode([Record.Input].self, from: page[start..<end]))
    } catch {
      problem = "its provenance is no list of role, path and sha256"
    }
  }
}

/// What of a document names files.
private struct DocumentNames: Decodable {
  struct Environment: Decodable {
    var inputs: [Record.Input]?
    var simulation: Simulated?
  }

  /// What records of earlier versions have: of a topology they keep the digest, not the path.
  struct Simulated: Decodable {
    var machine: String?
    var machineDigest: String?
    var conditions: String?
    var conditionsDigest: String?

    enum CodingKeys: String, CodingKey {
      case machine
      case machineDigest = "machine_digest"
      case conditions
      case conditionsDigest = "conditions_digest"
    }

    var inputs: [Record.Input] {
      [("machine", machine, machineDigest), ("conditions", conditions, conditionsDigest)].compactMap {
        (role, path, digest) in
        guard let path, let digest else { return nil }
        return Record.Input(role: role, path: path, digest: digest)
      }
    }
  }

  struct Source: Decodable {
    var path: String
    var digest: String

    enum CodingKeys: String, CodingKey {
      case path
      case digest = "sha256"
    }
  }

  var schema: String
  var environment: Environment?
  var sources: [Source]?
  var inputs: [Record.Input]?
}

/// What of a line of a sweep's result names files.
private struct SweepNames: Decodable {
  var key: String
  var topology: String
  var topologyDigest: String
  var machine: String?
  var machineDigest: String?

  enum CodingKeys: String, CodingKey {
    case key, topology
    case topologyDigest = "topology_sha256"
    case machine
    case machineDigest = "machine_sha256"
  }

  var inputs: [Record.Input] {
    let topology = Record.Input(role: "topology", path: topology, digest: topologyDigest)
    guard let machine, let machineDigest else { return [topology] }
    return [topology, Record.Input(role: "machine", path: machine, digest: machineDigest)]
  }
}
