import Fabric
import Foundation
import Interchange
import Quantities
import Testing

@Suite("Damaged and hostile files are refused in one line, or read; never a crash")
struct HostileTests {
  /// Reads the files with `text` in place of the first one's.
  private func read(_ text: String, _ index: Int) throws {
    let (files, format) = Sample.all[index]
    var sources = try Sample.sources(files)
    sources[0] = try SourceText(path: sources[0].path, text: text)
    do {
      _ = try FabricImport(sources, from: format, assuming: Assumptions(rate: .gigabits(100)))
    } catch {
      #expect(!error.description.contains("\n"))
      #expect(error.path.hasPrefix(Sample.folder.path), "\(error)")
      let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).count
      if let line = error.line { #expect((1...lines).contains(line), "\(error)") }
    }
  }

  @Test("Truncated at any of many places", arguments: Sample.all.indices)
  func truncated(index: Int) throws {
    let text = try Sample.sources(Sample.all[index].files)[0].text
    for step in 0..<40 {
      try read(String(text.prefix(1 + text.count * step / 40)), index)
    }
  }

  @Test("With characters changed, doubled and taken out", arguments: Sample.all.indices)
  func flipped(index: Int) throws {
    let text = Array(try Sample.sources(Sample.all[index].files)[0].text)
    let others = Array("\"<>[]{}(),;:=#-& \n0x9e")
    var random = Seeded(state: UInt64(index))
    for _ in 0..<60 {
      var damaged = text
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: damaged.indices, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: damaged[place] = others.randomElement(using: &random) ?? "x"
        case 1: damaged.insert(contentsOf: damaged[place...].prefix(20), at: place)
        default: damaged.remove(at: place)
        }
      }
      try read(String(damaged), index)
    }
  }

  @Test("Lines in another order, doubled and left out", arguments: Sample.all.indices)
  func shuffled(index: Int) throws {
    let lines = try Sample.sources(Sample.all[index].files)[0].text.split(separator: "\n")
    var random = Seeded(state: UInt64(index) + 100)
    for _ in 0..<20 {
      var damaged = lines
      damaged.swapAt(.random(in: lines.indices, using: &random), .random(in: lines.indices, using: &random))
      damaged.insert(
        damaged[.random(in: lines.indices, using: &random)], at: .random(in: lines.indices, using: &random))
      damaged.remove(at: .random(in: damaged.indices, using: &random))
      try read(damaged.joined(separator: "\n"), index)
    }
  }

  private func message(_ text: String, _ format: FabricFormat) -> String {
    do {
      _ = try FabricImport(
        [SourceText(path: "f", text: text)], from: format, assuming: Assumptions(rate: .gigabits(1)))
      return "read"
    } catch {
      return error.description
    }
  }

  @Test(
    "An entity that stands for entities is refused before it is parsed",
    arguments: [FabricFormat.graphml, .simgrid])
  func entities(format: FabricFormat) {
    var text = "<?xml version=\"1.0\"?>\n<!DOCTYPE lolz [\n<!ENTITY a0 \"ha\">\n"
    for level in 1...40 { text += "<!ENTITY a\(level) \"&a\(level - 1);&a\(level - 1);\">\n" }
    #expect(
      message(text + "]><graphml>&a40;</graphml>", format)
        == "f:3: found an entity of the document's own, expected each value in full")
  }

  @Test("A file of the system is not read in by an external entity or a document type")
  func externalEntity() {
    let text = "<!DOCTYPE graphml SYSTEM \"file:///etc/passwd\">\n<graphml><graph id=\"&x;\"/></graphml>"
    #expect(message(text, .graphml).hasPrefix("f:"))
    let included =
      "<graphml><graph id=\"g\" xmlns:xi=\"http://www.w3.org/2001/XInclude\"><node id=\"a\"/><node id=\"b\"/>"
    #expect(message(included + "<edge source=\"a\" target=\"b\"/></graph></graphml>", .graphml) == "read")
  }

  @Test("Deep nesting is refused, whatever the format")
  func deep() {
    let deep = 100_000
    #expect(
      message(String(repeating: "<a>", count: deep), .graphml)
        == "f:1: found an element inside of 32 others, expected at most that many")
    #expect(
      message("graph {" + String(repeating: "{", count: deep), .dot)
        == "f:1: found a subgraph inside of 32 others, expected less than 32")
    #expect(
      message("{\"lldp\":" + String(repeating: "[", count: deep), .lldp)
        == "f:1: found a value inside of 32 others, expected at most that many")
  }

  @Test("Numbers past all measure are refused")
  func numbers() {
    #expect(
      message("999999999999 8 1 1 1 A100\n", .simai).hasPrefix("f:1: found '999999999999 8 1 1 1 A100'"))
    #expect(message("12 8 1 99999999999999999999 1 A100\n", .simai).hasPrefix("f:1: found"))
    let huge =
      "topology: [ Switch, Switch ]\nnpus_count: [ 1000000000, 1000000000 ]\nbandwidth: [ 1, 1 ]\nlatency: [ 1, 1 ]\n"
    #expect(message(huge, .astraSim).contains("whole numbers whose product is 1 to 1048576"))
    let radical =
      "<platform version=\"4\"><cluster id=\"c\" radical=\"0-9999999999\" bw=\"1Bps\" lat=\"1s\"/></platform>"
    #expect(message(radical, .simgrid).contains("ranges such as 0-15, of 1048576 hosts at the most"))
    let tree =
      "<platform><cluster id=\"c\" radical=\"0-15\" topology=\"FAT_TREE\" topo_parameters=\"9999999;1;1;1\" bw=\"1Bps\" lat=\"1s\"/></platform>"
    #expect(message(tree, .simgrid).contains("levels; children; parents; parallel links"))
  }

  @Test("Binary is refused with its line, large files before they are read")
  func binaryAndLarge() throws {
    #expect {
      try SourceText(path: "f", text: "Switch\n\0\n")
    } throws: {
      "\($0)" == "f:2: found a byte of value 0, expected text"
    }
    let folder = FileManager.default.temporaryDirectory.appending(path: "syncline-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let large = folder.appending(path: "large")
    try Data().write(to: large)
    // Sparse: it takes no room on the disk.
    try FileHandle(forWritingTo: large).truncate(atOffset: UInt64(SourceText.sizeLimit) + 1)
    #expect {
      try SourceText(contentsOf: large.path)
    } throws: {
      "\($0)" == "\(large.path): found more than 67108864 bytes, expected at most that"
    }
    try Data([0x7F, 0x45, 0x4C, 0x46, 0xFF, 0xFE]).write(to: large)
    #expect {
      try SourceText(contentsOf: large.path)
    } throws: {
      "\($0)".hasSuffix("found bytes that are no UTF-8, expected text")
    }
    #expect {
      try SourceText(contentsOf: folder.appending(path: "none").path)
    } throws: {
      ($0 as? TopologyFileError)?.cause == .unreadable
    }
  }

  @Test("A cable that its two ends tell differently is an error at its line")
  func contradiction() {
    let text = """
      Switch 2 "s" # "s"
      [1] "a"[1]
      [2] "b"[1]
      Ca 1 "a" # "a"
      [1] "s"[2]
      Ca 1 "b" # "b"
      """
    #expect(
      message(text, .ibnetdiscover)
        == "f:2: found a cable to port 1 of 'a', which line 5 has elsewhere, expected the same cable at both ends"
    )
  }
}
