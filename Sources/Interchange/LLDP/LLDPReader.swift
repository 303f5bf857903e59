import Fabric
import Quantities

/// Reads the neighbour tables of an Ethernet network's devices, one file a device, called by the device's name.
///
/// A host's NIC is an endpoint. A cable that both of its ends report is one cable. LLDP knows rates where ports negotiate
/// them, and no latencies.
struct LLDPReader {
  private struct Cable {
    let from: String
    let fromPort: String
    let to: String
    /// What the other end may call its port.
    var toPorts: [String]
    var rate: Bandwidth?
    let source: Int
  }

  private let sources: [SourceText]
  private let tables: [LLDPNeighbours]
  private var cables = [Cable]()
  private var survey = Survey()

  static func survey(_ sources: [SourceText]) throws(TopologyFileError) -> Survey {
    var reader = try LLDPReader(sources)
    reader.collect()
    try reader.build()
    return reader.survey
  }

  private init(_ sources: [SourceText]) throws(TopologyFileError) {
    self.sources = sources
    var tables = [LLDPNeighbours]()
    for source in sources {
      let table = try LLDPNeighbours(source)
      guard !tables.contains(where: { $0.device == table.device }) else {
        throw TopologyFileError(
          path: source.path, "found a second file of \(table.device.quoted), expected one a device")
      }
      tables.append(table)
    }
    self.tables = tables
  }

  /// Ports that are there to manage a device and carry no traffic.
  private static func isForManagement(_ port: String) -> Bool {
    port.lowercased().prefixMatch(of: #/mgmt|management|oob|ma\d|fxp\d|em\d+$/#) != nil
  }

  /// Finds cables: a report is matched with the other end's of the same two devices and ports.
  private mutating func collect() {
    let own = Set(tables.map(\.device))
    // Names may come with a domain at one place and without at another.
    func canonical(_ name: String) -> String {
      if own.contains(name) { return name }
      let label = String(name.prefix { $0 != "." })
      return own.contains(label) ? label : name
    }
    var waiting = [String: [Int]]()
    var management = 0
    for (place, table) in tables.enumerated() {
      for report in table.reports {
        let neighbour = canonical(report.neighbour)
        guard !Self.isForManagement(report.port), !report.names.contains(where: Self.isForManagement) else {
          management += 1
          continue
        }
        let known = waiting["\(neighbour)\n\(table.device)"]?.firstIndex {
          let cable = cables[$0]
          return cable.toPorts.contains(report.port) || report.names.contains(cable.fromPort)
        }
        if let known, let cable = waiting["\(neighbour)\n\(table.device)"]?.remove(at: known) {
          cables[cable].rate = cables[cable].rate ?? report.rate
          cables[cable].toPorts.insert(report.port, at: 0)
          continue
        }
        waiting["\(table.device)\n\(neighbour)", default: []].append(cables.count)
        cables.append(
          Cable(
            from: table.device, fromPort: report.port, to: neighbour, toPorts: report.names,
            rate: report.rate,
            source: place))
      }
    }
    survey.note(.leftOut, "reports of ports for management", count: management, of: "report")
  }

  /// The devices that are switches: by the names of their ports, by what neighbours hear of them, or by having no file.
  private func switches() -> Set<String> {
    var isSwitch = [String: Bool]()
    for table in tables {
      for report in table.reports {
        guard let says = report.isSwitch else { continue }
        isSwitch[report.neighbour] = says
        isSwitch[String(report.neighbour.prefix { $0 != "." })] = says
      }
    }
    for table in tables {
      // Hosts that run containers call themselves bridges; the names of ports tell better.
      let ports = table.reports.map(\.port)
      let ofSwitch = ports.count { $0.prefixMatch(of: #/(swp|Ethernet|Eth\d|et-|xe-|ge-|Hu|Fo|Te)/#) != nil }
      let ofHost = ports.count { $0.prefixMatch(of: #/(eth|en[ospx]|ib|mlx|rdma|gpu|nic)/#) != nil }
      if ofSwitch != ofHost { isSwitch[table.device] = ofSwitch > ofHost }
    }
    return Set(isSwitch.filter(\.value).keys)
  }

  private mutating func build() throws(TopologyFileError) {
    let switches = switches()
    // The ends of each cable: a switch's name, or a host's NIC.
    var nics = [HostDevices.Device]()
    var places = [String: Int]()
    var nameless = 0
    func end(_ device: String, _ port: String?) -> Int? {
      guard !switches.contains(device) else { return nil }
      if port == nil { nameless += 1 }
      let name = port ?? "nic\(nics.count { $0.host == device })"
      let key = "\(device)\n\(name)"
      if let known = places[key] { return known }
      places[key] = nics.count
      nics.append(HostDevices.Device(host: device, device: name))
      return nics.count - 1
    }
    let ends = cables.map { (end($0.from, $0.fromPort), end($0.to, $0.toPorts.first)) }
    let named = HostDevices(nics)
    var nodes = [Int]()
    for (nic, name) in named.names.enumerated() {
      let place = Survey.Place(path: sources[0].path, line: nil)
      nodes.append(
        try survey.add(
          Survey.Node(id: name, kind: .endpoint, host: nics[nic].host, rail: named.rails[nic], place: place)))
    }
    for (cable, (from, to)) in zip(cables, ends) {
      let place = Survey.Place(path: sources[cable.source].path, line: nil)
      let ends = try [(cable.from, from), (cable.to, to)].map { (device, nic) throws(TopologyFileError) in
        if let nic { return nodes[nic] }
        if let known = survey.indices[device] { return known }
        return try survey.add(Survey.Node(id: device, kind: .networkSwitch, place: place))
      }
      try survey.join(ends[0], ends[1], Survey.Direction(rate: cable.rate), at: place)
    }
    guard !survey.cables.isEmpty else {
      throw TopologyFileError(path: sources[0].path, "found no neighbours, expected interfaces with some")
    }
    survey.note(
      .assumed, "a device's name, by that of its file, as lldpcli doesn't print it", count: tables.count,
      of: "device")
    survey.note(.assumed, "NICs by number, as only their addresses are known", count: nameless, of: "NIC")
  }
}
