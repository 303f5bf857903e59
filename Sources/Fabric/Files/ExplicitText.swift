package import Quantities

extension Fabric {
  /// The fabric as an explicit topology file: node by node and cable by cable.
  ///
  /// What is read from it is this fabric again: nodes and links in the same order, rates and latencies to the last
  /// digit, cable types too. Hosts are numbered in the order of their first mention. The one thing that the format can't
  /// hold is an order of endpoints that differs from that of the nodes. Linear in nodes and links.
  public var explicitText: String {
    var text = "name: \(Self.word(name))\nbuilder: explicit\n"
    if cableTypes != [CableType()] {
      text += "cable-types:\n"
      for type in cableTypes { text += "  - \(Self.entry(type))\n" }
    }
    text += "nodes:\n"
    for node in nodes { text += "  - \(Self.entry(node))\n" }
    text += "links:\n"
    for index in stride(from: 0, to: links.count, by: 2) { text += "  - \(entry(cable: index))\n" }
    return text
  }

  private static func entry(_ node: Node) -> String {
    var fields = "id: \(word(node.id))"
    switch node.kind {
    case .endpoint: fields += ", kind: endpoint"
    case .nvSwitch: fields += ", kind: nvswitch"
    case .networkSwitch(let tier): fields += ", kind: switch, tier: \(tier)"
    }
    if node.host >= 0 { fields += ", host: \(node.host)" }
    if node.rail >= 0 { fields += ", rail: \(node.rail)" }
    if node.plane >= 0 { fields += ", plane: \(node.plane)" }
    return "{\(fields)}"
  }

  private static func entry(_ type: CableType) -> String {
    var fields = "medium: \(type.medium.rawValue), links-per-cable: \(type.linksPerCable)"
    fields += ", links-per-lower-transceiver: \(type.linksPerLowerTransceiver)"
    fields += ", links-per-upper-transceiver: \(type.linksPerUpperTransceiver)"
    if let metres = type.metres { fields += ", metres: \(metres)" }
    return "{\(fields)}"
  }

  private func entry(cable index: Int) -> String {
    let (there, back) = (links[index], links[index + 1])
    var fields = "from: \(Self.word(nodes[there.from].id)), to: \(Self.word(nodes[there.to].id))"
    fields += ", rate: \(there.bandwidth.exactText), latency: \(there.latency.exactText)"
    if back.bandwidth != there.bandwidth { fields += ", rate-back: \(back.bandwidth.exactText)" }
    if back.latency != there.latency { fields += ", latency-back: \(back.latency.exactText)" }
    if there.cableType > 0 || back.cableType > 0 { fields += ", cable-type: \(there.cableType)" }
    return "{\(fields)}"
  }

  /// A name as a YAML word, in quotes where it could be read as anything else.
  private static func word(_ name: String) -> String {
    let isPlain = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "/"):
        true
      case UInt8(ascii: "-"): name.utf8.first != byte
      default: false
      }
    }
    guard !isPlain || name.isEmpty else { return name }
    var quoted = "\""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      // Escaped, since a word that starts with it would be taken for an anchor.
      case "&": quoted += "\\x26"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        quoted += "\\x" + (scalar.value < 0x10 ? "0" : "") + String(scalar.value, radix: 16)
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

extension Bandwidth {
  /// The rate with a unit so that reading it gives this very rate: `400 Gbit/s`, `450 GB/s`, `0.1 B/s`.
  package var exactText: String {
    let bits = bytesPerSecond * 8
    for (unit, scale) in [("Gbit/s", 1e9), ("Mbit/s", 1e6), ("kbit/s", 1e3)] where bits >= scale {
      let number = (bits / scale * 1e6).rounded() / 1e6
      let text = "\(number.significant(12)) \(unit)"
      if (try? Bandwidth(parsing: text)) == self { return text }
    }
    return "\(bytesPerSecond) B/s"
  }
}

extension Time {
  /// The time in whole numbers of the largest unit that leaves no fraction: `500 ns`, `250500 ps`.
  package var exactText: String {
    for (unit, scale) in [("ms", 1_000_000_000), ("us", 1_000_000), ("ns", 1_000)] as [(String, Int64)]
    where picoseconds != 0 && picoseconds % scale == 0 {
      return "\(picoseconds / scale) \(unit)"
    }
    return picoseconds == 0 ? "0 ns" : "\(picoseconds) ps"
  }
}
