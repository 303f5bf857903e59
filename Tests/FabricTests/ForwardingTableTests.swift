import Fabric
import Quantities
import Testing

@Suite(
  "Forwarding tables are followed as they are written, and refused where they don't lead to the destination")
struct ForwardingTableTests {
  /// Two leaves with two hosts each and two cables to each of two spines.
  private static func fabric() throws -> Fabric {
    try LeafSpine(
      leaves: 2, hostsPerLeaf: 2, spines: 2, uplinksPerSpine: 2, hostRate: .gigabits(100),
      uplinkRate: .gigabits(100), timing: LinkTiming(link: .zero, throughSwitch: .zero)
    ).fabric(named: "two leaves")
  }

  private static let downward = """
    # switch destination next
    leaf0 host0 host0
    leaf0 host1 host1
    leaf1 host2 host2
    leaf1 host3 host3
    spine0 host0 leaf0
    spine0 host1 leaf0#2
    spine0 host2 leaf1
    spine0 host3 leaf1   # the first of two
    spine1 * leaf1
    spine1 host0 leaf0
    spine1 host1 leaf0

    """

  private static func router(_ text: String, _ fabric: Fabric) throws -> Router {
    try withFile(text) { path in try Router(fabric, reading: Routing(parsing: "table:\(path)")) }
  }

  @Test("A path takes the links that the lines name, parallel ones by number, the rest by '*'")
  func followed() throws {
    let fabric = try Self.fabric()
    let router = try Self.router(
      Self.downward + "leaf0 * spine1#2\nleaf0 host3 spine0\nleaf1 * spine0\n", fabric)
    func names(_ source: Int, _ destination: Int) -> [String] {
      var path = [Int32]()
      router.appendPath(from: source, to: destination, flow: 4, to: &path)
      return path.map { fabric.name(ofLink: Int($0)) }
    }
    #expect(names(0, 1) == ["host0>leaf0", "leaf0>host1"])
    #expect(names(0, 2) == ["host0>leaf0", "leaf0>spine1#2", "spine1>leaf1", "leaf1>host2"])
    #expect(names(0, 3) == ["host0>leaf0", "leaf0>spine0", "spine0>leaf1", "leaf1>host3"])
    #expect(names(3, 1) == ["host3>leaf1", "leaf1>spine0", "spine0>leaf0#2", "leaf0>host1"])
  }

  @Test(
    "A wrong line, a loop and a missing line are told by place and name",
    arguments: [
      ("leaf0 host0", ":1: found 2 words, expected three"),
      ("lef0 host0 host0", ":1: found 'lef0', expected a switch of the network such as 'leaf0'"),
      ("host0 host1 leaf0", ":1: found 'host0', expected a switch of the network"),
      ("leaf0 hots1 host1", ":1: found 'hots1', expected an endpoint, or * such as 'host1'"),
      ("leaf0 spine0 spine0", ":1: found 'spine0', expected an endpoint, or *"),
      ("leaf0 host2 leaf1", ":1: found 'leaf1', expected a neighbour of 'leaf0'"),
      ("leaf0 host2 spine0#3", "there is no link 'leaf0>spine0#3'"),
      ("leaf0 host2 spine9", "expected a neighbour of 'leaf0' such as 'spine0'"),
      ("leaf0 host2 spine0\nleaf0 host2 spine1", ":2: 'leaf0' has a line for 'host2' at 1 already"),
      ("leaf0 * spine0\nleaf0 * spine1", ":2: 'leaf0' has a '*' at line 1 already"),
      ("leaf0 host0 host0", "switch 'leaf1' has no line for destination 'host0', expected one"),
      (
        "leaf0 host0 host0\nleaf1 host0 spine1",
        "switch 'spine1' has no line for destination 'host0', which 'leaf1' sends there, expected one"
      ),
      (
        "leaf0 host0 host0\nleaf1 host0 spine1\nspine1 host0 leaf1",
        "found a loop: what 'leaf1' sends to 'host0' comes back to it"
      ),
      (
        "leaf0 host0 host1",
        ":1: found 'host1' as the next node to 'host0', expected a switch or 'host0' itself"
      ),
    ])
  func refused(text: String, expected: String) throws {
    let error = #expect(throws: TopologyFileError.self) { try Self.router(text, Self.fabric()) }
    #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
  }

  @Test("Tables that were printed from a router's own paths give those paths again", arguments: [4, 6])
  func printed(k: Int) throws {
    let fabric = try FatTree(
      k: k, rate: .gigabits(100), timing: LinkTiming(link: .zero, throughSwitch: .zero)
    ).fabric(named: "tree")
    let original = Router(fabric, routing: try Routing(parsing: "random:5"))
    var lines = Set<String>()
    var paths = [[Int32]]()
    for source in fabric.endpoints.indices {
      for destination in fabric.endpoints.indices {
        var path = [Int32]()
        original.appendPath(from: source, to: destination, flow: 0, to: &path)
        paths.append(path)
        for link in path.dropFirst().map({ fabric.links[Int($0)] }) {
          let names = [link.from, fabric.endpoints[destination], link.to].map { fabric.nodes[$0].id }
          lines.insert(names.joined(separator: " "))
        }
      }
    }
    let router = try Self.router(lines.sorted().joined(separator: "\n"), fabric)
    var again = [[Int32]]()
    for source in fabric.endpoints.indices {
      for destination in fabric.endpoints.indices {
        var path = [Int32]()
        router.appendPath(from: source, to: destination, flow: 9, to: &path)
        again.append(path)
      }
    }
    #expect(again == paths)
  }
}
