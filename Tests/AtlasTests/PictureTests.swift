import Atlas
import Fabric
import Foundation
import Quantities
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite("Pictures show all of a fabric")
struct PictureTests {
  /// What an XML parser finds in a picture.
  private final class Reader: NSObject, XMLParserDelegate {
    var nodes = [Int]()
    var links = 0
    var classes = Set<String>()
    var elements = [String: Int]()
    var text = ""

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) {
      elements[name, default: 0] += 1
      if let count = attributes["data-nodes"].flatMap(Int.init) { nodes.append(count) }
      if let count = attributes["data-links"].flatMap(Int.init) { links += count }
      for name in (attributes["class"] ?? "").split(separator: " ") { classes.insert(String(name)) }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
  }

  private func read(_ svg: String) throws -> Reader {
    let reader = Reader()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = reader
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    return reader
  }

  private static let names = ["pilot-4", "fat-tree-k4", "fat-tree-k16", "rail-32x8", "rail-128x8"]

  @Test("A picture is XML whose boxes and lines add up to the fabric", arguments: names, [1, 4, 32])
  func sums(name: String, limit: Int) throws {
    let fabric = try Topology(contentsOf: "\(shipped)/\(name).yaml").fabric
    let picture = try read(FabricPicture(FabricSketch(fabric, perTier: limit)).svg)
    #expect(picture.nodes.reduce(0, +) == fabric.nodes.count)
    #expect(picture.links == fabric.links.count / 2)
    #expect(picture.elements["desc"] == 1)
    // The picture itself, each box and each line have a title.
    #expect(picture.elements["title"] ?? 0 > picture.nodes.count)
  }

  @Test("No tier has more boxes than are allowed", arguments: names, [1, 3, 8, 32])
  func limit(name: String, limit: Int) throws {
    let fabric = try Topology(contentsOf: "\(shipped)/\(name).yaml").fabric
    let sketch = FabricSketch(fabric, perTier: limit)
    var boxes = [String: Int]()
    for group in sketch.groups { boxes["\(group.kind)", default: 0] += 1 }
    #expect(boxes.values.allSatisfy { $0 <= limit })
  }

  @Test("Nodes of a k-ary fat-tree are alike tier by tier, and pods are counted")
  func fatTree() throws {
    let sketch = FabricSketch(try Topology(contentsOf: "\(shipped)/fat-tree-k16.yaml").fabric)
    #expect(sketch.detail == .alike)
    #expect(sketch.groups.map(\.count).sorted() == [64, 128, 128, 1_024])
    #expect(sketch.bundles.map(\.links) == [1_024, 1_024, 1_024])
    #expect(sketch.parts == [.init(tier: 3, count: 16)])
  }

  @Test("Rails keep their colour, and boxes their count")
  func rails() throws {
    let fabric = try Topology(contentsOf: "\(shipped)/rail-128x8.yaml").fabric
    let sketch = FabricSketch(fabric)
    #expect(sketch.groups.filter { $0.kind == .endpoint }.map(\.count) == Array(repeating: 128, count: 8))
    let picture = try read(FabricPicture(sketch).svg)
    #expect((0..<8).allSatisfy { picture.classes.contains("rail\($0)") })
    #expect(picture.text.contains("×128"))
  }

  /// Two nodes of a group have as many links of each sort to each group.
  @Test("Groups that are called alike are equitable", arguments: names)
  func equitable(name: String) throws {
    let fabric = try Topology(contentsOf: "\(shipped)/\(name).yaml").fabric
    let groups = NodeGroups(alikeIn: fabric)
    var links = [[String: Int]](repeating: [:], count: fabric.nodes.count)
    for link in fabric.links {
      let key = "\(groups.ofNode[link.to]) \(link.bandwidth) \(link.latency.picoseconds)"
      links[link.from][key, default: 0] += 1
    }
    var first = [Int32: Int]()
    for node in fabric.nodes.indices {
      let group = groups.ofNode[node]
      guard let other = first[group] else {
        first[group] = node
        continue
      }
      #expect(links[node] == links[other])
      #expect(fabric.nodes[node].kind == fabric.nodes[other].kind)
      #expect(fabric.nodes[node].rail == fabric.nodes[other].rail)
    }
    #expect(first.count == groups.count)
  }

