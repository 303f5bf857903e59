import Fabric
import Quantities
import Yams

/// The devices, links, instances and edges of an InfraGraph document.
struct InfraGraphModel {
  /// A part of a device, such as `nic`, and how many the device has.
  struct Component {
    let name: String
    let choice: String
    let count: Int
  }

  struct Device {
    let components: [Component]
    let links: [String: Survey.Direction]
    let edges: [Edge]
  }

  struct Instance {
    let name: String
    let device: Device
    let count: Int
    let line: Int
  }

  /// One end of an edge: some of an instance's copies, and some of a component's.
  struct End {
    let instance: Slice?
    let component: Slice
  }

  struct Edge {
    let ends: [End]
    let isManyToMany: Bool
    let link: String
    let line: Int
  }

  /// A name with Python's slice: `nic[0:8]`, `nic[3]`, `nic`.
  struct Slice {
    let name: String
    private let from: Int?
    private let to: Int?

    init?(_ text: String) {
      guard let match = text.wholeMatch(of: #/([^\[\]]+?)\s*(?:\[\s*(\d*)\s*(:?)\s*(\d*)\s*\])?/#) else {
        return nil
      }
      name = String(match.1)
      let (low, high) = (match.2.flatMap { Int($0) }, match.4.flatMap { Int($0) })
      from = low
      to = match.3 == "" ? low.map { $0 == .max ? $0 : $0 + 1 } : high
    }

    /// The places of `count` that it means; nil for a place past them.
    func places(of count: Int) -> Range<Int>? {
      let (low, high) = (from ?? 0, to ?? count)
      return low <= high && high <= count ? low..<high : nil
    }
  }

  let name: String?
  let links: [String: Survey.Direction]
  let instances: [Instance]
  let edges: [Edge]

  /// The most copies of instances and components.
  private static let countLimit = 1 << 20

  init(_ source: SourceText) throws(TopologyFileError) {
    let document = try Document(source.text, path: source.path)
    let fields = try Fields(document.root, path: source.path, what: "devices, links, instances and edges")
    name = fields.has("name") ? try fields.text("name", expected: "the infrastructure's name") : nil
    var devices = [String: Device]()
    for node in try fields.list("devices", expected: "a list of devices") {
      let fields = try Fields(
        node, path: source.path, what: "a device with name, components, links and edges")
      devices[try fields.text("name", expected: "the device's name")] = try Self.device(fields)
    }
    links = try Self.links(fields)
    instances = try fields.list("instances", expected: "a list of instances").map {
      (node) throws(TopologyFileError) in
      let fields = try Fields(node, path: source.path, what: "an instance with name, device and count")
      let name = try fields.text("device", expected: "a device's name")
      guard let device = devices[name] else {
        let near = nearestName(to: name, among: devices.keys.sorted()).map { " such as \($0.quoted)" } ?? ""
        throw fields.error("device", found: name.quoted, expected: "a device's name\(near)")
      }
      return Instance(
        name: try fields.text("name", expected: "the instance's name"), device: device,
        count: try Self.count(fields), line: fields.line)
    }
    edges = try Self.edges(fields)
  }

  private static func count(_ fields: Fields) throws(TopologyFileError) -> Int {
    let count = try fields.count("count")
    guard (0...countLimit).contains(count) else {
      throw fields.error("count", found: "\(count)", expected: "0 to \(countLimit)")
    }
    return count
  }

  private static func device(_ fields: Fields) throws(TopologyFileError) -> Device {
    let components = try fields.list("components", expected: "a list of components").map {
      (node) throws(TopologyFileError) in
      let fields = try Fields(node, path: fields.path, what: "a component with name, count and choice")
      return Component(
        name: try fields.text("name", expected: "the component's name"),
        choice: try fields.text(
          "choice", expected: "what the component is, such as nic, xpu, switch or port"),
        count: try count(fields))
    }
    return Device(components: components, links: try links(fields), edges: try edges(fields))
  }

  private static func links(_ fields: Fields) throws(TopologyFileError) -> [String: Survey.Direction] {
    guard fields.has("links") else { return [:] }
    var links = [String: Survey.Direction]()
    for node in try fields.list("links", expected: "a list of links") {
      let link = try Fields(node, path: fields.path, what: "a link with a name")
      var direction = Survey.Direction()
      if link.has("physical") {
        let physical = try Fields(
          link.node("physical", expected: "bandwidth and latency"), path: fields.path,
          what: "bandwidth and latency")
        direction.rate = try quantity(
          physical, "bandwidth", ["gigabits_per_second": 1e9 / 8, "gigabytes_per_second": 1e9]
        ).map(Bandwidth.init(bytesPerSecond:))
        direction.latency = try quantity(physical, "latency", ["ns": 1e3, "us": 1e6, "ms": 1e9])
          .map { Time(picoseconds: Int64(min($0, 1e13).rounded())) }
      }
      links[try link.text("name", expected: "the link's name")] = direction
    }
    return links
  }

  /// A number in one of several units, or nil where there is none that is known.
  private static func quantity(
    _ fields: Fields, _ name: String, _ units: [String: Double]
  ) throws(TopologyFileError) -> Double? {
    guard fields.has(name) else { return nil }
    let inner = try Fields(
      fields.node(name, expected: "a unit and a number"), path: fields.path, what: "a unit and a number")
    for (unit, scale) in units.sorted(by: { $0.key < $1.key }) where inner.has(unit) {
      let text = try inner.text(unit, expected: "a number")
      guard let number = Double(text), number.isFinite, number >= 0 else {
        throw inner.error(unit, found: text.quoted, expected: "a number from 0")
      }
      return number * scale
    }
    return nil
  }

  private static func edges(_ fields: Fields) throws(TopologyFileError) -> [Edge] {
    guard fields.has("edges") else { return [] }
    return try fields.list("edges", expected: "a list of edges").map { (node) throws(TopologyFileError) in
      let edge = try Fields(node, path: fields.path, what: "an edge with ep1, ep2, scheme and link")
      let scheme = edge.has("scheme") ? try edge.text("scheme", expected: "one2one") : "one2one"
      guard scheme == "one2one" || scheme == "many2many" else {
        throw edge.error("scheme", found: scheme.quoted, expected: "one2one or many2many")
      }
      return Edge(
        ends: [try end(edge, "ep1"), try end(edge, "ep2")], isManyToMany: scheme == "many2many",
        link: try edge.text("link", expected: "a link's name"), line: edge.line)
    }
  }

  private static func end(_ edge: Fields, _ name: String) throws(TopologyFileError) -> End {
    let fields = try Fields(
      edge.node(name, expected: "a component, and an instance"), path: edge.path,
      what: "a component, and an instance")
    func slice(_ field: String) throws(TopologyFileError) -> Slice {
      let text = try fields.text(field, expected: "a name and a slice such as nic[0:8]")
      guard let slice = Slice(text) else {
        throw fields.error(field, found: text.quoted, expected: "a name and a slice such as nic[0:8]")
      }
      return slice
    }
    return End(
      instance: fields.has("instance") ? try slice("instance") : nil, component: try slice("component"))
  }
}
