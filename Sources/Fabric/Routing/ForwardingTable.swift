import Quantities

/// Which link each switch sends on by for each destination, as a file says.
///
/// Every way that the tables give is followed to its end when they are read, so that a path always comes to one.
struct ForwardingTable: Sendable {
  /// The number of each node among the network switches, or -1.
  private let numbers: [Int32]
  private let switchCount: Int
  /// The link, or -1: `links[destination * switchCount + number]`.
  private let links: [Int32]

  /// The most bytes that a file may have.
  private static let sizeLimit = 256 << 20
  /// The most destinations × switches: half a gibibyte.
  private static let entryLimit = 1 << 27

  /// The link that the switch at `node` sends on by; it has one for each destination on its network that is sent there.
  @inline(__always)
  func next(at node: Int, to destination: Int) -> Int32 {
    links[destination * switchCount + Int(numbers[node])]
  }

  /// Reads tables: a line for each switch and destination, `SWITCH DESTINATION NEXT`.
  ///
  /// `NEXT` is the node at the other end of the link, `spine1#2` for the second of parallel links; `*` for the
  /// destination stands for all those that the switch has no line for. `#` at the start of a word is a comment.
  ///
  /// - Throws: ``TopologyFileError`` for names that the fabric doesn't have, links that it doesn't have, a second line
  ///   for one switch and destination, a missing line, and a loop.
  init(contentsOf path: String, on fabric: Fabric) throws(TopologyFileError) {
    let draft = try Draft(contentsOf: path, on: fabric)
    try draft.check()
    (numbers, switchCount, links) = (draft.numbers, draft.switches.count, draft.links)
  }

  /// Tables that were read and not followed yet.
  private struct Draft {
    let path: String
    let fabric: Fabric
    var numbers: [Int32]
    let switches: [Int]
    var links: [Int32]
    /// The line that each entry is from.
    var lines: [Int32]

    init(contentsOf path: String, on fabric: Fabric) throws(TopologyFileError) {
      (self.path, self.fabric) = (path, fabric)
      switches = fabric.nodes.indices.filter { fabric.nodes[$0].isNetworkSwitch }
      numbers = Array(repeating: -1, count: fabric.nodes.count)
      for (number, node) in switches.enumerated() { numbers[node] = Int32(number) }
      let entries = switches.count * fabric.endpoints.count
      guard entries <= ForwardingTable.entryLimit else {
        throw TopologyFileError(
          path: path,
          "fabric '\(fabric.name)' has \(entries) pairs of switch and destination, expected at most"
            + " \(ForwardingTable.entryLimit) for forwarding tables")
      }
      links = Array(repeating: -1, count: entries)
      lines = Array(repeating: 0, count: entries)
      try read()
    }

    private mutating func read() throws(TopologyFileError) {
      var nodes = [Substring: Int](minimumCapacity: fabric.nodes.count)
      for (index, node) in fabric.nodes.enumerated() { nodes[node.id[...]] = index }
      var places = [Int: Int](minimumCapacity: fabric.endpoints.count)
      for (place, node) in fabric.endpoints.enumerated() { places[node] = place }
      let outgoing = Adjacency(nodes: fabric.nodes.count, links: fabric.links)
      // The link and line of each switch's `*`.
      var defaults = [(link: Int32, line: Int32)](repeating: (-1, 0), count: switches.count)

      let text = try BoundedFile.text(at: path, limit: ForwardingTable.sizeLimit)
      var number = 0
      for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
        number += 1
        let words = Self.words(line)
        if words.isEmpty { continue }
        guard words.count == 3 else {
          throw error(number, "found \(words.count) words, expected three: SWITCH DESTINATION NEXT")
        }
        guard let node = nodes[words[0]], numbers[node] >= 0 else {
          throw error(number, unknown(words[0], "a switch of the network", like: switches))
        }
        let link = try self.link(words[2], from: node, outgoing, nodes, line: number)
        let own = Int(numbers[node])
        if words[1] == "*" {
          guard defaults[own].link < 0 else {
            throw error(number, "'\(words[0])' has a '*' at line \(defaults[own].line) already, expected one")
          }
          defaults[own] = (link, Int32(number))
          continue
        }
        guard let place = nodes[words[1]].flatMap({ places[$0] }) else {
          throw error(number, unknown(words[1], "an endpoint, or *", like: fabric.endpoints))
        }
        let entry = place * switches.count + own
        guard links[entry] < 0 else {
          throw error(
            number,
            "'\(words[0])' has a line for '\(words[1])' at \(lines[entry]) already, expected one a destination"
          )
        }
        (links[entry], lines[entry]) = (link, Int32(number))
      }
      for entry in links.indices where links[entry] < 0 {
        (links[entry], lines[entry]) = defaults[entry % switches.count]
      }
    }

