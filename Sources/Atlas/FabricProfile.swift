package import Fabric
import Quantities

/// What can be counted of one fabric: hosts, switches, links, oversubscription, and the parts to buy.
package struct FabricProfile: Sendable {
  /// In what an entry is measured.
  package enum Unit: String, Sendable {
    /// Pieces.
    case count
    /// To one.
    case ratio
    /// Bytes per second.
    case bandwidth = "bytes_per_second"
    /// Of what it could be.
    case fraction
    /// The list's currency.
    case money
    /// Watts.
    case watts
  }

  /// One thing that is counted.
  package struct Entry: Sendable, Equatable {
    /// What it is, for people.
    package let title: String
    /// In what it is measured.
    package let unit: Unit
    /// How much of it there is.
    package let value: Double
    /// Half the width of the value's interval at 95 %; nil for what is exact.
    package var margin: Double?
  }

  /// Nodes, links and tiers.
  package let counts: [Entry]
  /// What is bought.
  package let bill: BillOfMaterials

  /// Counts `fabric`, linear in its links.
  package init(_ fabric: Fabric) {
    counts = Self.counts(Census(fabric))
    bill = BillOfMaterials(fabric)
  }

  /// The parts of ``bill``, as entries.
  package var parts: [Entry] {
    bill.lines.map { Entry(title: "\($0.part)", unit: .count, value: Double($0.count)) }
  }

  private static func counts(_ census: Census) -> [Entry] {
    var entries = [
      Entry(title: "hosts", unit: .count, value: Double(census.hosts)),
      Entry(title: "endpoints", unit: .count, value: Double(census.endpoints)),
    ]
    if census.nvSwitches > 0 {
      entries.append(Entry(title: "NVSwitches", unit: .count, value: Double(census.nvSwitches)))
    }
    entries.append(Entry(title: "switches", unit: .count, value: Double(census.networkSwitches)))
    for tier in census.tiers {
      entries.append(
        Entry(title: "switches of tier \(tier.tier)", unit: .count, value: Double(tier.switches)))
    }
    for cabling in census.cabling {
      let place = "\(cabling.lower) and \(cabling.upper)"
      entries.append(
        Entry(title: "links between \(place)", unit: .count, value: Double(cabling.logicalLinks)))
      entries.append(
        Entry(
          title: "slowest link between \(place)", unit: .bandwidth, value: cabling.slowest.bytesPerSecond))
    }
    for tier in census.tiers {
      guard let ratio = tier.oversubscription else { continue }
      entries.append(Entry(title: "oversubscription of tier \(tier.tier)", unit: .ratio, value: ratio))
    }
    return entries
  }
}
