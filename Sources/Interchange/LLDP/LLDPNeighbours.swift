import Fabric
import Quantities

/// What one device says of its neighbours: the output of `lldpcli show neighbors -f json` (or `json0`) on it.
///
/// Lists of one are objects in `json` and arrays in `json0`, and a neighbour is a field called by its name, or an object with a
/// field `name`; both are read.
struct LLDPNeighbours {
  /// One neighbour on one port.
  struct Report {
    let port: String
    let neighbour: String
    /// What the neighbour calls its port: by interface, and by description where that is a name.
    let names: [String]
    /// Whether the neighbour forwards; nil where it doesn't say.
    let isSwitch: Bool?
    let rate: Bandwidth?
  }

  let device: String
  let reports: [Report]

  init(_ source: SourceText) throws(TopologyFileError) {
    let file = source.path.split(separator: "/").last ?? ""
    device = String(file.hasSuffix(".json") ? file.dropLast(5) : file)
    guard let lldp = try JSONValue(source)["lldp"] else {
      throw TopologyFileError(path: source.path, "found no field 'lldp', expected what lldpcli prints")
    }
    var reports = [Report]()
    for (port, interface) in (lldp["interface"]?.elements ?? []).flatMap({ Self.named($0) }) {
      for (name, chassis) in (interface["chassis"]?.elements ?? []).flatMap({ Self.named($0) }) {
        reports.append(Self.report(port, name, chassis, interface["port"]))
      }
    }
    self.reports = reports
  }

  /// The things of a list, by name: `{"eth0": {…}, "eth1": {…}}` or `{"name": "eth0", …}`.
  private static func named(_ value: JSONValue) -> [(String, JSONValue)] {
    if let name = value["name"]?.string { return [(name, value)] }
    guard case .object(let fields) = value else { return [] }
    // A neighbour without a name has its fields where the name would be.
    if let id = fields["id"]?.string { return [(id, value)] }
    return fields.sorted { $0.key < $1.key }.flatMap { name, value in value.elements.map { (name, $0) } }
  }

  private static func report(_ own: String, _ name: String, _ chassis: JSONValue, _ port: JSONValue?)
    -> Report
  {
    let capabilities = (chassis["capability"]?.elements ?? []).compactMap { capability -> String? in
      if case .flag(false)? = capability["enabled"] { return nil }
      return capability["type"]?.string
    }
    let isSwitch = chassis["capability"].map { _ in
      capabilities.contains { ["Bridge", "Router"].contains($0) }
    }
    var names = [String]()
    if let id = port?["id"], id["type"]?.string != "mac", let name = id.string { names.append(name) }
    if let description = port?["descr"]?.string, !description.contains(" ") { names.append(description) }
    let speed = port?["auto-negotiation"]?["current"]?.string
    return Report(
      port: own, neighbour: name, names: names, isSwitch: isSwitch, rate: speed.flatMap(rate(of:)))
  }

  /// The rate of a medium such as `100GbaseSR4` or `1000BaseTFD`.
  private static func rate(of medium: String) -> Bandwidth? {
    guard let match = medium.firstMatch(of: #/(?i)(\d+)(G?)(?:ig)?-?base/#), let number = Double(match.1),
      number > 0
    else { return nil }
    return .gigabits(match.2.isEmpty ? number / 1e3 : number)
  }
}
