/// How links are bundled into cables, and what plugs in at their ends.
///
/// Published tables count logical links, cables and transceivers alike; these tell them apart. A twin-port cable is two
/// links; a port that is broken out into several links has one transceiver for them.
public struct CableType: Sendable, Hashable {
  /// What a cable is made of.
  public enum Medium: String, Sendable, CaseIterable {
    /// Direct-attach copper: its ends are plugs.
    case copper
    /// Active optical cable: its transceivers are part of it.
    case activeOptical = "active-optical"
    /// Fibre between transceivers, which are counted.
    case fibre
    /// Traces and backplanes inside a host or rack: no cable, nothing to buy.
    case none
  }

  /// What it is made of.
  public let medium: Medium
  /// Links, both directions counted as one, that run in one cable: 2 for a twin-port cable.
  public let linksPerCable: Int
  /// Links that share a transceiver at the end nearer to the hosts.
  public let linksPerLowerTransceiver: Int
  /// Links that share a transceiver at the other end.
  public let linksPerUpperTransceiver: Int
  /// Its length in metres; nil where it isn't known.
  public let metres: Double?

  /// One link of fibre with a transceiver at each end, unless something else is said.
  public init(
    medium: Medium = .fibre, linksPerCable: Int = 1, linksPerLowerTransceiver: Int = 1,
    linksPerUpperTransceiver: Int = 1, metres: Double? = nil
  ) {
    (self.medium, self.linksPerCable, self.metres) = (medium, linksPerCable, metres)
    self.linksPerLowerTransceiver = linksPerLowerTransceiver
    self.linksPerUpperTransceiver = linksPerUpperTransceiver
  }
}

extension [CableType] {
  /// The place of a cable type, which is kept once.
  package mutating func place(of type: CableType) -> Int {
    if let known = firstIndex(of: type) { return known }
    append(type)
    return count - 1
  }
}
