import Fabric
import Quantities

/// Reads what `ibnetdiscover` prints: each node with its ports, and what is at the other end of each.
///
/// A channel adapter is an endpoint with its own name, host and rail from the node description (`host1 mlx5_0`), a
/// switch is called by its description, and both by their GUID where there is none. Each cable is told at both ends and kept
/// once. ibsim's files have the same shape.
struct IBNetDiscoverReader {
  private struct Node {
    let id: String
    let isSwitch: Bool
    let description: String
    let line: Int
    /// Aggregation nodes live inside switches and are no hosts.
    var isAggregation: Bool { !isSwitch && description.hasSuffix("Aggregation Node") }
  }

  private struct Port {
    let node: Int
    let number: Int
    let peer: String
    let peerPort: Int
    let rate: Bandwidth?
    let line: Int
  }

  private let source: SourceText
  private var nodes = [Node]()
  private var places = [String: Int]()
  private var ports = [Port]()
  private var free = 0
  private var survey = Survey()

  static func survey(_ source: SourceText) throws(TopologyFileError) -> Survey {
    var reader = IBNetDiscoverReader(source: source)
    for (number, line) in source.lines { try reader.read(line, number) }
    guard !reader.nodes.isEmpty else {
      throw source.error(1, found: "no node", expected: "lines such as Switch 40 \"S-…\" # \"leaf1\"")
    }
    try reader.addNodes()
    try reader.addCables()
    return reader.survey
  }

  private init(source: SourceText) { self.source = source }

