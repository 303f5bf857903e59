import Fabric
import Quantities
import Testing

@Suite("A fabric without what has failed")
struct FailureTests {
  private func leafSpine(uplinks: Int = 2) throws -> Fabric {
    try LeafSpine(
      leaves: 3, hostsPerLeaf: 2, spines: 2, uplinksPerSpine: uplinks, hostRate: .gigabits(100),
      uplinkRate: .gigabits(100), timing: LinkTiming(link: .nanoseconds(5), throughSwitch: .nanoseconds(300))
    ).fabric(named: "x")
  }

  private func node(_ id: String, _ fabric: Fabric) throws -> Int {
    try #require(fabric.nodes.firstIndex { $0.id == id })
  }

  private func link(_ name: String, _ fabric: Fabric) throws -> Int {
    try #require(fabric.links.indices.first { fabric.name(ofLink: $0) == name })
  }

  @Test("A switch takes its links along, and all that is left keeps its name")
  func spine() throws {
    let whole = try leafSpine()
    let left = try whole.without(nodes: [node("spine0", whole)], links: [])
    #expect(left.nodes.map(\.id) == whole.nodes.map(\.id).filter { $0 != "spine0" })
    let names = whole.links.indices.map(whole.name(ofLink:)).filter { !$0.contains("spine0") }
    #expect(left.links.indices.map(left.name(ofLink:)) == names)
    #expect(left.links.count == whole.links.count - 2 * 3 * 2)
    for index in left.links.indices {
      let before = try whole.links[link(left.name(ofLink: index), whole)]
      #expect(left.links[index].bandwidth == before.bandwidth && left.links[index].latency == before.latency)
    }
  }

  @Test("Either direction of a link takes the other along", arguments: ["leaf0>spine1#2", "spine1>leaf0#2"])
  func oneLink(name: String) throws {
    let whole = try leafSpine()
    let left = try whole.without(nodes: [], links: [link(name, whole)])
    let names = Set(left.links.indices.map(left.name(ofLink:)))
    #expect(left.links.count == whole.links.count - 2)
    #expect(!names.contains("leaf0>spine1#2") && !names.contains("spine1>leaf0#2"))
    #expect(names.contains("leaf0>spine1"))
  }

  @Test("A switch that is left without any link goes too")
  func isolated() throws {
    let whole = try leafSpine(uplinks: 1)
    let dead = try Set(["leaf0>spine0", "leaf1>spine0", "leaf2>spine0"].map { try link($0, whole) })
    #expect(try whole.without(nodes: [], links: dead).nodes.map(\.id).contains("spine0") == false)
  }

  @Test("Nothing removed leaves everything")
  func nothing() throws {
    let whole = try leafSpine()
    let left = try whole.without(nodes: [], links: [])
    #expect(left.nodes == whole.nodes && left.links == whole.links && left.endpoints == whole.endpoints)
  }

  @Test("What falls apart is refused, at the node that is cut off, counted in the whole fabric")
  func apart() throws {
    let whole = try leafSpine()
    let host = try node("host2", whole)
    let alone = #expect(throws: FabricError.self) {
      try whole.without(nodes: [node("leaf1", whole)], links: [])
    }
    #expect(alone?.subject == .node(host))
    #expect(alone?.description == "endpoint 'host2' has no link, expected one or more")
    let apart = #expect(throws: FabricError.self) {
      try whole.without(nodes: Set([node("spine0", whole), node("spine1", whole)]), links: [])
    }
    #expect(apart?.description.contains("expected a path through switches") == true)
  }

  @Test("Endpoints stay, and what isn't there can't be removed")
  func refused() throws {
    let whole = try leafSpine()
    for (nodes, links) in [([0], []), ([-1], []), ([999], []), ([], [-1]), ([], [whole.links.count])]
      as [(Set, Set)]
    {
      #expect(throws: FabricError.self) { try whole.without(nodes: nodes, links: links) }
    }
  }
}
