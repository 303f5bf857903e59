import Fabric
import Quantities

/// Reads SimAI's topology text.
///
/// The first line has the numbers of nodes, GPUs a server, NVSwitches, switches and links, and the GPU's kind; the second
/// the numbers of the switches, NVSwitches first; each other one a cable: two nodes, rate, latency and error rate. Several
/// NVSwitches of a server become one that carries the sum of their rates.
struct SimAIReader {
  private let source: SourceText
  private var survey = Survey()

  static func survey(_ source: SourceText) throws(TopologyFileError) -> Survey {
    var reader = SimAIReader(source: source)
    try reader.read()
    return reader.survey
  }

  private init(source: SourceText) { self.source = source }

  /// The most nodes that a file may speak of.
  private static let nodeLimit = 1 << 22

  private mutating func read() throws(TopologyFileError) {
    let lines = source.lines.filter { !$0.text.trimmed.isEmpty }
    let header = lines[0].text.split(whereSeparator: \.isWhitespace)
    let counts = header.prefix(5).compactMap { Int($0) }
    let expected = "numbers of nodes, GPUs a server, NVSwitches, switches and links, and the GPU's kind"
    guard counts.count == 5, header.count >= 5, counts.allSatisfy({ (0...Self.nodeLimit).contains($0) })
    else {
      throw source.error(lines[0].number, found: String(lines[0].text).quoted, expected: expected)
    }
    let (nodes, perServer, nvSwitches, switches) = (counts[0], counts[1], counts[2], counts[3])
    let gpus = nodes - nvSwitches - switches
    guard gpus > 0, perServer > 0 else {
      throw source.error(
        lines[0].number, found: "\(gpus) GPUs, \(perServer) a server", expected: "1 or more of both")
    }
    let numbers = lines.count > 1 ? lines[1].text.split(whereSeparator: \.isWhitespace).map { Int($0) } : []
    guard lines.count > 1, numbers == Array(gpus..<nodes) else {
      throw source.error(
        lines.count > 1 ? lines[1].number : lines[0].number, found: "\(numbers.count) switches",
        expected: "the numbers \(gpus) to \(nodes - 1), each once and in order")
    }
    try addNodes(gpus, perServer, nvSwitches, switches, line: lines[0].number)
    guard lines.count - 2 == counts[4] else {
      throw source.error(
        lines[0].number, found: "\(counts[4]) links in the first line",
        expected: "\(max(0, lines.count - 2)), as follow")
    }
    for (number, text) in lines.dropFirst(2) { try addCable(text, number) }
    survey.note(.assumed, "names, by kind and number", count: nodes, of: "node")
    try mergeNVSwitches()
  }

  private mutating func addNodes(
    _ gpus: Int, _ perServer: Int, _ nvSwitches: Int, _ switches: Int, line: Int
  ) throws(TopologyFileError) {
    let place = Survey.Place(path: source.path, line: line)
    for gpu in 0..<gpus {
      let host = gpu / perServer
      let id = perServer > 1 ? "host\(host).gpu\(gpu % perServer)" : "host\(host)"
      try survey.add(
        Survey.Node(
          id: id, kind: .endpoint, host: "\(host)", rail: perServer > 1 ? gpu % perServer : nil, place: place)
      )
    }
    for number in 0..<nvSwitches {
      try survey.add(Survey.Node(id: "nvswitch\(number)", kind: .nvSwitch, place: place))
    }
    for number in 0..<switches {
      try survey.add(Survey.Node(id: "switch\(number)", kind: .networkSwitch, place: place))
    }
  }

  private mutating func addCable(_ text: Substring, _ line: Int) throws(TopologyFileError) {
    let place = Survey.Place(path: source.path, line: line)
    let fields = text.split(whereSeparator: \.isWhitespace)
    guard fields.count == 5, let from = Int(fields[0]), let to = Int(fields[1]),
      survey.nodes.indices.contains(from), survey.nodes.indices.contains(to)
    else {
      throw place.error(
        "found \(String(text).quoted), expected two nodes of 0 to \(survey.nodes.count - 1), rate, latency and error rate"
      )
    }
    let (rate, latency): (Bandwidth, Time)
    do {
      (rate, latency) = (try Bandwidth(parsing: String(fields[2])), try Time(parsing: String(fields[3])))
    } catch {
      throw place.error("\(error)")
    }
    if Double(fields[4]) != 0 { survey.note(.leftOut, "error rates above zero", of: "cable") }
    try survey.join(from, to, Survey.Direction(rate: rate, latency: latency), at: place)
    for (end, other) in [(from, to), (to, from)] where survey.nodes[end].kind == .nvSwitch {
      survey.nodes[end].host = survey.nodes[end].host ?? survey.nodes[other].host
    }
  }

  /// Makes the NVSwitches of a server one, where an endpoint is cabled to several.
  private mutating func mergeNVSwitches() throws(TopologyFileError) {
    var first = [Int: Int]()
    var isKept = survey.nodes.map { _ in true }
    var cables = [Survey.Cable]()
    for cable in survey.cables {
      guard survey.nodes[cable.to].kind == .nvSwitch, survey.nodes[cable.from].kind == .endpoint,
        let known = first[cable.from], let rate = cables[known].there.rate, let more = cable.there.rate
      else {
        if survey.nodes[cable.to].kind == .nvSwitch { first[cable.from] = cables.count }
        cables.append(cable)
        continue
      }
      cables[known].there.rate = Bandwidth(bytesPerSecond: rate.bytesPerSecond + more.bytesPerSecond)
      isKept[cable.to] = cables[known].to == cable.to
    }
    let merged = isKept.count { !$0 }
    survey.cables = cables
    survey.keep(isKept)
    survey.note(
      .assumed, "one NVSwitch for all of a server, with the sum of their rates", count: merged, of: "NVSwitch"
    )
  }
}
