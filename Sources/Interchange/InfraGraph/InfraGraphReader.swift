import Fabric
import Quantities

/// Reads InfraGraph: an instance of a device with NICs or accelerators is a host, any other is a switch.
///
/// A host's endpoints are its NICs, or its accelerators where it has no NIC; with as many of both, the accelerator's
/// NVLink is that of the NIC of the same number. What else a host has inside (CPUs, PCIe switches, memory) is no part of a fabric.
struct InfraGraphReader {
  /// The most cables that edges may stand for.
  private static let cableLimit = 1 << 22

  private let source: SourceText
  private let model: InfraGraphModel
  private var survey = Survey()
  /// The first node of each component of each instance's first copy, and the nodes of a copy.
  private var hosts = [String: (first: Int, size: Int, components: [String: Range<Int>])]()
  private var switches = [String: Int]()

  static func survey(_ source: SourceText) throws(TopologyFileError) -> Survey {
    var reader = InfraGraphReader(source: source, model: try InfraGraphModel(source))
    reader.survey.name = reader.model.name
    try reader.addNodes()
    try reader.addCables()
    return reader.survey
  }

  private init(source: SourceText, model: InfraGraphModel) { (self.source, self.model) = (source, model) }

  private func place(_ line: Int) -> Survey.Place { Survey.Place(path: source.path, line: line) }

  private mutating func addNodes() throws(TopologyFileError) {
    for instance in model.instances {
      let components = instance.device.components
      let nics = components.filter { $0.choice == "nic" }
      let ends = nics.isEmpty ? components.filter { $0.choice == "xpu" } : nics
      guard !ends.isEmpty else {
        try addSwitches(instance)
        continue
      }
      let count = ends.reduce(0) { $0 + $1.count }
      let center = nvSwitch(instance.device)
      var places = [String: Range<Int>]()
      for end in ends {
        let first = places.values.map(\.upperBound).max() ?? 0
        places[end.name] = first..<first + end.count
      }
      // Accelerators stand for the NICs of the same numbers.
      for end in components where end.choice == "xpu" && end.count == count { places[end.name] = 0..<count }
      if let center { places[center.name] = count..<count + 1 }
      let size = count + (center == nil ? 0 : 1)
      guard size > 0, instance.count <= (1 << 20) / size else {
        throw source.error(
          instance.line, found: "\(instance.count) hosts of \(count) endpoints",
          expected: "1 to 1048576 in all")
      }
      hosts[instance.name] = (survey.nodes.count, size, places)
      for copy in 0..<instance.count {
        let host = "\(instance.name)\(copy)"
        for number in 0..<count {
          try survey.add(
            Survey.Node(
              id: count > 1 ? "\(host).\(ends[0].name)\(number)" : host, kind: .endpoint, host: host,
              rail: count > 1 ? number : nil, place: place(instance.line)))
        }
        if let center {
          try survey.add(
            Survey.Node(
              id: "\(host).\(center.name)", kind: .nvSwitch, host: host, place: place(instance.line)))
        }
      }
    }
    survey.note(.assumed, "names, by instance and number", count: survey.nodes.count, of: "node")
  }

  /// The component that joins a device's endpoints at a known rate.
  private func nvSwitch(_ device: InfraGraphModel.Device) -> InfraGraphModel.Component? {
    let choices = Dictionary(device.components.map { ($0.name, $0.choice) }) { first, _ in first }
    return device.components.first { component in
      component.choice == "switch"
        && device.edges.contains { edge in
          let names = edge.ends.map(\.component.name)
          let others = names.filter { $0 != component.name }
          return names.contains(component.name) && device.links[edge.link]?.rate != nil
            && others.contains { ["xpu", "nic"].contains(choices[$0]) }
        }
    }
  }

