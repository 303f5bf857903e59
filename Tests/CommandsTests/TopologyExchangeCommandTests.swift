import Foundation
import Testing

@Suite("topology import and export")
struct TopologyExchangeCommandTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func shipped(_ name: String) -> String {
    CommandRun.checkout.appendingPathComponent("topologies/\(name).yaml").path
  }

  private func sample(_ name: String) -> String {
    CommandRun.checkout.appendingPathComponent("Tests/InterchangeTests/Data/\(name)").path
  }

  private func run(_ arguments: String...) throws -> CommandRun { try CommandRun(["topology"] + arguments) }

  @Test("A live pod's dump becomes a topology file that check accepts, with what was assumed")
  func imported() throws {
    let file = scratch.file("pod.yaml").path
    let run = try run("import", sample("pod.ibnetdiscover"), "-o", file)
    #expect(run.status == 0)
    #expect(
      run.output == """
        pod: 4 endpoints in 2 hosts, 3 switches, 8 cables; read as ibnetdiscover (a guess from its text; --from says otherwise)
          left out: ports without a cable (1 port)
          left out: links to aggregation nodes, which are inside of switches (1 link)
          assumed: tiers, from the distance to endpoints (3 switches)
          assumed: latencies, 100 ns and 500 ns in a switch at the end (8 cables)
        wrote \(file)

        """)
    let check = try self.run("check", file)
    #expect(check.status == 0)
    #expect(check.output.contains("right: explicit 'pod', 4 endpoints in 2 hosts, 3 switches, 16 links"))
    let again = try self.run("import", sample("pod.ibnetdiscover"), "-o", file)
    #expect(again.output.hasSuffix("wrote \(file), in place of the file that was there\n"))
  }

  @Test("The file goes to standard output unless -o names one, and the summary then to standard error")
  func toStandardOutput() throws {
    let run = try run("import", sample("plain.graphml"), "--from", "graphml", "--link-latency", "1 us")
    #expect(run.status == 0)
    #expect(run.output.hasPrefix("name: \"three & one\"\nbuilder: explicit\n".replacing("&", with: "\\x26")))
    #expect(run.errors.contains("assumed: latencies, 1 us and 500 ns in a switch at the end (3 cables)"))
  }

  @Test("An export says what is lost; in JSON too")
  func exported() throws {
    let file = scratch.file("out.topo").path
    let run = try run("export", shipped("pilot-4"), "--to", "simai", "-o", file, "--format", "json")
    #expect(run.status == 0)
    struct Summary: Decodable {
      struct Note: Decodable { let kind, what, unit: String; let count: Int }
      let name, format, output: String
      let endpoints, cables: Int
      let notes: [Note]
    }
    let summary = try JSONDecoder().decode(Summary.self, from: Data(run.output.utf8))
    #expect(summary.name == "pilot-4" && summary.format == "simai" && summary.output == file)
    #expect(summary.endpoints == 4 && summary.cables == 6)
    #expect(summary.notes.allSatisfy { $0.kind == "lost" })
    #expect(summary.notes.map(\.what) == ["the fabric's name", "names of nodes", "latencies"])
    #expect(summary.notes.map(\.count) == [1, 3, 4])
  }

  @Test("An export that loses nothing imports as the same topology file")
  func identity() throws {
    let (graph, first, second) = ("g.graphml", scratch.file("a.yaml").path, scratch.file("b.yaml").path)
    let path = scratch.file(graph).path
    #expect(
      try run("export", shipped("rail-32x8"), "--to", "graphml", "-o", path).output.contains(
        "nothing is lost"))
    #expect(try run("import", path, "-o", first).status == 0)
    #expect(try run("export", first, "--to", "dot", "-o", path).output.contains("nothing is lost in dot"))
    #expect(try run("import", path, "-o", second).status == 0)
    #expect(try Data(contentsOf: URL(filePath: first)) == Data(contentsOf: URL(filePath: second)))
  }

  @Test("What is wrong is said in a line, with the code of its kind")
  func wrong() throws {
    let format = try run("import", sample("pod.topo"), "--from", "ibnetdiscovr")
    #expect(format.status == 64)
    #expect(format.errors.contains("unknown format 'ibnetdiscovr': did you mean 'ibnetdiscover'?"))
    let none = try run("import", scratch.file("none").path)
    #expect(none.status == 66)
    let unknown = scratch.file("notes.txt")
    try Data("This is a letter.\n".utf8).write(to: unknown)
    let letter = try run("import", unknown.path, "-o", scratch.file("x.yaml").path)
    #expect(letter.status == 65)
    #expect(
      letter.errors.contains("found a text of no known format, expected one of ibnetdiscover, topo, lldp"))
    #expect(!FileManager.default.fileExists(atPath: scratch.file("x.yaml").path))
    let lldp = try run("export", shipped("pilot-4"), "--to", "lldp")
    #expect(lldp.status == 64)
    #expect(
      lldp.errors.contains("--to lldp: this format is only imported, expected one of ibnetdiscover, simgrid"))
    let folder = try run("export", shipped("pilot-4"), "--to", "dot", "-o", scratch.folder.path)
    #expect(folder.status == 73)
  }
}
