import Foundation
import Quantities
import Records
import Reports
import Testing

@Suite("A report of verdicts")
struct VerdictReportTests {
  private func report() throws -> VerdictReport {
    let text = """
      name: pod <1> & "2"
      source: a handbook
      objectives:
        - {step-time: 10.5 s}
        - {sync-exposure: 2 %, name: "exposed, \\"all\\""}
        - {latency: {p99: 60 us}, collective: all-reduce, size: 8, source: a paper}
      """
    var evidence = ObjectiveEvidence()
    evidence.add(stepRecord(), path: "step.json")
    let record = Record(
      origin: .measured, environment: environment(), series: [series([point(8, [1, 2, 3])])], isPartial: true,
      endedBecause: "rank 2 died")
    evidence.add(record, path: "a.json")
    return VerdictReport(try Objectives(parsing: text), path: "slo.yaml", on: evidence)
  }

  @Test("as a table for people")
  func table() throws {
    #expect(
      try report().text(as: .table)
        == """
        pod <1> & "2" (slo.yaml)
        thresholds: a handbook

        verdict      objective                       threshold         found    95 % interval  where
        pass         step time                       at most 10.5 s     10 s  9.8 s to 10.3 s  step.json: two planes, 64 GPUs
        fail         exposed, "all"                  at most 2 %         4 %     3 % to 4.5 %  step.json: two planes, 64 GPUs
        cannot tell  p99 latency of all-reduce, 8 B  at most 60 us   2.98 us        2 us to ?  a.json: all-reduce, ring, 4 ranks, out of place, 8 B

        fail: exposed, "all": the interval's lower end is 3 %
        cannot tell: p99 latency of all-reduce, 8 B: 3 samples are too few for the p99 at 95 %: 368 bound it

        note: a.json: partial. rank 2 died

        fail: 1 pass, 1 fail, 1 cannot tell

        """)
  }

  @Test("as JSON has figures in base units, and what decided")
  func json() throws {
    let text = try report().text(as: .json)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(object["schema"] as? String == "syncline.verdicts/1" && object["verdict"] as? String == "fail")
    #expect(object["records"] as? [String] == ["step.json", "a.json"])
    let lines = try #require(object["objectives"] as? [[String: Any]])
    #expect(lines.map { $0["verdict"] as? String } == ["pass", "fail", "cannot tell"])
    #expect(lines[0]["threshold"] as? Double == 10.5 && lines[0]["unit"] as? String == "seconds")
    #expect(lines[1]["low"] as? Double == 0.03 && lines[1]["bound"] as? String == "at most")
    #expect(lines[2]["high"] == nil && lines[2]["source"] as? String == "a paper")
    #expect((lines[2]["decided_by"] as? [String: Any])?["size_bytes"] as? Int == 8)
  }

  @Test("as CSV has as many fields in each line as there are names")
  func csv() throws {
    let lines = try report().text(as: .csv).components(separatedBy: "\r\n")
    #expect(lines.count == 5 && lines[4].isEmpty)
    // None of the fields but the quoted ones has a comma.
    let counts = lines.prefix(4).map { line in
      line.replacing(/"([^"]|"")*"/, with: "x").split(separator: ",", omittingEmptySubsequences: false).count
    }
    #expect(counts == [17, 17, 17, 17])
    #expect(lines[2].contains(#""exposed, ""all""""#))
  }

  @Test("as JUnit's XML is well formed, with a failure and an error where they are")
  func junit() throws {
    let text = try report().text(as: .junit)
    let reader = XMLReader()
    #expect(reader.read(text))
    #expect(
      reader.elements == ["testsuites", "testsuite", "testcase", "testcase", "failure", "testcase", "error"])
    #expect(reader.attributes[1]["name"] == "pod <1> & \"2\"")
    #expect(
      reader.attributes[0]
        == ["tests": "3", "failures": "1", "errors": "1", "skipped": "0"])
    #expect(reader.attributes[3]["name"] == "exposed, \"all\"")
    #expect(reader.attributes[4]["message"] == "the interval's lower end is 3 %")
  }

  @Test("takes the same record once, whatever it is called")
  func twice() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "syncline-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let record = Record(origin: .measured, environment: environment(), series: [series([point(8, [1])])])
    let paths = ["a.json", "b.json", "step.json"].map { folder.appendingPathComponent($0).path }
    try record.write(to: paths[0])
    try record.write(to: paths[1])
    try stepRecord().write(to: paths[2])
    var evidence = ObjectiveEvidence()
    try evidence.add(contentsOf: paths[0])
    try evidence.add(contentsOf: paths[2])
    #expect(evidence.records.count == 1 && evidence.steps.count == 1)
    #expect(throws: FileError.self) { try evidence.add(contentsOf: paths[1]) }
    #expect(throws: FileError.self) { try evidence.add(contentsOf: folder.path) }
  }
}

/// A reader of tags and attributes, strict in what such a file may have: a declaration, elements that nest,
/// text without `<` and `&` but for the five names and numbers.
private final class XMLReader {
  private(set) var elements: [String] = []
  private(set) var attributes: [[String: String]] = []
  private var open: [String] = []

  /// Whether the whole text is well formed.
  func read(_ text: String) -> Bool {
    let declaration = #"<?xml version="1.0" encoding="UTF-8"?>"#
    guard text.hasPrefix(declaration) else { return false }
    var rest = text.dropFirst(declaration.count)
    while let start = rest.firstIndex(of: "<") {
      guard unescaped(rest[..<start]) != nil, let end = rest[start...].firstIndex(of: ">") else {
        return false
      }
      let tag = rest[rest.index(after: start)..<end]
      rest = rest[rest.index(after: end)...]
      if tag.hasPrefix("/") {
        guard open.popLast() == String(tag.dropFirst()) else { return false }
        continue
      }
      let isEmpty = tag.hasSuffix("/")
      let content = isEmpty ? tag.dropLast() : tag
      let name = String(content.prefix { $0 != " " })
      var found: [String: String] = [:]
      for match in content.dropFirst(name.count).matches(of: /\ ([a-z]+)="([^"<]*)"/) {
        guard let value = unescaped(match.2) else { return false }
        found[String(match.1)] = value
      }
      guard content.dropFirst(name.count).replacing(/\ [a-z]+="[^"<]*"/, with: "").isEmpty else {
        return false
      }
      elements.append(name)
      attributes.append(found)
      if !isEmpty { open.append(name) }
    }
    return open.isEmpty && !elements.isEmpty
  }

  private func unescaped(_ text: Substring) -> String? {
    var result = ""
    var rest = text
    while let start = rest.firstIndex(of: "&") {
      guard let end = rest[start...].firstIndex(of: ";") else { return nil }
      let names = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "#10": "\n"]
      guard let character = names[String(rest[rest.index(after: start)..<end])] else { return nil }
      result += rest[..<start] + character
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }
}