  private mutating func addSwitches(_ instance: InfraGraphModel.Instance) throws(TopologyFileError) {
    guard instance.count <= 1 << 20 else {
      throw source.error(instance.line, found: "\(instance.count) switches", expected: "at most 1048576")
    }
    switches[instance.name] = survey.nodes.count
    let tier = instance.name.wholeMatch(of: #/tier(\d+)/#).flatMap { Int($0.1) }
    let isNVSwitch = instance.name == "nvswitch"
    for copy in 0..<instance.count {
      try survey.add(
        Survey.Node(
          id: "\(instance.name)\(tier == nil ? "" : ".")\(copy)",
          kind: isNVSwitch ? .nvSwitch : .networkSwitch, tier: tier,
          place: place(instance.line)))
    }
  }

  private mutating func addCables() throws(TopologyFileError) {
    var inside = 0
    for instance in model.instances {
      guard let host = hosts[instance.name] else { continue }
      let center = nvSwitch(instance.device)?.name
      for copy in 0..<instance.count {
        for edge in instance.device.edges {
          let names = edge.ends.map(\.component.name)
          guard let center, names.contains(center), names.allSatisfy({ host.components[$0] != nil }) else {
            inside += 1
            continue
          }
          let ends = try edge.ends.map { (end) throws(TopologyFileError) in
            try nodes(end, in: host, copies: copy..<copy + 1, edge, instance.device)
          }
          try join(ends, instance.device.links[edge.link], edge)
        }
      }
    }
    survey.note(.leftOut, "edges inside of hosts", count: inside, of: "edge")
    for edge in model.edges {
      let ends = try edge.ends.map { (end) throws(TopologyFileError) in try nodes(end, edge) }
      try join(ends, model.links[edge.link], edge)
    }
  }

  /// The nodes that an end of an edge between instances means.
  private func nodes(_ end: InfraGraphModel.End, _ edge: InfraGraphModel.Edge) throws(TopologyFileError)
    -> [Int]
  {
    guard let slice = end.instance, let instance = model.instances.first(where: { $0.name == slice.name })
    else {
      throw source.error(
        edge.line, found: (end.instance?.name ?? "no instance").quoted, expected: "an instance's name")
    }
    guard let copies = slice.places(of: instance.count) else {
      throw source.error(
        edge.line, found: "a copy of \(slice.name.quoted) that it doesn't have",
        expected: "0 to \(instance.count - 1)")
    }
    if let host = hosts[instance.name] {
      return try nodes(end, in: host, copies: copies, edge, instance.device)
    }
    guard let first = switches[instance.name],
      let component = instance.device.components.first(where: { $0.name == end.component.name }),
      let ports = end.component.places(of: component.count)
    else {
      throw source.error(
        edge.line, found: end.component.name.quoted,
        expected: "a component of \(slice.name.quoted) that it has")
    }
    // All ports of a switch are the switch.
    return copies.flatMap { copy in ports.map { _ in first + copy } }
  }

  private func nodes(
    _ end: InfraGraphModel.End, in host: (first: Int, size: Int, components: [String: Range<Int>]),
    copies: Range<Int>, _ edge: InfraGraphModel.Edge, _ device: InfraGraphModel.Device
  ) throws(TopologyFileError) -> [Int] {
    guard let places = host.components[end.component.name],
      let component = device.components.first(where: { $0.name == end.component.name }),
      let chosen = end.component.places(of: component.count)
    else {
      throw source.error(
        edge.line, found: end.component.name.quoted, expected: "a NIC or accelerator that the host has")
    }
    return copies.flatMap { copy in
      chosen.map { host.first + copy * host.size + places.lowerBound + min($0, places.count - 1) }
    }
  }

  private mutating func join(
    _ ends: [[Int]], _ link: Survey.Direction?, _ edge: InfraGraphModel.Edge
  ) throws(TopologyFileError) {
    guard let link else {
      throw source.error(edge.line, found: "link \(edge.link.quoted)", expected: "the name of one in 'links'")
    }
    let (left, right) = (ends[0], ends[1])
    guard edge.isManyToMany || left.count == right.count else {
      throw source.error(
        edge.line, found: "\(left.count) ends at one side and \(right.count) at the other",
        expected: "as many at both for one2one")
    }
    let count =
      edge.isManyToMany ? left.count.multipliedReportingOverflow(by: right.count).partialValue : left.count
    guard count >= 0, survey.cables.count + count <= Self.cableLimit else {
      throw source.error(
        edge.line, found: "\(count) cables more", expected: "at most \(Self.cableLimit) in all")
    }
    if edge.isManyToMany {
      for from in left {
        for to in right where from != to { try survey.join(from, to, link, at: place(edge.line)) }
      }
    } else {
      for (from, to) in zip(left, right) { try survey.join(from, to, link, at: place(edge.line)) }
    }
  }
}
