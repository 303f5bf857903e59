import Foundation
import Quantities
import Records
import Testing

/// A record with something in every field.
let example = Record(
  origin: .measured,
  environment: Record.Environment(
    command: ["syncline", "bench", "--label", "a \"b\" {c} [d], é"], started: "2025-01-02T03:04:05Z",
    version: "0.1.0",
    commit: "8c78523",
    hosts: [
      .init(
        name: "node0", kernel: "Linux 6.1", processor: "EPYC", processors: 64, memory: .gibibytes(256),
        nics: ["mlx5_0 fw 20.1 ACTIVE"])
    ],
    placement: [.init(rank: 0, host: 0, processors: "0-3"), .init(rank: 1, host: 0, processors: "4-7")],
    transport: "mpi", library: "Open MPI 4.1.4", sampling: "2 warm-ups, 3 iterations",
    simulation: .init(
      topology: "fat-tree-k4", topologyDigest: "00ff", placement: "packed", routing: "ecmp:1",
      machine: "m.json",
      machineDigest: "11ee"),
    warnings: ["more ranks than processors"]),
  series: [
    Record.Series(
      collective: "all-reduce", algorithm: "ring", ranks: 2, datatype: "float32", operation: "sum",
      isInPlace: true,
      root: 0, channels: 2, chunk: .kibibytes(64), depth: 8,
      points: [
        Record.Point(
          size: ByteCount(8), count: 2, samples: [Time(picoseconds: 1_234_567), .microseconds(2)],
          rankTimes: [[.microseconds(1), .zero], [.microseconds(2), .microseconds(2)]],
          startSkews: [.nanoseconds(3), .zero], checkedElements: 4),
        Record.Point(
          size: .mebibytes(1), count: 1 << 18, samples: [.microseconds(7)],
          predicted: .init(low: .microseconds(6), high: .microseconds(9))),
      ])
  ], isPartial: true, endedBecause: "rank 1 died")

/// Runs `body` with a folder of its own.
func inFolder(_ body: (String) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("syncline-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder.path)
}

@Suite("A record's file")
struct RecordFileTests {
  @Test("is read from a pipe as from a file")
  func pipe() throws {
    let pipe = FileManager.default.temporaryDirectory.appendingPathComponent("syncline-\(UUID().uuidString)")
      .path
    try #require(unsafe mkfifo(pipe, 0o600) == 0)
    defer { try? FileManager.default.removeItem(atPath: pipe) }
    let bytes = try example.encoded()
    let writer = Thread {
      let handle = FileHandle(forWritingAtPath: pipe)
      try? handle?.write(contentsOf: bytes)
      try? handle?.close()
    }
    writer.start()
    #expect(try Record.read(pipe) == example)
  }

  @Test("gives back the record that was written")
  func roundTrip() throws {
    try inFolder { folder in
      try example.write(to: folder + "/a.json")
      #expect(try Record.read(folder + "/a.json") == example)
    }
  }

  @Test("has sorted snake_case keys and its samples on one line")
  func layout() throws {
    let text = String(decoding: try example.encoded(), as: UTF8.self)
    #expect(text.contains("\n          \"samples_ps\": [1234567,2000000],\n"))
    #expect(
      text.contains(
        "\n          \"rank_times_ps\": [\n            [1000000,0],\n            [2000000,2000000]\n          ],\n"
      ))
    #expect(text.contains("\"chunk_bytes\": 65536,"))
    #expect(text.hasSuffix("}\n"))
    let keys = text.matches(of: #/"([A-Za-z0-9_]+)": /#).map { String($0.output.1) }
    #expect(keys.count > 50 && keys.allSatisfy { $0 == $0.lowercased() })
  }

  @Test("that is cut short anywhere is refused, not misread")
  func truncated() throws {
    let data = try example.encoded()
    for length in 0..<(data.count - 2) {
      let error = #expect(throws: FileError.self) {
        _ = try Record(parsing: data.prefix(length), path: "a.json")
      }
      #expect(error?.kind == .contents)
      #expect(error?.reason.hasPrefix("the file is cut short") == true, "\(length): \(error?.reason ?? "")")
    }
  }

  @Test("that is cut short says where")
  func truncatedPlace() throws {
    let text = String(decoding: try example.encoded(), as: UTF8.self)
    let end = try #require(text.range(of: "1234567"))
    let error = #expect(throws: FileError.self) {
      _ = try Record(parsing: Data(text[..<end.upperBound].utf8), path: "a.json")
    }
    #expect(
      error?.reason.contains("inside series[0].points[0].samples_ps[0], with ']'") == true,
      "\(error?.reason ?? "")")
  }

  @Test(
    "with something else in it is refused by name",
    arguments: [
      ("\"syncline.record/1\"", "\"syncline.record/2\"", "its schema is 'syncline.record/2'"),
      ("\"schema\"", "\"scheme\"", "no field 'schema'; 'syncline.record/1' is expected"),
      ("\"size_bytes\": 8", "\"size_bytes\": -8", "'-8' is not a size in bytes"),
      ("\"size_bytes\": 8", "\"size_bytes\": 1048576", "sizes ascend"),
      ("\"ranks\": 2", "\"ranks\": 0", "series[0].ranks is 0"),
      ("\"ranks\": 2", "\"ranks\": 3", "rank_times_ps has 2 ranks"),
      ("\"ranks\": 2", "\"ranks\": \"2\"", "series[0].ranks is not a whole number"),
      ("[1234567,2000000]", "[]", "series[0].points[0].samples_ps is empty"),
      ("1234567", "-1", "holds a time of -1 ps"),
      ("1234567", "9223372036854775807", "times are at most 100 days"),
      ("1234567", "1e30", "a number in it is out of range"),
      ("\"low_ps\": 6000000", "\"low_ps\": 60000000", "series[0].points[1].predicted"),
      ("\"origin\": \"measured\"", "\"origin\": \"guessed\"", "origin"),
      ("\"depth\": 8", "\"width\": 8", "lacks 'depth'"),
      ("{", "nonsense {", "this is no record"),
    ])
  func wrongContents(found: String, replacement: String, message: String) throws {
    var text = String(decoding: try example.encoded(), as: UTF8.self)
    let range = try #require(text.range(of: found))
    text.replaceSubrange(range, with: replacement)
    let error = #expect(throws: FileError.self) { _ = try Record(parsing: Data(text.utf8), path: "a.json") }
    #expect(error?.kind == .contents)
    #expect(error?.description.hasPrefix("a.json: ") == true)
    #expect(error?.reason.contains(message) == true, "\(error?.reason ?? "")")
    #expect(error?.description.contains("\n") == false)
  }
}

