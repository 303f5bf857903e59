import Fabric
import Quantities
import Yams

/// Reads the `network.yml` of ASTRA-sim's analytical backend: dimensions, each with a topology, NPUs, bandwidth and latency.
///
/// NPUs there pass on between dimensions; endpoints here do so over NVLink only. So what can be read is one dimension that
/// is a switch or fully connected (a ring of up to three is), and two of switches: the first becomes each host's NVSwitch,
/// the second a switch for each rail.
struct AstraSimReader {
  private struct Dimension {
    let topology: String
    let count: Int
    let direction: Survey.Direction
    let line: Int
  }

  static func survey(_ source: SourceText) throws(TopologyFileError) -> Survey {
    let document = try Document(source.text, path: source.path)
    let fields = try Fields(document.root, path: source.path, what: "the fields of a network.yml")
    let dimensions = try dimensions(fields)
    var survey = Survey()
    survey.note(
      .assumed, "names, by host and number", count: dimensions.reduce(1) { all, next in all * next.count },
      of: "node")
    switch (dimensions.count, dimensions[0].topology) {
    case (1, "Switch"): try addSwitch(dimensions[0], to: &survey, source)
    case (1, "FullyConnected"): try addMesh(dimensions[0], to: &survey, source)
    case (1, "Ring") where dimensions[0].count <= 3: try addMesh(dimensions[0], to: &survey, source)
    case (2, "Switch") where dimensions[1].topology == "Switch": try addRails(dimensions, to: &survey, source)
    default:
      let found = dimensions.map { "\($0.topology) of \($0.count)" }.joined(separator: ", ")
      throw source.error(
        dimensions[0].line, found: "the dimensions \(found)",
        expected: "Switch or FullyConnected, or two of Switch: in others NPUs pass on what is not theirs,"
          + " which endpoints here do over NVLink only")
    }
    return survey
  }

  private static func dimensions(_ fields: Fields) throws(TopologyFileError) -> [Dimension] {
    try fields.check(known: ["topology", "npus_count", "bandwidth", "latency"])
    let topologies = try fields.list("topology", expected: "a list such as [ Switch ]")
    let (counts, rates) = (try numbers(fields, "npus_count"), try numbers(fields, "bandwidth"))
    let latencies = try numbers(fields, "latency")
    for (name, numbers) in [("npus_count", counts), ("bandwidth", rates), ("latency", latencies)]
    where numbers.count != topologies.count {
      throw fields.error(
        name, found: "\(numbers.count) numbers", expected: "\(topologies.count), one a dimension")
    }
    guard !topologies.isEmpty else {
      throw fields.error("topology", found: "no dimension", expected: "one or more")
    }
    var all = 1.0
    var dimensions = [Dimension]()
    for (place, topology) in topologies.enumerated() {
      guard case .scalar(let scalar) = topology, ["Switch", "Ring", "FullyConnected"].contains(scalar.string)
      else {
        throw fields.error("topology", found: topology.summary, expected: "Switch, Ring or FullyConnected")
      }
      all *= counts[place]
      guard counts[place] >= 1, counts[place] == counts[place].rounded(), all <= 0x1p20 else {
        throw fields.error(
          "npus_count", found: "\(counts[place])", expected: "whole numbers whose product is 1 to 1048576")
      }
      guard rates[place] > 0, rates[place] <= 1e6, latencies[place] <= 1e9 else {
        throw fields.error(
          "bandwidth", found: "\(rates[place])", expected: "GB/s above 0, and at most 1e9 ns of latency")
      }
      dimensions.append(
        Dimension(
          topology: scalar.string, count: Int(counts[place]),
          direction: Survey.Direction(
            rate: .gigabytes(rates[place]),
            latency: Time(picoseconds: Int64((latencies[place] * 1e3).rounded()))),
          line: fields.line))
    }
    return dimensions
  }

  private static func numbers(_ fields: Fields, _ name: String) throws(TopologyFileError) -> [Double] {
    let expected = "a list of numbers, one a dimension"
    return try fields.list(name, expected: expected).map { (node) throws(TopologyFileError) in
      guard case .scalar(let scalar) = node, let number = Double(scalar.string), number.isFinite, number >= 0
      else {
        throw fields.error(name, found: node.summary, expected: expected)
      }
      return number
    }
  }

  private static func addSwitch(
    _ dimension: Dimension, to survey: inout Survey, _ source: SourceText
  ) throws(TopologyFileError) {
    let place = Survey.Place(path: source.path, line: dimension.line)
    for host in 0..<dimension.count {
      try survey.add(Survey.Node(id: "host\(host)", kind: .endpoint, place: place))
    }
    let center = try survey.add(Survey.Node(id: "switch0", kind: .networkSwitch, tier: 1, place: place))
    for host in 0..<dimension.count { try survey.join(host, center, dimension.direction, at: place) }
  }

  /// The most NPUs that are cabled each to each.
  private static let meshLimit = 1_024

  /// Each NPU's bandwidth is shared out over its cables.
  private static func addMesh(
    _ dimension: Dimension, to survey: inout Survey, _ source: SourceText
  ) throws(TopologyFileError) {
    let place = Survey.Place(path: source.path, line: dimension.line)
    guard dimension.count <= meshLimit else {
      throw place.error("found \(dimension.count) NPUs each cabled to each, expected at most \(meshLimit)")
    }
    for host in 0..<dimension.count {
      try survey.add(Survey.Node(id: "host\(host)", kind: .endpoint, place: place))
    }
    var direction = dimension.direction
    direction.rate = direction.rate.map {
      Bandwidth(bytesPerSecond: $0.bytesPerSecond / Double(max(1, dimension.count - 1)))
    }
    for host in 0..<dimension.count {
      for other in host + 1..<max(host + 1, dimension.count) {
        try survey.join(host, other, direction, at: place)
      }
    }
    survey.note(
      .assumed, "an NPU's bandwidth, shared out over its cables", count: survey.cables.count, of: "cable")
  }

  private static func addRails(
    _ dimensions: [Dimension], to survey: inout Survey, _ source: SourceText
  ) throws(TopologyFileError) {
    let place = Survey.Place(path: source.path, line: dimensions[0].line)
    let (rails, hosts) = (dimensions[0].count, dimensions[1].count)
    for host in 0..<hosts {
      for rail in 0..<rails {
        try survey.add(
          Survey.Node(
            id: "host\(host).npu\(rail)", kind: .endpoint, host: "\(host)", rail: rail, place: place))
      }
    }
    for host in 0..<hosts {
      let center = try survey.add(
        Survey.Node(id: "host\(host).nvswitch", kind: .nvSwitch, host: "\(host)", place: place))
      for rail in 0..<rails {
        try survey.join(host * rails + rail, center, dimensions[0].direction, at: place)
      }
    }
    for rail in 0..<rails {
      let leaf = try survey.add(
        Survey.Node(id: "rail\(rail)", kind: .networkSwitch, rail: rail, tier: 1, place: place))
      for host in 0..<hosts { try survey.join(host * rails + rail, leaf, dimensions[1].direction, at: place) }
    }
    survey.note(.assumed, "the first dimension, which is inside of hosts", count: hosts, of: "host")
  }
}
