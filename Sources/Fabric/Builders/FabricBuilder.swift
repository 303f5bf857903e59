public import Quantities

/// A family of fabrics with a construction rule: its parameters are checked when it is made.
public protocol FabricBuilder: Sendable {
  /// What topology files call it.
  static var name: String { get }

  /// The fabric of these parameters.
  ///
  /// - Throws: ``FabricError`` for rates and latencies that no link has, see ``Fabric``.
  func fabric(named name: String) throws(FabricError) -> Fabric

  /// Ports of a switch of each tier, from tier 1, at the rate in use; empty where they are not known.
  var switchPorts: [Int] { get }

  /// Cables that the design counts though they lead to no endpoint: those of the fabric's management.
  var managementCables: Int { get }
}

extension FabricBuilder {
  /// Not known.
  public var switchPorts: [Int] { [] }
  /// None.
  public var managementCables: Int { 0 }
}

/// What builders say of the time on their links.
public struct LinkTiming: Sendable, Equatable {
  /// From the first bit's leaving one end of a cable to its arrival at the other.
  public let link: Time
  /// From a bit's arrival at a network switch to its leaving; part of the latency of the link that ends there.
  public let throughSwitch: Time

  /// A cable's latency and a switch's.
  public init(link: Time, throughSwitch: Time) { (self.link, self.throughSwitch) = (link, throughSwitch) }
}

extension FabricError {
  /// A parameter whose value breaks a rule: what was found, the rule, and what is near and keeps it.
  static func rule(_ field: String, found: some Any, expected rule: String, nearest: [Int] = [])
    -> FabricError
  {
    let near = nearest.map { "\($0)" }.joined(separator: " and ")
    let advice =
      switch nearest.count {
      case 0: ""
      case 1: "; the nearest is \(near)"
      default: "; the nearest are \(near)"
      }
    return FabricError(.parameter(field), "found \(found), expected \(rule)\(advice)")
  }
}

/// Throws where `value` is outside of `range`.
func require(
  _ value: Int, of field: String, in range: ClosedRange<Int>, unit: String = "a whole number"
) throws(FabricError) {
  guard range.contains(value) else {
    throw .rule(field, found: value, expected: "\(unit) from \(range.lowerBound) to \(range.upperBound)")
  }
}