  private static func path(_ count: Int) throws -> Fabric {
    let nodes = (0..<count).map { "- {id: s\($0), kind: switch, tier: 1}\n- {id: h\($0), kind: endpoint}" }
    let up = (0..<count).map { "- {from: h\($0), to: s\($0), rate: 1 Gbit/s, latency: 1 us}" }
    let along = (1..<count).map { "- {from: s\($0 - 1), to: s\($0), rate: 1 Gbit/s, latency: 1 us}" }
    let text =
      "name: <path> & \"more\"\nbuilder: explicit\nnodes:\n\(nodes.joined(separator: "\n"))\n"
      + "links:\n\((up + along).joined(separator: "\n"))"
    return try Topology(parsing: text).fabric
  }

  @Test("On a path each switch is alike only to the one as far from the other end", arguments: [2, 5, 8, 41])
  func path(count: Int) throws {
    let groups = NodeGroups(alikeIn: try Self.path(count))
    #expect(groups.count == 2 * ((count + 1) / 2))
  }

  @Test("Where those alike are too many, similar ones are one box; names are escaped")
  func similar() throws {
    let fabric = try Self.path(120)
    let sketch = FabricSketch(fabric, perTier: 8)
    #expect(sketch.detail == .similar)
    let picture = try read(FabricPicture(sketch).svg)
    #expect(picture.nodes.reduce(0, +) == 240)
    #expect(picture.text.contains("<path> & \"more\""))
  }

  @Test("The same sketch gives the same bytes")
  func deterministic() throws {
    let fabric = try Topology(contentsOf: "\(shipped)/rail-32x8.yaml").fabric
    let pictures = (0..<3).map { _ in FabricPicture(FabricSketch(fabric)).svg }
    #expect(Set(pictures).count == 1)
  }

  @Test("Lines are wide by capacity: twice the links, twice the width")
  func widths() throws {
    let text = """
      name: w
      builder: explicit
      nodes:
      - {id: a, kind: endpoint}
      - {id: b, kind: endpoint}
      - {id: s, kind: switch, tier: 1}
      links:
      - {from: a, to: s, rate: 200 Gbit/s, latency: 1 us}
      - {from: b, to: s, rate: 100 Gbit/s, latency: 1 us}
      """
    let svg = FabricPicture(FabricSketch(try Topology(parsing: text).fabric)).svg
    let widths = svg.matches(of: /data-links="1" stroke-width="([0-9.]+)"/).compactMap { Double($0.1) }
    #expect(widths.count == 2)
    #expect(abs(widths[0] - 2 * widths[1]) < 0.011)
  }

  @Test("Utilisation colours each line by its busiest link, and its file is checked")
  func utilisation() throws {
    let fabric = try Topology(contentsOf: "\(shipped)/pilot-4.yaml").fabric
    let scratch = FileManager.default.temporaryDirectory.appendingPathComponent(
      "use-\(UUID().uuidString).csv")
    defer { try? FileManager.default.removeItem(at: scratch) }
    func read(_ rows: String) throws -> [Double] {
      try Data("link,bytes,utilisation\r\n\(rows)".utf8).write(to: scratch)
      return try LinkUtilisation.read(scratch.path, for: fabric)
    }
    let shares = try read("leaf0>spine0,100,0.97\r\nspine0>leaf0,1,0.1\r\n")
    #expect(shares.reduce(0, +) == 0.97 + 0.1)
    let picture = try self.read(FabricPicture(FabricSketch(fabric, utilisation: shares)).svg)
    #expect(picture.classes.isSuperset(of: ["used0", "used5"]))
    #expect(picture.text.contains("busiest 97.0 % used"))
    for (rows, message) in [
      ("leaf0>spine9,1,0.5", "found link 'leaf0>spine9'"), ("leaf0>spine0,1,1.5", "found '1.5'"),
      ("leaf0>spine0,1,nan", "found 'nan'"), ("leaf0>spine0,1,-1", "found '-1'"),
      ("leaf0>spine0,1,1\nleaf0>spine0,1,1", "each once"), ("leaf0>spine0,1", "found 2 cells"),
    ] {
      let error = #expect(throws: TopologyFileError.self) { try read(rows) }
      #expect(error?.message.contains(message) == true, "\(error?.description ?? "")")
    }
  }
}
