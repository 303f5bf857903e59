import Foundation
import Testing

@Suite("topology render, lint and diff")
struct TopologyViewsTests {
  private func shipped(_ name: String) -> String {
    CommandRun.checkout.appendingPathComponent("topologies/\(name).yaml").path
  }

  private func run(_ arguments: String...) throws -> CommandRun { try CommandRun(["topology"] + arguments) }

  @Test("render prints a picture, or writes it whole")
  func render() throws {
    let scratch = try Scratch()
    let printed = try run("render", shipped("fat-tree-k4"))
    #expect(printed.status == 0)
    #expect(printed.output.hasPrefix("<?xml") && printed.output.hasSuffix("</svg>\n"))
    let written = try run("render", shipped("fat-tree-k4"), "-o", scratch.file("f.svg").path)
    #expect(written.status == 0)
    #expect(try String(contentsOf: scratch.file("f.svg"), encoding: .utf8) == printed.output)
    let nowhere = try run("render", shipped("fat-tree-k4"), "-o", "/nonexistent/f.svg")
    #expect(nowhere.status == 73)
    #expect(nowhere.errors == "syncline: /nonexistent/f.svg: there is no folder '/nonexistent'\n")
    let crowded = try run("render", shipped("fat-tree-k4"), "--boxes", "0")
    #expect(crowded.status == 64)
  }