    private static func words(_ line: Substring.UTF8View) -> [Substring] {
      let isSpace = { (byte: UInt8) in byte == 32 || byte == 9 || byte == 13 }
      let words = line.split(whereSeparator: isSpace).map { Substring($0) }
      return Array(words.prefix { !$0.hasPrefix("#") })
    }

    private func error(_ line: Int, _ message: String) -> TopologyFileError {
      TopologyFileError(path: path, line: line, message)
    }

    private func unknown(_ word: Substring, _ expected: String, like candidates: [Int]) -> String {
      let names = candidates.lazy.map { fabric.nodes[$0].id }
      let nearest = nearestName(to: String(word), among: names) ?? names.first
      return "found \(String(word).quoted), expected \(expected)" + (nearest.map { " such as '\($0)'" } ?? "")
    }

    /// The link that `word` names, from a switch: `NODE` or `NODE#NUMBER`.
    private func link(
      _ word: Substring, from node: Int, _ outgoing: Adjacency, _ nodes: [Substring: Int], line: Int
    ) throws(TopologyFileError) -> Int32 {
      var (name, number) = (word, 1)
      if nodes[word] == nil, let mark = word.lastIndex(of: "#"),
        let given = Int(word[word.index(after: mark)...])
      {
        (name, number) = (word[..<mark], given)
      }
      let neighbours = outgoing[node].map { fabric.links[Int($0)] }
      guard let end = nodes[name] else {
        throw error(
          line, unknown(name, "a neighbour of '\(fabric.nodes[node].id)'", like: neighbours.map(\.to)))
      }
      for link in outgoing[node] {
        let candidate = fabric.links[Int(link)]
        if candidate.to == end, candidate.number == number { return link }
      }
      throw error(
        line,
        "found \(String(word).quoted), expected a neighbour of '\(fabric.nodes[node].id)' such as"
          + " '\(neighbours.first.map { fabric.nodes[$0.to].id } ?? "")': there is no link"
          + " '\(fabric.nodes[node].id)>\(word)'")
    }

    /// Follows every way from a switch with endpoints to a destination on its network.
    func check() throws(TopologyFileError) {
      let networks = Networks(nodes: fabric.nodes, links: fabric.links)
      var hasEndpoints = [Bool](repeating: false, count: switches.count)
      for link in fabric.links where fabric.nodes[link.from].kind == .endpoint && numbers[link.to] >= 0 {
        hasEndpoints[Int(numbers[link.to])] = true
      }
      let starts = switches.filter { hasEndpoints[Int(numbers[$0])] }
      // The walk on which each switch was last visited, numbered from 1 over all destinations.
      var visited = [Int](repeating: 0, count: switches.count)
      var walk = 0
      for (destination, goal) in fabric.endpoints.enumerated() {
        let firstWalk = walk
        for start in starts where networks.of(goal).contains(Int32(networks.network(ofSwitch: start))) {
          walk += 1
          var (node, previous) = (start, -1)
          while node != goal {
            let link = try next(at: node, after: previous, to: destination)
            let number = Int(numbers[node])
            // A switch of an earlier walk to this destination leads there.
            if visited[number] > firstWalk, visited[number] < walk { break }
            guard visited[number] < walk else {
              throw error(
                Int(lines[destination * switches.count + number]),
                "found a loop: what '\(fabric.nodes[node].id)' sends to '\(fabric.nodes[goal].id)' comes back to it,"
                  + " expected a way to it")
            }
            visited[number] = walk
            (previous, node) = (node, fabric.links[Int(link)].to)
          }
        }
      }
    }

    private func next(
      at node: Int, after previous: Int, to destination: Int
    ) throws(TopologyFileError) -> Int32 {
      let goal = fabric.nodes[fabric.endpoints[destination]].id
      let from = previous < 0 ? "" : ", which '\(fabric.nodes[previous].id)' sends there"
      guard numbers[node] >= 0 else {
        let entry = destination * switches.count + Int(numbers[previous])
        throw error(
          Int(lines[entry]),
          "found '\(fabric.nodes[node].id)' as the next node to '\(goal)', expected a switch or '\(goal)' itself"
        )
      }
      let link = links[destination * switches.count + Int(numbers[node])]
      guard link >= 0 else {
        throw TopologyFileError(
          path: path,
          "switch '\(fabric.nodes[node].id)' has no line for destination '\(goal)'\(from), expected one")
      }
      return link
    }
  }
}
