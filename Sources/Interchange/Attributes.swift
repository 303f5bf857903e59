import Fabric
import Quantities

/// The attributes that nodes and edges of the general graph formats have here, as text.
///
/// GraphML and DOT have no attributes of their own for networks; these are the names that `topology show --format json` has.
struct Attributes {
  /// The attributes of a node: names and values.
  static func of(_ node: Fabric.Node) -> [(name: String, value: String)] {
    var result = [(name: String, value: String)]()
    switch node.kind {
    case .endpoint: result.append(("kind", "endpoint"))
    case .nvSwitch: result.append(("kind", "nvswitch"))
    case .networkSwitch(let tier): result += [("kind", "switch"), ("tier", "\(tier)")]
    }
    for (name, value) in [("host", node.host), ("rail", node.rail), ("plane", node.plane)] where value >= 0 {
      result.append((name, "\(value)"))
    }
    return result
  }

  /// The attributes of a cable, of which the links are `links[index]` and the one behind.
  static func of(cable index: Int, in fabric: Fabric) -> [(name: String, value: String)] {
    let (there, back) = (fabric.links[index], fabric.links[index ^ 1])
    var result = [
      ("bytes_per_second", number(there.bandwidth)), ("latency_ns", number(there.latency)),
    ]
    if back.bandwidth != there.bandwidth { result.append(("bytes_per_second_back", number(back.bandwidth))) }
    if back.latency != there.latency { result.append(("latency_ns_back", number(back.latency))) }
    let type = fabric.cableTypes[there.cableType]
    if type != CableType() {
      result += [
        ("medium", type.medium.rawValue), ("links_per_cable", "\(type.linksPerCable)"),
        ("links_per_lower_transceiver", "\(type.linksPerLowerTransceiver)"),
        ("links_per_upper_transceiver", "\(type.linksPerUpperTransceiver)"),
      ]
      if let metres = type.metres { result.append(("metres", "\(metres)")) }
    }
    return result
  }

  private static func number(_ rate: Bandwidth) -> String { whole(rate.bytesPerSecond) }

  private static func number(_ time: Time) -> String { whole(time.nanoseconds) }

  static func whole(_ number: Double) -> String {
    number == number.rounded() && abs(number) < 0x1p53 ? "\(Int64(number))" : "\(number)"
  }

  private let values: [String: String]
  private let place: Survey.Place

  init(_ values: [String: String], at place: Survey.Place) { (self.values, self.place) = (values, place) }

  /// The node's kind; nil where it doesn't say.
  func kind() throws(TopologyFileError) -> Survey.Kind? {
    switch values["kind"] {
    case nil: return nil
    case "endpoint": return .endpoint
    case "nvswitch": return .nvSwitch
    case "switch": return .networkSwitch
    case let other?:
      throw place.error(
        "'kind': found \(other.quoted), expected one of endpoint, switch, nvswitch")
    }
  }

  var host: String? { values["host"] }

  /// A whole number from 0, or nil.
  func count(_ name: String) throws(TopologyFileError) -> Int? {
    guard let text = values[name] else { return nil }
    guard let count = Int(text), (0..<1 << 20).contains(count) else {
      throw place.error("'\(name)': found \(text.quoted), expected a whole number from 0 to 1048575")
    }
    return count
  }

  private func number(_ name: String) throws(TopologyFileError) -> Double? {
    guard let text = values[name] else { return nil }
    guard let number = Double(text), number.isFinite, number >= 0 else {
      throw place.error("'\(name)': found \(text.quoted), expected a number from 0")
    }
    return number
  }

  /// Rate and latency one way; `suffix` is `_back` for the other one.
  private func direction(_ suffix: String) throws(TopologyFileError) -> Survey.Direction {
    let rate = try number("bytes_per_second\(suffix)").map(Bandwidth.init(bytesPerSecond:))
    let latency = try number("latency_ns\(suffix)").map {
      Time(picoseconds: Int64((min($0, 1e12) * 1e3).rounded()))
    }
    return Survey.Direction(rate: rate, latency: latency)
  }

  /// Both ways of a cable.
  func directions() throws(TopologyFileError) -> (there: Survey.Direction, back: Survey.Direction?) {
    let (there, back) = (try direction(""), try direction("_back"))
    guard back != Survey.Direction() else { return (there, nil) }
    return (there, Survey.Direction(rate: back.rate ?? there.rate, latency: back.latency ?? there.latency))
  }

  /// What the cable runs on.
  func cableType() throws(TopologyFileError) -> CableType {
    guard let name = values["medium"] else { return CableType() }
    guard let medium = CableType.Medium(rawValue: name) else {
      let media = CableType.Medium.allCases.map(\.rawValue).joined(separator: ", ")
      throw place.error("'medium': found \(name.quoted), expected one of \(media)")
    }
    return CableType(
      medium: medium, linksPerCable: try count("links_per_cable") ?? 1,
      linksPerLowerTransceiver: try count("links_per_lower_transceiver") ?? 1,
      linksPerUpperTransceiver: try count("links_per_upper_transceiver") ?? 1, metres: try number("metres"))
  }
}
