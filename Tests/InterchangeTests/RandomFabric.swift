import Fabric
import Quantities

/// A small generator that a seed fixes (SplitMix64).
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension Fabric {
  /// A connected fabric with everything that one can have: odd names, NVSwitches, rails, planes, parallel links, ways back that
  /// differ, and cable types.
  static func random(seed: UInt64) throws -> Fabric {
    var random = Seeded(state: seed)
    let switches = Int.random(in: 1...5, using: &random)
    let hosts = Int.random(in: 1...4, using: &random)
    let size = Int.random(in: 1...3, using: &random)
    let names = ["a \"b\" & <c>", "ü-%_.x", "plain", "0123", "node"]
    var nodes = [Node]()
    var links = [Link]()
    var numbers = [[Int]: Int]()
    func join(_ from: Int, _ to: Int, _ random: inout Seeded) {
      let number = numbers[[min(from, to), max(from, to)], default: 0] + 1
      numbers[[min(from, to), max(from, to)]] = number
      let type = Int.random(in: 0...1, using: &random)
      for (from, to) in [(from, to), (to, from)] {
        links.append(
          Link(
            from: from, to: to, bandwidth: .gigabits(Double(Int.random(in: 1...800, using: &random))),
            latency: Time(picoseconds: .random(in: 0...2_000_000, using: &random)), number: number,
            cableType: type))
      }
    }
    for number in 0..<switches {
      nodes.append(
        Node(
          id: "\(names[.random(in: names.indices, using: &random)]) s\(number)",
          kind: .networkSwitch(tier: .random(in: 1...3, using: &random)),
          rail: .random(in: -1...2, using: &random), plane: .random(in: -1...1, using: &random)))
      if number > 0 {
        for _ in 0..<Int.random(in: 1...2, using: &random) {
          join(number, .random(in: 0..<number, using: &random), &random)
        }
      }
    }
    for host in 0..<hosts {
      let center = Bool.random(using: &random) ? nodes.count : nil
      if center != nil { nodes.append(Node(id: "nv\(host)", kind: .nvSwitch, host: host)) }
      for number in 0..<size {
        let node = nodes.count
        nodes.append(
          Node(
            id: "\(names[.random(in: names.indices, using: &random)]).\(host).\(number)", kind: .endpoint,
            host: host,
            rail: .random(in: -1...2, using: &random)))
        join(node, .random(in: 0..<switches, using: &random), &random)
        if let center { join(node, center, &random) }
      }
    }
    let types = [CableType(), CableType(medium: .copper, linksPerCable: 2, metres: 1.5)]
    return try Fabric(
      name: "random \"\(seed)\"", nodes: nodes, links: links,
      endpoints: nodes.indices.filter { nodes[$0].kind == .endpoint }, cableTypes: types)
  }
}