  private mutating func read(_ line: Substring, _ number: Int) throws(TopologyFileError) {
    let text = line.drop(while: \.isWhitespace)
    guard let first = text.first, first != "#" else { return }
    if first == "[" { return try readPort(text, number) }
    if let match = text.prefixMatch(of: #/(Switch|Ca|Hca|Rt|Router)\s+\d+\s+"([^"]+)"/#) {
      let id = String(match.2)
      let comment = text[match.range.upperBound...]
      let description = comment.firstMatch(of: #/#\s*"([^"]*)"/#).map { String($0.1) } ?? ""
      guard places.updateValue(nodes.count, forKey: id) == nil else {
        throw source.error(number, found: "node \(id.quoted) a second time", expected: "each node once")
      }
      nodes.append(
        Node(
          id: id, isSwitch: ["Switch", "Rt", "Router"].contains(match.1), description: description.trimmed,
          line: number))
      return
    }
    // vendid=, devid=, sysimgguid=, switchguid=, caguid=, and what ibsim has of the kind.
    guard text.prefixMatch(of: #/\w+\s*=/#) != nil || text.prefixMatch(of: #/(Chassis|module)\b/#) != nil
    else {
      throw source.error(
        number, found: String(text).quoted, expected: "a node (Switch, Ca, Rt), a port ([1] …) or a comment")
    }
  }

  private mutating func readPort(_ text: Substring, _ number: Int) throws(TopologyFileError) {
    guard let match = text.prefixMatch(of: #/\[(\d+)\](\([0-9a-fA-F]*\))?\s*/#), let port = Int(match.1)
    else {
      throw source.error(number, found: String(text).quoted, expected: "a port such as [1]")
    }
    guard !nodes.isEmpty else {
      throw source.error(
        number, found: "a port before any node", expected: "a line such as Switch 40 \"S-…\"")
    }
    let rest = text[match.range.upperBound...]
    guard rest.first == "\"" else {
      // A port that is down has nothing but a comment.
      guard rest.isEmpty || rest.first == "#" else {
        throw source.error(
          number, found: String(rest).quoted, expected: "the node at the other end, in quotes")
      }
      free += 1
      return
    }
    guard let peer = rest.prefixMatch(of: #/"([^"]+)"\s*\[(\d+)\]/#), let peerPort = Int(peer.2) else {
      throw source.error(
        number, found: String(rest).quoted, expected: "a node and its port such as \"S-…\"[1]")
    }
    let speed = rest[peer.range.upperBound...].split(whereSeparator: \.isWhitespace).last
    let rate = speed.flatMap(PortRate.rate(of:))
    ports.append(
      Port(
        node: nodes.count - 1, number: port, peer: String(peer.1), peerPort: peerPort, rate: rate,
        line: number))
  }

  private mutating func addNodes() throws(TopologyFileError) {
    // Adapters that nobody has named are all described by their model: that is no host's name.
    var descriptions = [String: Int]()
    for node in nodes where !node.isSwitch { descriptions[node.description, default: 0] += 1 }
    let adapters = nodes.filter { !$0.isSwitch }.map { node in
      guard descriptions[node.description] == 1, !node.isAggregation else {
        return HostDevices.Device(host: node.id, device: "")
      }
      let words = node.description.split(separator: " ").map(String.init)
      return HostDevices.Device(
        host: words.first ?? node.id, device: words.dropFirst().first ?? "")
    }
    let named = HostDevices(adapters)
    let switches = Self.names(nodes.map { $0.isSwitch ? Self.name($0.description) : "" })
    var adapter = 0
    var taken = Set<String>()
    var byGUID = 0
    for (index, node) in nodes.enumerated() {
      var id = switches[index]
      var (host, rail): (String?, Int?) = (nil, nil)
      if !node.isSwitch {
        (id, host, rail) = (named.names[adapter], adapters[adapter].host, named.rails[adapter])
        adapter += 1
      }
      if id.isEmpty || !taken.insert(id).inserted {
        byGUID += 1
        id = node.id
      }
      try survey.add(
        Survey.Node(
          id: id, kind: node.isSwitch ? .networkSwitch : .endpoint, host: host, rail: rail,
          place: Survey.Place(path: source.path, line: node.line)))
    }
    survey.note(
      .assumed, "names by GUID, as descriptions are missing or not unique", count: byGUID, of: "node")
    survey.note(.leftOut, "ports without a cable", count: free, of: "port")
  }

  /// A switch's own name out of `MF0;leaf1:MQM9700/U1`, which managed switches describe themselves by.
  private static func name(_ description: String) -> String {
    guard let match = description.wholeMatch(of: #/MF0;([^:]+):[^/]*(/.*)?/#) else { return description }
    let chip = match.2.map(String.init) ?? ""
    return chip.isEmpty || chip == "/U1" ? String(match.1) : match.1 + chip
  }

  /// The names, empty where several nodes would have one.
  private static func names(_ names: [String]) -> [String] {
    var counts = [String: Int]()
    for name in names { counts[name, default: 0] += 1 }
    return names.map { counts[$0] == 1 ? $0 : "" }
  }

  private mutating func addCables() throws(TopologyFileError) {
    var ends = [UInt64: Int](minimumCapacity: ports.count)
    for (index, port) in ports.enumerated() {
      guard ends.updateValue(index, forKey: Self.key(port.node, port.number)) == nil else {
        throw source.error(
          port.line, found: "port \(port.number) of \(nodes[port.node].id.quoted) a second time",
          expected: "each port once")
      }
    }
    var aggregation = 0
    for (index, port) in ports.enumerated() {
      let place = Survey.Place(path: source.path, line: port.line)
      guard let peer = places[port.peer] else {
        throw place.error("found \(port.peer.quoted) at the other end, expected a node of this file")
      }
      let known = ends[Self.key(peer, port.peerPort)]
      if let known {
        let other = ports[known]
        guard places[other.peer] == port.node, other.peerPort == port.number else {
          throw place.error(
            "found a cable to port \(port.peerPort) of \(port.peer.quoted), which line \(other.line) has elsewhere,"
              + " expected the same cable at both ends")
        }
        if known < index { continue }
      }
      guard !nodes[port.node].isAggregation, !nodes[peer].isAggregation else {
        aggregation += 1
        continue
      }
      let rate = port.rate ?? known.flatMap { ports[$0].rate }
      try survey.join(port.node, peer, Survey.Direction(rate: rate), at: place)
    }
    survey.note(
      .leftOut, "links to aggregation nodes, which are inside of switches", count: aggregation, of: "link")
    // They have no cable now, and would count as endpoints.
    survey.keep(nodes.map { !$0.isAggregation })
  }

  private static func key(_ node: Int, _ port: Int) -> UInt64 {
    UInt64(node) << 32 | UInt64(UInt32(clamping: port))
  }
}
