import Fabric

/// A published rule by which a fabric's counts follow from each other.
package enum ConstructionRule: String, Sendable, CaseIterable {
  /// NVIDIA DGX SuperPOD of H100: units of 32 hosts, one host less for the fabric manager.
  case superPODH100 = "superpod-h100"
  /// NVIDIA DGX SuperPOD of B200: units of 32 hosts, three tiers past 2,048 GPUs.
  case superPODB200 = "superpod-b200"
  /// NVIDIA DGX SuperPOD of B300 on Ethernet: units of 64 hosts, two planes.
  case superPODB300 = "superpod-b300"
  /// NVIDIA DGX SuperPOD of B300 on XDR InfiniBand: units of 72 hosts.
  case superPODB300XDR = "superpod-b300-xdr"
  /// The k-ary fat-tree of Al-Fares et al.
  case fatTree = "fat-tree"
  /// Two tiers of full bisection, in one plane or several.
  case leafSpine = "leaf-spine"
  /// Slim Fly of Besta and Hoefler.
  case slimFly = "slim-fly"
  /// Dragonfly of Kim et al., balanced where its parameters are not given.
  case dragonfly
  /// Alibaba HPN: segments of 1,024 GPUs in a pod of 15.
  case hpn

  /// How many planes are looked through where a table doesn't say.
  private static let planes = 1...16

  /// Other names in published tables.
  private var names: [String] {
    switch self {
    case .superPODH100: ["h100", "dgxh100"]
    case .superPODB200: ["b200", "dgxb200"]
    case .superPODB300: ["b300", "dgxb300", "b300ethernet", "b300spectrumx"]
    case .superPODB300XDR: ["b300xdr", "dgxb300xdr", "xdr"]
    case .fatTree: ["ft3", "3tierfattree", "karyfattree"]
    case .leafSpine: ["ft2", "mpft", "2tierfattree", "multiplane", "multiplanefattree", "clos"]
    case .slimFly: ["sf"]
    case .dragonfly: ["df"]
    case .hpn: ["alibabahpn"]
    }
  }

  /// The rule that a table or command line names.
  package init?(named name: String) {
    let word = CountedThing.plain(name)
    guard
      let match = Self.allCases.first(where: {
        CountedThing.plain($0.rawValue) == word || $0.names.contains(word)
      })
    else { return nil }
    self = match
  }

  /// What the counts of fabrics by this rule are, as one or more families.
  ///
  /// - Parameter given: what a row says; parameters among it choose the family.
  func families(given: [CountedThing: Int]) -> [Family] {
    switch self {
    case .superPODH100: [SuperPODFamily(model: .h100NDR).family]
    case .superPODB200: [SuperPODFamily(model: .b200).family]
    case .superPODB300: [SuperPODFamily(model: .b300Ethernet).family]
    case .superPODB300XDR: [SuperPODFamily(model: .b300XDR).family]
    case .fatTree: [Family.fatTree]
    case .leafSpine:
      (given[.planes].flatMap { Self.planes.contains($0) ? $0...$0 : nil } ?? Self.planes)
        .map { Family.leafSpine(planes: $0) }
    case .slimFly: [Family.slimFly]
    case .dragonfly: Family.dragonflies(given: given)
    case .hpn: [Family.hpn]
    }
  }
}

/// Fabrics of one rule, numbered from small to large: what each must count.
struct Family: Sendable {
  /// One count, and the rule that it follows from.
  struct Expected: Sendable {
    /// What a table may say; more than one where its words are not clear.
    let values: [Int]
    /// The rule in a few words; made only for what is found.
    let rule: @Sendable () -> String

    init(_ values: Int..., by rule: @escaping @autoclosure @Sendable () -> String) {
      (self.values, self.rule) = (values, rule)
    }
  }

  /// What is wrong with a member that counts are given of.
  struct Flaw: Sendable {
    /// The parameter, or the first count, that is to blame.
    let things: [CountedThing]
    /// Why there is no such fabric, and which are near.
    let reason: String
  }

  /// What the number of a member means.
  let parameter: CountedThing
  /// The numbers of the members, among which may be some with a flaw.
  let members: ClosedRange<Int>
  /// The counts of a member; none falls as the number grows.
  let counts: @Sendable (Int) -> [CountedThing: Expected]
  /// Why there is no fabric of this number; nil where there is one.
  let flaw: @Sendable (Int) -> Flaw?

  init(
    _ parameter: CountedThing, _ members: ClosedRange<Int>,
    flaw: @escaping @Sendable (Int) -> Flaw? = { _ in nil },
    counts: @escaping @Sendable (Int) -> [CountedThing: Expected]
  ) {
    (self.parameter, self.members, self.counts, self.flaw) = (parameter, members, counts, flaw)
  }

  /// The numbers of the members whose count of `thing` is nearest to `value`, from either side.
  func nearest(_ value: Int, of thing: CountedThing) -> [Int] {
    func count(_ member: Int) -> Int? { counts(member)[thing]?.values.first }
    guard let least = count(members.lowerBound), let most = count(members.upperBound), least < most else {
      return []
    }
    var (low, high) = (members.lowerBound, members.upperBound)
    while low < high {
      let middle = (low + high) / 2
      if let here = count(middle), here < value { low = middle + 1 } else { high = middle }
    }
    return [low, low - 1].filter(members.contains)
  }
}
