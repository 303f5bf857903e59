import Fabric
import Foundation
import Records
import Reports

/// Whether files are as they were written, and what they were made from as it was then.
struct Verification: Encodable {
  /// What became of a file that another one was made from.
  enum State: String, Encodable {
    /// The same bytes.
    case intact
    /// There, with other bytes.
    case changed
    /// Not there, or not to be read.
    case missing
  }

  /// A file that another one was made from.
  struct Input: Encodable {
    var role: String
    var path: String
    var digest: String
    var state: State
    /// Where it was found.
    var found: String?
    /// What its digest is now, where that is another one.
    var foundDigest: String?

    enum CodingKeys: String, CodingKey {
      case role, path
      case digest = "sha256"
      case state
      case found = "found_path"
      case foundDigest = "found_sha256"
    }
  }

  /// A place that is not as it was sealed.
  struct Place: Encodable {
    var what: String
    var firstLine: Int?
    var lastLine: Int?
    var part: String?

    enum CodingKeys: String, CodingKey {
      case what
      case firstLine = "first_line"
      case lastLine = "last_line"
      case part
    }

    init(_ change: Seal.Change) {
      what = change.description
      switch change {
      case .lines(let lines, let part, _):
        (firstLine, lastLine, self.part) = (lines.lowerBound, lines.upperBound, part)
      case .seal(let line): (firstLine, lastLine) = (line, line)
      case .lineEnds, .layout, .end, .somewhere: break
      }
    }
  }

  /// One file.
  struct File: Encodable {
    var path: String
    var schema: String?
    /// Of all of its bytes, seal included: what to write down elsewhere, where a seal is not enough.
    var digest: String
    /// `intact`, `changed` or `none`.
    var seal: String
    var changes: [Place]
    var inputs: [Input]
    /// Why its inputs can't be told.
    var problem: String?

    enum CodingKeys: String, CodingKey {
      case path, schema
      case digest = "sha256"
      case seal, changes, inputs, problem
    }

    /// Whether the file or an input has changed.
    var isChanged: Bool { seal == "changed" || inputs.contains { $0.state == .changed } }
    var lacksInput: Bool { inputs.contains { $0.state == .missing } }
  }

  var schema = "syncline.verification/1"
  var files: [File]

  /// Verifies files in their order.
  ///
  /// - Parameter folder: where inputs are looked for besides the current folder and that of their file.
  init(_ paths: [String], inputsFrom folder: String?) throws(FileError) {
    files = []
    for path in paths { files.append(try Self.file(path, folder)) }
  }

  private static func file(_ path: String, _ folder: String?) throws(FileError) -> File {
    let data = try WholeFile.read(path)
    let named = NamedInputs(of: data)
    let verdict = Seal.verify(data)
    var (seal, changes) = ("intact", [Seal.Change]())
    switch verdict {
    case .intact: break
    case .absent: seal = "none"
    case .changed(let found): (seal, changes) = ("changed", found)
    }
    let place = (path as NSString).deletingLastPathComponent
    return File(
      path: path, schema: named.schema, digest: Digest.sha256(data), seal: seal,
      changes: changes.map(Place.init),
      inputs: named.inputs.map { check($0, [folder, "", place.isEmpty ? "." : place]) },
      problem: named.problem)
  }

  /// Looks for an input; where there are several files of its name, for one with its bytes.
  private static func check(_ input: Record.Input, _ folders: [String?]) -> Input {
    var result = Input(role: input.role, path: input.path, digest: input.digest, state: .missing)
    for path in candidates(input.path, folders) {
      // What can't be read is as good as missing.
      guard let digest = try? Digest.sha256(ofFile: path) else { continue }
      if digest == input.digest {
        (result.state, result.found, result.foundDigest) = (.intact, path, nil)
        return result
      }
      if result.state == .missing {
        (result.state, result.found, result.foundDigest) = (.changed, path, digest)
      }
    }
    return result
  }

  private static func candidates(_ path: String, _ folders: [String?]) -> [String] {
    var paths: [String] = []
    func add(_ path: String) {
      if !paths.contains(path) { paths.append(path) }
    }
    func join(_ folder: String, _ path: String) -> String {
      folder.isEmpty ? path : (folder as NSString).appendingPathComponent(path)
    }
    for folder in folders {
      guard let folder else { continue }
      if !path.hasPrefix("/") { add(join(folder, path)) }
    }
    if path.hasPrefix("/") { add(path) }
    // A folder that was named holds the inputs without the folders that they were in.
    if let folder = folders[0] { add(join(folder, (path as NSString).lastPathComponent)) }
    return paths
  }

  /// The whole as a table.
  var table: TextTable {
    var table = TextTable([("file", .left), ("part", .left), ("state", .left)])
    for file in files {
      let seal: String =
        switch file.seal {
        case "none": "not sealed"
        case "intact": "intact"
        default: "changed"
        }
      table.addRow([file.path.oneLine, "seal", seal])
      for change in file.changes { table.addRow(["", "  " + change.what.oneLine, "changed"]) }
      for input in file.inputs {
        var state = input.state.rawValue
        if input.state == .changed, let found = input.found, found != input.path {
          state += ": \(found.oneLine)"
        }
        table.addRow(["", "\(input.role) \(input.path)".oneLine, state])
      }
      if let problem = file.problem { table.addRow(["", "inputs", "not told: \(problem)"]) }
    }
    return table
  }

  /// What ends the command, where something isn't as it was.
  var failure: Failure? {
    let changed = files.filter(\.isChanged)
    if let first = changed.first {
      let others = changed.count > 1 ? " and \(changed.count - 1) more" : ""
      let what = first.seal == "changed" ? "is not as it was written" : "has inputs that changed since"
      return Failure(.data, "\(first.path)\(others) \(what)")
    }
    guard let first = files.first(where: \.lacksInput) else { return nil }
    let count = files.reduce(0) { $0 + $1.inputs.count { $0.state == .missing } }
    return Failure(
      .noInput,
      "\(first.path): \(count) input\(count == 1 ? " is" : "s are") missing: --inputs-from DIR says where to look"
    )
  }
}
