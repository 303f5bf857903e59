/// Topology files, changed a little in a few places.
enum MutatedTopology {
  private static let corpus =
    BuiltFabrics.texts.map { "name: fabric\n" + $0 } + [
      """
      name: two-hosts
      builder: explicit
      nodes:
        - {id: a0, kind: endpoint, host: a, rail: 0}
        - {id: a1, kind: endpoint, host: a, rail: 1}
        - {id: b0, kind: endpoint, host: b, rail: 0}
        - {id: a.nv, kind: nvswitch, host: a}
        - {id: s, kind: switch, tier: 1}
      links:
        - {from: a0, to: a.nv, rate: 450 GB/s, latency: 250 ns}
        - {from: a1, to: a.nv, rate: 450 GB/s, latency: 250 ns}
        - {from: a0, to: s, rate: 400 Gbit/s, latency: 500 ns}
        - {from: a1, to: s, rate: 400 Gbit/s, latency: 500 ns}
        - {from: b0, to: s, rate: 400 Gbit/s, latency: 500 ns}

      """,
      "name: broken\nbuilder: fat-tree\nk: 4\nrate: 400 Gbit/s\nlink-latency: 1 ns\nswitch-latency: 0 ns\n"
        + "failed-links: ['host0>leaf0']\nfailed-switches: [spine0]\n",
    ]
  private static let words = [
    "0", "-1", "1", "2", "3", "7", "1e999", "nan", "0x10", "17", "99999999999999999999", "1 ", "''", "[]",
    "{}", "[1, 2]", "&a", "*a", "!!binary", "~", "true", "\u{0}", "\u{FEFF}", "\t", "- ", ": ", "\n", "#",
    "oversubscription: 2\n", "failed-links: []\n", "cable-length: 3 m\n", "medium: fibre\n", "breakout: 2\n",
    "planes: 2\n", "1 Pbit/s", "0 Gbit/s", "1 ns", "-1 ns",
  ]

  static func draw(from random: inout some RandomNumberGenerator) -> String {
    var bytes = Array(corpus[random.below(corpus.count)].utf8)
    for _ in 0...random.below(4) { change(&bytes, &random) }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func change(_ bytes: inout [UInt8], _ random: inout some RandomNumberGenerator) {
    let place = random.below(bytes.count + 1)
    let end = min(bytes.count, place + 1 + random.below(12))
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    switch random.below(8) {
    case 0: bytes.replaceSubrange(place..<end, with: words[random.below(words.count)].utf8)
    case 1: bytes.insert(contentsOf: words[random.below(words.count)].utf8, at: place)
    case 2: bytes.removeSubrange(place..<end)
    case 3: if place < bytes.count { bytes[place] ^= 1 << UInt8(random.below(8)) }
    case 4: bytes.insert(contentsOf: corpus[random.below(corpus.count)].utf8.prefix(place), at: place)
    case 5:
      let gone = random.below(lines.count)
      bytes = joined(Array(lines[..<gone] + lines[(gone + 1)...]))
    case 6: bytes = joined(lines.shuffled(using: &random))
    // A number is another one.
    default:
      guard let digit = bytes.indices.filter({ (48...57).contains(bytes[$0]) }).randomElement(using: &random)
      else {
        return
      }
      bytes.replaceSubrange(digit..<digit + 1, with: words[random.below(11)].utf8)
    }
  }

  private static func joined(_ lines: [ArraySlice<UInt8>]) -> [UInt8] {
    var bytes: [UInt8] = []
    for line in lines { bytes += line + [UInt8(ascii: "\n")] }
    return bytes
  }
}
