import Foundation
import Testing

@Suite("topology")
struct TopologyCommandTests {
  private func shipped(_ name: String) -> String {
    CommandRun.checkout.appendingPathComponent("topologies/\(name).yaml").path
  }

  private func run(_ arguments: String...) throws -> CommandRun { try CommandRun(["topology"] + arguments) }

  @Test("show counts hosts, switches by tier and cables, with rates and oversubscription")
  func show() throws {
    let run = try run("show", shipped("pilot-4"))
    #expect(run.status == 0)
    #expect(
      run.output == """
        pilot-4: leaf-spine

        nodes               count  ports used  spare
        hosts                   4
        endpoints               4
        switches of tier 1      2           3      -
        switches of tier 2      1           2      -

        between              logical links  cables  transceivers        rate  oversubscription
        endpoint and tier 1              4       4             8  100 Mbit/s                 -
        tier 1 and tier 2                2       2             4   50 Mbit/s               4:1
        all                              6       6            12

        rated bisection: 50 Mbit/s (0.00625 GB/s) each way over 1 link above tier 1, 0.25 of full

        """)
    #expect(run.errors.isEmpty)
  }

  /// The parts of `show --format json` that are promised.
  private struct Shown: Decodable {
    struct Counts: Decodable {
      let hosts, endpoints, nvswitches, switches, cables, links, transceivers: Int
      let logicalLinks: Int

      enum CodingKeys: String, CodingKey {
        case hosts, endpoints, nvswitches, switches, cables, links, transceivers
        case logicalLinks = "logical_links"
      }
    }
    struct Link: Decodable {
      let id, from, to: String
      let bytesPerSecond, latency: Double

      enum CodingKeys: String, CodingKey {
        case id, from, to
        case bytesPerSecond = "bytes_per_second"
        case latency = "latency_ns"
      }
    }
    struct Node: Decodable {
      let id, kind: String
      let host, rail, tier: Int?
    }
    let name, builder: String
    let counts: Counts
    let endpoints: [String]
    let nodes: [Node]
    let links: [Link]
  }

  @Test(
    "show as JSON has every link, one direction each, between nodes that it names",
    arguments: ["pilot-4", "rail-32x8"])
  func json(name: String) throws {
    let run = try run("show", shipped(name), "--format", "json")
    let shown = try JSONDecoder().decode(Shown.self, from: Data(run.output.utf8))
    #expect(shown.name == name)
    #expect(shown.links.count == shown.counts.links && shown.counts.links == 2 * shown.counts.logicalLinks)
    // One link a cable here, and none for NVLink inside hosts.
    let toNVSwitches = shown.links.count { $0.to.hasSuffix(".nvswitch") }
    #expect(shown.counts.cables == shown.counts.logicalLinks - toNVSwitches)
    #expect(shown.nodes.count == shown.counts.endpoints + shown.counts.switches + shown.counts.nvswitches)
    #expect(Set(shown.links.map(\.id)).count == shown.links.count)
    let names = Set(shown.nodes.map(\.id))
    #expect(shown.links.allSatisfy { names.contains($0.from) && names.contains($0.to) })
    #expect(shown.nodes.filter { $0.kind == "endpoint" }.map(\.id) == shown.endpoints)
    if name == "pilot-4" {
      let link = try #require(shown.links.first { $0.from == "leaf1" && $0.to == "spine0" })
      #expect(link.bytesPerSecond == 6_250_000)
      #expect(link.latency == 11_000)
    }
  }

  @Test("check takes all shipped files")
  func check() throws {
    let folder = CommandRun.checkout.appendingPathComponent("topologies")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
      $0.hasSuffix(".yaml")
    }
    let run = try CommandRun(["topology", "check"] + files.sorted(), in: folder)
    #expect(run.status == 0)
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == files.count)
    #expect(lines.allSatisfy { $0.contains(".yaml: right: ") && $0.contains("; routed ") })
  }

  @Test("bisection gives the same figures twice, with the routing stated")
  func bisection() throws {
    let first = try run(
      "bisection", shipped("fat-tree-k4"), "--patterns", "20", "--seed", "3", "--routing", "ecmp:9")
    let second = try run(
      "bisection", shipped("fat-tree-k4"), "--patterns", "20", "--seed", "3", "--routing", "ecmp:9")
    #expect(first.status == 0)
    #expect(first.output == second.output)
    #expect(first.output.contains("fat-tree-k4: 16 endpoints, 20 random patterns, seed 3\n"))
    #expect(first.output.contains("\neffective                ecmp:9 "))
    #expect(!first.output.contains("d-mod-k"))
    let json = try run("bisection", shipped("fat-tree-k4"), "--patterns", "20", "--format", "json")
    let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    let effective = try #require(object?["effective_bisection"] as? [[String: Any]])
    #expect(effective.compactMap { $0["routing"] as? String } == ["d-mod-k", "ecmp:0"])
    #expect(
      effective.allSatisfy { ($0["fraction"] as? Double ?? 0) > 0.3 && ($0["margin_95"] as? Double ?? 0) > 0 }
    )
  }

  @Test("A wrong file ends with 65 and one line that names line and field")
  func wrongFile() throws {
    let scratch = try Scratch()
    let file = scratch.file("x.yaml")
    let text = try String(contentsOf: URL(fileURLWithPath: shipped("fat-tree-k4")), encoding: .utf8)
      .replacingOccurrences(of: "k: 4\n", with: "k: 7\n")
    try Data(text.utf8).write(to: file)
    for command in ["show", "check", "bisection"] {
      let run = try run(command, file.path)
      #expect(run.status == 65)
      #expect(run.output.isEmpty)
      let lines = run.errors.split(separator: "\n")
      #expect(lines.count == 1)
      let line = text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex(of: "k: 7") ?? -2
      #expect(
        run.errors.hasPrefix(
          "syncline: \(file.path):\(line + 1): field 'k': found 7, expected an even number"))
      #expect(run.errors.contains("the nearest are 6 and 8"))
    }
  }

  @Test("A missing file ends with 66")
  func missingFile() throws {
    let run = try run("show", "/nonexistent/x.yaml")
    #expect(run.status == 66)
    #expect(run.errors == "syncline: /nonexistent/x.yaml: can't be read: missing, or not permitted\n")
  }

  @Test(
    "A wrong option ends with 64",
    arguments: [
      ["--patterns", "1"], ["--patterns", "1000001"], ["--patterns", "-5"], ["--routing", "ospf"],
      ["--format", "xml"],
      ["--seed", "-1"], ["--routing", "ecmp:x"],
    ])
  func wrongOption(option: [String]) throws {
    let run = try CommandRun(["topology", "bisection", shipped("pilot-4")] + option)
    #expect(run.status == 64)
    #expect(run.output.isEmpty)
    #expect(run.errors.contains(option[1]) || run.errors.contains(option[0]))
  }
}
