import Fabric
import Quantities

/// Writes InfraGraph: hosts of one device where all are alike, switches by tier, and an edge a cable.
///
/// InfraGraph's names have no dots and its copies no names of their own, so names are lost; the order of nodes is not.
struct InfraGraphWriter {
  private(set) var draft = Draft()

  private let fabric: Fabric
  /// Endpoints a host, and whether each host has an NVSwitch; one endpoint and none where hosts are not alike.
  private let perHost: Int
  private let nvSwitchByHost: [Int]
  /// Instance and copy of each node, and what of it cables go to.
  private var copies: [(instance: String, component: String)]
  /// The ports of each switch that have a cable so far.
  private var usedPorts: [Int]
  /// The links by what they carry and how long they take, in the order of their names.
  private var classes = [(rate: Bandwidth, latency: Time)]()

  init(_ fabric: Fabric) {
    self.fabric = fabric
    (perHost, nvSwitchByHost) = Self.hosts(fabric)
    copies = [(instance: String, component: String)](repeating: ("", ""), count: fabric.nodes.count)
    usedPorts = [Int](repeating: 0, count: fabric.nodes.count)
    var instances = [(name: String, device: String, count: Int)]()
    let hosts = fabric.endpoints.count / perHost
    for host in 0..<hosts {
      for number in 0..<perHost {
        let node = fabric.endpoints[host * perHost + number]
        draft.nodes.append(node)
        copies[node] = ("host[\(host)]", "nic[\(number)]")
      }
      if !nvSwitchByHost.isEmpty { draft.nodes.append(nvSwitchByHost[host]) }
    }
    instances.append(("host", "server", hosts))
    let ports = Self.degrees(fabric)
    let loose =
      nvSwitchByHost.isEmpty ? fabric.nodes.indices.filter { fabric.nodes[$0].kind == .nvSwitch } : []
    var groups = [("nvswitch", loose)]
    let tiers = Set(
      fabric.nodes.compactMap { node in if case .networkSwitch(let tier) = node.kind { tier } else { nil } })
    for tier in tiers.sorted() {
      groups.append(
        ("tier\(tier)", fabric.nodes.indices.filter { fabric.nodes[$0].kind == .networkSwitch(tier: tier) }))
    }
    for (name, nodes) in groups where !nodes.isEmpty {
      for (copy, node) in nodes.enumerated() { copies[node].instance = "\(name)[\(copy)]" }
      draft.nodes += nodes
      instances.append((name, "\(name)-switch", nodes.count))
    }
    let nvLinks = inner()
    let edges = outer()
    var text = "name: \(Self.name(fabric.name))\ndevices:\n" + server(nvLinks)
    for (name, nodes) in groups where !nodes.isEmpty {
      text += Self.switchDevice("\(name)-switch", ports: nodes.map { ports[$0] }.max() ?? 1)
    }
    text += "links:\n"
    for (place, link) in classes.enumerated() {
      text += Self.link("link\(place)", link.rate, link.latency, "  ")
    }
    text += "instances:\n"
    for instance in instances {
      text += "  - {name: \(instance.name), device: \(instance.device), count: \(instance.count)}\n"
    }
    text += edges.isEmpty ? "edges: []\n" : "edges:\n" + edges
    draft.text = text
  }

  /// The end of a cable at a node: a host's NIC, or the next free port of a switch.
  private mutating func end(_ node: Int) -> String {
    var (instance, component) = copies[node]
    if component.isEmpty {
      component = "port[\(usedPorts[node])]"
      usedPorts[node] += 1
    }
    return "{instance: \"\(instance)\", component: \"\(component)\"}"
  }

  /// A name of the characters that InfraGraph allows in one, the others replaced.
  private static func name(_ text: String) -> String {
    let allowed = text.map { character in
      let isAllowed =
        character.isASCII && (character.isLetter || character.isNumber || "-_()><[] ".contains(character))
      return isAllowed ? character : "-"
    }
    return "\"\(String(allowed))\""
  }

  private static func degrees(_ fabric: Fabric) -> [Int] {
    var degrees = [Int](repeating: 0, count: fabric.nodes.count)
    for link in fabric.links { degrees[link.from] += 1 }
    return degrees
  }

  /// How many endpoints each host has where all have as many, one behind the other, with one NVSwitch each or none.
  private static func hosts(_ fabric: Fabric) -> (perHost: Int, nvSwitches: [Int]) {
    let hosts = fabric.endpoints.indices.map { fabric.host(of: $0) }
    let size = hosts.prefix { $0 == hosts[0] }.count
    guard hosts.count % size == 0 else { return (1, []) }
    var seen = Set<Int>()
    for first in stride(from: 0, to: hosts.count, by: size) {
      let isRun = hosts[first..<first + size].allSatisfy { $0 == hosts[first] }
      guard isRun, seen.insert(hosts[first]).inserted else { return (1, []) }
    }
    return (size, nvSwitches(fabric, perHost: size))
  }