@Suite("A file that is written whole")
struct WholeFileTests {
  @Test("replaces what was there, keeps its permissions and leaves nothing else behind")
  func replaces() throws {
    try inFolder { folder in
      let path = folder + "/a"
      try WholeFile.write(Data("one".utf8), to: path)
      try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
      try WholeFile.write(Data("two".utf8), to: path)
      #expect(try WholeFile.read(path) == Data("two".utf8))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a"])
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
      #expect(mode?.intValue == 0o640)
    }
  }

  @Test("follows a link instead of replacing it")
  func link() throws {
    try inFolder { folder in
      try WholeFile.write(Data("one".utf8), to: folder + "/a")
      try FileManager.default.createSymbolicLink(atPath: folder + "/b", withDestinationPath: folder + "/a")
      try WholeFile.write(Data("two".utf8), to: folder + "/b")
      #expect(try WholeFile.read(folder + "/a") == Data("two".utf8))
    }
  }

  @Test("can't be a folder, in a missing folder, or in a file; all stays as it was")
  func unwritable() throws {
    try inFolder { folder in
      try WholeFile.write(Data("one".utf8), to: folder + "/a")
      for path in [
        "", folder, folder + "/none/a", folder + "/a/b", folder + "/" + String(repeating: "x", count: 300),
      ] {
        let error = #expect(throws: FileError.self) { try WholeFile.write(Data("two".utf8), to: path) }
        #expect(error?.kind == .unwritable)
        #expect(error?.description.contains("\n") == false)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a"])
      #expect(try WholeFile.read(folder + "/a") == Data("one".utf8))
    }
  }

  @Test("may be a device", .enabled(if: FileManager.default.fileExists(atPath: "/dev/null")))
  func device() throws {
    try WholeFile.write(Data("one".utf8), to: "/dev/null")
    #expect(
      try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type] as? FileAttributeType
        == .typeCharacterSpecial)
  }

  @Test("that is missing, or a folder, can't be read", arguments: ["", "/none/such", "/tmp"])
  func unreadable(path: String) {
    let error = #expect(throws: FileError.self) { _ = try WholeFile.read(path) }
    #expect(error?.kind == .unreadable)
  }
}
