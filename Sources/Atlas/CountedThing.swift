/// What a published table of a fabric counts, or gives as a parameter.
package enum CountedThing: String, Sendable, CaseIterable {
  /// Scalable units, or segments.
  case units
  /// Servers.
  case hosts
  /// GPUs with their NIC ports.
  case endpoints
  /// Switches of the first tier.
  case leaves
  /// Switches of the second tier.
  case spines
  /// Switches of the third tier.
  case cores
  /// Switches of all tiers.
  case switches
  /// Cables between hosts and leaves.
  case hostCables = "host-cables"
  /// Cables between leaves and spines.
  case leafSpineCables = "leaf-spine-cables"
  /// Cables between spines and cores.
  case spineCoreCables = "spine-core-cables"
  /// Links between switches.
  case switchLinks = "switch-links"
  /// Links or cables; tables count all by it, or those between switches.
  case links
  /// Links that cross between two halves.
  case bisectionLinks = "bisection-links"
  /// Ports of a switch.
  case radix = "k"
  /// Separate networks side by side.
  case planes
  /// The prime power that a Slim Fly is made from.
  case order = "q"
  /// Endpoints of a Dragonfly's router.
  case endpointsPerRouter = "p"
  /// Routers of a Dragonfly's group.
  case routersPerGroup = "a"
  /// Links of a Dragonfly's router to other groups.
  case globalLinks = "h"
  /// Groups of a Dragonfly.
  case groups = "g"

  /// The words for it in the headers of tables, small letters and digits only.
  private var words: [String] {
    switch self {
    case .units: ["su", "unit", "scalableunit", "segment"]
    case .hosts: ["node", "host", "server", "system", "dgxnode", "dgx"]
    case .endpoints: ["gpu", "endpoint", "accelerator", "nicport", "n"]
    case .leaves: ["leaf", "leave", "leafswitch", "tor", "torswitch", "edge", "edgeswitch"]
    case .spines: ["spine", "spineswitch", "agg", "aggregation", "aggregationswitch", "aggswitch"]
    case .cores: ["core", "coreswitch", "superspine", "superspineswitch"]
    case .switches: ["switch", "router", "totalswitch", "allswitch"]
    case .hostCables:
      [
        "hostcable", "hostlink", "nodeleaf", "nodeleafcable", "hostleaf", "hostleafcable", "compute",
        "computecable",
        "computeufm", "computeufmcable", "computeandufmcable", "endpointlink", "endpointcable", "gpucable",
        "leafcable",
      ]
    case .leafSpineCables:
      [
        "leafspine", "leafspinecable", "leafspinelink", "spineleaf", "spineleafcable", "spinecable",
        "edgeagglink",
      ]
    case .spineCoreCables: ["spinecore", "spinecorecable", "spinecorelink", "corespine", "corecable"]
    case .switchLinks: ["switchlink", "interswitchlink", "linkinterswitch", "linksinterswitch"]
    case .links: ["link", "cable", "totallink", "totalcable"]
    case .bisectionLinks: ["bisectionlink", "bisection"]
    case .radix: ["k", "radix", "switchport", "switchradix"]
    case .planes: ["plane"]
    case .order, .endpointsPerRouter, .routersPerGroup, .globalLinks: [rawValue]
    case .groups: ["g", "group"]
    }
  }

  /// What a header's cell names; nil for what is not counted here.
  package init?(header: String) {
    let word = Self.plain(header)
    let singulars = [word, String(word.dropLast(word.hasSuffix("s") ? 1 : 0)), Self.withoutEnding(word)]
    guard let match = Self.allCases.first(where: { !Set($0.words).isDisjoint(with: singulars) }) else {
      return nil
    }
    self = match
  }

  /// Small letters and digits only.
  static func plain(_ text: String) -> String {
    String(
      text.lowercased().unicodeScalars.filter { $0.properties.isAlphabetic || ("0"..."9").contains($0) }
        .map(Character.init))
  }

  private static func withoutEnding(_ word: String) -> String {
    word.hasSuffix("es") ? String(word.dropLast(2)) : word
  }
}
