import Fabric
import Quantities

/// What becomes of each link of a network, entry by entry of a file.
///
/// A link ends up with its rate, or the one that it is set to, times its factors, its efficiency, and what
/// background traffic leaves of it.
struct LinkChanges {
  private var rates: [Double?]
  private var factors: [Double]
  private var loads: [Double]
  private var delays: [Time]
  private var isSlow: [Bool]
  private let isNVLink: [Bool]

  init(_ fabric: Fabric) {
    let count = fabric.links.count
    rates = Array(repeating: nil, count: count)
    factors = Array(repeating: 1, count: count)
    loads = Array(repeating: 0, count: count)
    delays = Array(repeating: .zero, count: count)
    isSlow = Array(repeating: false, count: count)
    isNVLink = fabric.links.map { fabric.isNVLink($0) }
  }

  /// Gives payload a share of every link, and says so.
  mutating func scale(_ efficiency: (network: Double, nvLink: Double)) -> [String] {
    for link in factors.indices { factors[link] *= isNVLink[link] ? efficiency.nvLink : efficiency.network }
    if efficiency.network == efficiency.nvLink || !isNVLink.contains(true) {
      return ["efficiency \(efficiency.network)"]
    }
    return ["efficiency \(efficiency.network) in the network, \(efficiency.nvLink) over NVLink"]
  }

  /// Takes in an entry of `slow-links`.
  mutating func slow(_ entry: Fields, _ patterns: LinkPatterns, form: String) throws(TopologyFileError) {
    let links = try Self.links("link", of: entry, patterns, form: form)
    guard entry.has("rate") || entry.has("factor") || entry.has("latency") else {
      throw entry.error(
        "link", found: "it alone", expected: "one or more of 'rate', 'factor' and 'latency' with it")
    }
    let rate = entry.has("rate") ? try entry.rate("rate").bytesPerSecond : nil
    let factor =
      entry.has("factor")
      ? try entry.number("factor", expected: "a number above 0 and up to 1") { $0 > 0 && $0 <= 1 } : 1
    let delay = entry.has("latency") ? try Self.addedLatency(entry) : .zero
    for link in links {
      if let rate { rates[link] = rate }
      factors[link] *= factor
      delays[link] = min(delays[link] + delay, .seconds(1_000))
      isSlow[link] = true
    }
  }

  /// Takes in an entry of `background`.
  mutating func load(_ entry: Fields, _ patterns: LinkPatterns, form: String) throws(TopologyFileError) {
    let load = try entry.number("load", expected: "a share of the link from 0 up to, and without, 1") {
      $0 >= 0 && $0 < 1
    }
    for link in try Self.links("links", of: entry, patterns, form: form) {
      loads[link] += load
      guard loads[link] < 1 else {
        throw entry.error(
          "load", found: "loads of a link that add up to \(loads[link])", expected: "less than 1")
      }
    }
  }

  private static func links(
    _ field: String, of entry: Fields, _ patterns: LinkPatterns, form: String
  ) throws(TopologyFileError) -> [Int] {
    let pattern = try entry.text(field, expected: form)
    let links = patterns.links(pattern)
    guard !links.isEmpty else {
      throw entry.error(field, found: pattern.quoted, expected: patterns.advice(for: pattern))
    }
    return links
  }

  /// A time with a plus sign.
  private static func addedLatency(_ entry: Fields) throws(TopologyFileError) -> Time {
    let expected = "a time of 0 ns to 1 s that is added, such as +2 us"
    let text = try entry.text("latency", expected: expected)
    guard text.hasPrefix("+") else { throw entry.error("latency", found: text.quoted, expected: expected) }
    do throws(QuantityError) {
      let time = try Time(parsing: String(text.dropFirst()))
      if Fabric.latencies.contains(time) { return time }
    } catch {
      throw entry.error("latency", found: text.quoted, expected: expected)
    }
    throw entry.error("latency", found: text.quoted, expected: expected)
  }

  /// The network with its links as they have become.
  func applied(to fabric: Fabric) throws(FabricError) -> Fabric {
    try fabric.changingLinks { index, link in
      let rate = (rates[index] ?? link.bandwidth.bytesPerSecond) * factors[index] * (1 - loads[index])
      return (Bandwidth(bytesPerSecond: rate), link.latency + delays[index])
    }
  }

  /// How many links are slower, and how many carry others' traffic.
  var summary: [String] {
    let counts = [(isSlow.count { $0 }, "slow"), (loads.count { $0 > 0 }, "with background load")]
    return counts.filter { $0.0 > 0 }.map { "\($0.0) of \(isSlow.count) links \($0.1)" }
  }
}