  /// The NVSwitch of each host, where each has one that joins all of its endpoints and all links to them are alike.
  private static func nvSwitches(_ fabric: Fabric, perHost: Int) -> [Int] {
    var ofEndpoint = [Int: Int]()
    var alike: Fabric.Link?
    for (index, link) in fabric.links.enumerated() where fabric.nodes[link.to].kind == .nvSwitch {
      let back = fabric.links[index ^ 1]
      let first = alike ?? link
      guard [link, back].allSatisfy({ $0.bandwidth == first.bandwidth && $0.latency == first.latency }),
        link.cableType == first.cableType
      else { return [] }
      alike = first
      ofEndpoint[link.from] = link.to
    }
    let centers = fabric.endpoints.map { ofEndpoint[$0] ?? -1 }
    let firsts = stride(from: 0, to: centers.count, by: perHost).map { centers[$0] }
    guard firsts.allSatisfy({ $0 >= 0 }), Set(firsts).count == firsts.count,
      centers.indices.allSatisfy({ centers[$0] == firsts[$0 / perHost] }),
      fabric.nodes.count(where: { $0.kind == .nvSwitch }) == firsts.count
    else { return [] }
    return firsts
  }

  /// The NVLinks of one host, which all hosts have alike; the draft gets those of all.
  private mutating func inner() -> (rate: Bandwidth, latency: Time)? {
    guard !nvSwitchByHost.isEmpty else { return nil }
    var ofEndpoint = [Int: Int]()
    for (index, link) in fabric.links.enumerated() where fabric.nodes[link.to].kind == .nvSwitch {
      ofEndpoint[link.from] = index
    }
    let links = fabric.endpoints.compactMap { ofEndpoint[$0] }
    draft.cables += links.map { [$0] }
    return links.first.map { (fabric.links[$0].bandwidth, fabric.links[$0].latency) }
  }

  /// The edges between instances.
  private mutating func outer() -> String {
    var places = [String: Int]()
    var edges = ""
    for index in stride(from: 0, to: fabric.links.count, by: 2) {
      let link = fabric.links[index]
      let isInner = [link.from, link.to].contains { fabric.nodes[$0].kind == .nvSwitch }
      if isInner, !nvSwitchByHost.isEmpty { continue }
      let key = "\(link.bandwidth.bytesPerSecond) \(link.latency.picoseconds)"
      let place = places[key] ?? classes.count
      if place == classes.count {
        places[key] = place
        classes.append((link.bandwidth, link.latency))
      }
      edges += "  - {ep1: \(end(link.from)), ep2: \(end(link.to)), scheme: one2one, link: link\(place)}\n"
      draft.cables.append([index])
    }
    return edges
  }

  private func server(_ nvLink: (rate: Bandwidth, latency: Time)?) -> String {
    var text = "  - name: server\n    components:\n"
    text += "      - {name: nic, count: \(perHost), choice: nic, nic: {}}\n"
    guard let nvLink else { return text + "    links: []\n    edges: []\n" }
    text += "      - {name: nvswitch, count: 1, choice: switch, switch: {}}\n    links:\n"
    text += Self.link("nvlink", nvLink.rate, nvLink.latency, "      ")
    return text
      + "    edges:\n      - {ep1: {component: \"nic[0:\(perHost)]\"}, ep2: {component: \"nvswitch[0]\"},"
      + " scheme: many2many, link: nvlink}\n"
  }

  private static func switchDevice(_ name: String, ports: Int) -> String {
    """
      - name: \(name)
        components:
          - {name: asic, count: 1, choice: switch, switch: {}}
          - {name: port, count: \(max(1, ports)), choice: port, port: {}}
        links:
          - {name: board}
        edges:
          - {ep1: {component: asic}, ep2: {component: port}, scheme: many2many, link: board}

    """
  }

  private static func link(_ name: String, _ rate: Bandwidth, _ latency: Time, _ indent: String) -> String {
    let gigabytes = Attributes.whole(rate.gigabytesPerSecond)
    let nanoseconds = Attributes.whole(latency.nanoseconds)
    return
      "\(indent)- {name: \(name), physical: {bandwidth: {choice: gigabytes_per_second, gigabytes_per_second: \(gigabytes)},"
      + " latency: {choice: ns, ns: \(nanoseconds)}}}\n"
  }
}