  @Test("simulate writes what each link carried, and render shows it")
  func utilisation() throws {
    let scratch = try Scratch()
    let use = scratch.file("use.csv").path
    let simulation = try CommandRun([
      "simulate", "--topology", shipped("pilot-4"), "--sizes", "1M", "--link-use", use,
    ])
    #expect(simulation.status == 0)
    let lines = try String(contentsOfFile: use, encoding: .utf8).components(separatedBy: "\r\n")
    #expect(lines.first == "link,bytes,utilisation")
    #expect(lines.count == 1 + 12 + 1)
    // A ring over packed ranks sends 2 (n - 1) / n of the data over each host's link: 1.5 MiB.
    let host = lines.first { $0.hasPrefix("host0>leaf0,") }?.split(separator: ",")
    #expect(host.map { $0[1] } == "1572864.0")
    let picture = try run("render", shipped("pilot-4"), "--utilisation", use)
    #expect(picture.status == 0)
    #expect(picture.output.contains("% used"))
    let other = try run("render", shipped("fat-tree-k4"), "--utilisation", use)
    #expect(other.status == 65)
    #expect(
      other.errors.contains("use.csv:2: found link 'host0>leaf0', expected one of fabric 'fat-tree-k4'"))
    let many = try CommandRun([
      "simulate", "--topology", shipped("pilot-4"), "--sizes", "1M,2M", "--link-use", use,
    ])
    #expect(many.status == 64)
    #expect(many.errors.contains("--link-use is for one size, found 2"))
    let same = try CommandRun([
      "simulate", "--topology", shipped("pilot-4"), "--sizes", "1M", "--link-use", use, "--record", use,
    ])
    #expect(same.status == 64)
    #expect(same.errors.contains("--record and --link-use name the same file"))
  }

  private static let superPOD = """
    SU,nodes,GPUs,leaf,spine,node-leaf,leaf-spine
    2,144,"1,152",16,8,"1,152","1,152"
    18,"1,296","9,216",144,72,"10,368","10,368"
    """

  @Test("lint names file, line, column, what stands there and what must; 65 with findings, 0 without")
  func lintTable() throws {
    let scratch = try Scratch()
    let file = scratch.file("xdr.csv")
    try Data(Self.superPOD.utf8).write(to: file)
    let lint = try run("lint", file.path, "--rule", "superpod-b300-xdr")
    #expect(lint.status == 65)
    #expect(lint.errors.isEmpty)
    #expect(
      lint.output == """
        \(file.path):3: column 'GPUs': found 9,216, expected 10,368 (superpod-b300-xdr: 8 GPUs a host, 1,296 hosts)
        \(file.path): 1 finding in 14 cells

        """)
    let json = try run("lint", file.path, "--format", "json")
    #expect(json.status == 65)
    let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    let findings = try #require(object?["findings"] as? [[String: Any]])
    #expect(findings.count == 1)
    #expect(findings.first?["line"] as? Int == 3)
    #expect(findings.first?["expected"] as? String == "10,368")
    try Data(Self.superPOD.split(separator: "\n").prefix(2).joined(separator: "\n").utf8).write(to: file)
    let right = try run("lint", file.path)
    #expect(right.status == 0)
    #expect(right.output.contains("rule superpod-b300-xdr inferred"))
    let rule = try run("lint", file.path, "--rule", "superpod-b200-xdr")
    #expect(rule.status == 64)
    #expect(rule.errors.contains("unknown rule 'superpod-b200-xdr'"))
    #expect(try run("lint", "/nonexistent/x.csv").status == 66)
  }

  @Test("lint of a topology groups what is odd")
  func lintTopology() throws {
    let scratch = try Scratch()
    let file = scratch.file("x.yaml")
    let text = try String(contentsOfFile: shipped("rail-32x8"), encoding: .utf8)
      .replacingOccurrences(of: "\nhosts: 32\n", with: "\nhosts: 40\n")
    try Data(text.utf8).write(to: file)
    let lint = try run("lint", file.path)
    #expect(lint.status == 65)
    #expect(
      lint.output.contains(
        "unequal-downlinks: 8 switches of tier 1 (unit1.rail0, unit1.rail1, unit1.rail2, unit1.rail3 and 4 more)"
          + " have 8 (3200 Gbit/s) links down, the other 8 have 32 (12.8 Tbit/s)\n"))
    #expect(try run("lint", shipped("rail-32x8")).status == 0)
    let ports = try run("lint", shipped("rail-32x8"), "--switch-ports", "72", "--format", "json")
    #expect(ports.status == 65)
    #expect(ports.output.contains("\"kind\": \"spare-ports\""))
    #expect(try run("lint", shipped("rail-32x8"), "--rule", "hpn").status == 64)
  }

  @Test("diff says what differs, what is equal and what has no price")
  func diff() throws {
    let prices = CommandRun.checkout.appendingPathComponent("prices/list-2025.yaml").path
    let diff = try run("diff", shipped("rail-32x8"), shipped("rail-128x8"), "--prices", prices)
    #expect(diff.status == 0)
    let lines = diff.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    #expect(lines.contains("endpoints 256 1,024 +768 (+300 %)"))
    #expect(lines.contains("oversubscription of tier 1 1:1 1:1 equal"))
    #expect(lines.contains("list-2025: no price for NICs of 400 Gbit/s: 256 and 1,024"))
    let itself = try run("diff", shipped("pilot-4"), shipped("pilot-4"), "--format", "json")
    let object = try JSONSerialization.jsonObject(with: Data(itself.output.utf8)) as? [String: Any]
    let rows = try #require(object?["rows"] as? [[String: Any]])
    #expect(rows.count > 10)
    #expect(rows.allSatisfy { $0["equal"] as? Bool == true })
    #expect(
      try run("diff", shipped("pilot-4"), shipped("pilot-4")).output.hasSuffix(
        "everything that is compared\n"))
    #expect(try run("diff", shipped("pilot-4"), shipped("pilot-4"), "--patterns", "1").status == 64)
    #expect(try run("diff", shipped("pilot-4"), "/nonexistent/x.yaml").status == 66)
  }

  @Test("Hostile files end with 65 and one short line")
  func hostile() throws {
    let scratch = try Scratch()
    let file = scratch.file("x.yaml")
    let bombs = [
      String(repeating: "[", count: 1 << 20), String(repeating: "a: {", count: 1 << 20),
      String(repeating: "- ", count: 1 << 20),
      "a: " + String(repeating: "[", count: 900) + String(repeating: "]", count: 900),
      (0..<600_000).map { "a\($0): 1\n" }.joined(), "name: " + String(repeating: "x", count: 8 << 20),
      String(repeating: "\n", count: 2 << 20), "a: &a [x]\nb: [*a, *a]",
    ]
    for bomb in bombs {
      try Data(bomb.utf8).write(to: file)
      let run = try run("check", file.path)
      #expect(run.status == 65, "\(bomb.prefix(20))")
      #expect(run.errors.split(separator: "\n").count == 1)
      #expect(run.errors.utf8.count < 400)
    }
    // 100 MB, of which the disk has nothing.
    try Data().write(to: file)
    let handle = try FileHandle(forWritingTo: file)
    try handle.truncate(atOffset: 100 << 20)
    try handle.close()
    let sparse = try run("check", file.path)
    #expect(sparse.status == 65)
    #expect(sparse.errors.hasSuffix("found more than 8388608 bytes, expected at most that\n"))
  }
}
