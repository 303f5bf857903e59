import Fabric
import Quantities

/// Reads the topology files of ibutils: a system a paragraph, a line for each of its ports that has a cable.
///
/// `SYSTEM-TYPE NAME` begins a system; `PORT -WIDTH-SPEED-> SYSTEM-TYPE NAME PORT` is a cable, with width (`4x`) and speed
/// a lane (`5G`) where they are known. A system of a type such as `HCA_1` is an endpoint; so is one that has a cable to one
/// switch only and whose type isn't that of a switch with more.
struct TopoReader {
  private let source: SourceText
  private var survey = Survey()
  /// The cables so far, by system and port at both ends.
  private var known = Set<String>()
  private var types = [String]()

  static func survey(_ source: SourceText) throws(TopologyFileError) -> Survey {
    var reader = TopoReader(source: source)
    var system: Int?
    for (number, line) in source.lines {
      let text = line.prefix { $0 != "#" }
      let words = text.split(whereSeparator: \.isWhitespace)
      guard let first = words.first else { continue }
      if text.first?.isWhitespace == false {
        guard words.count >= 2 else {
          throw source.error(number, found: String(line).quoted, expected: "a system's type and name")
        }
        system = try reader.system(String(first), String(words[1]), number)
      } else if let system {
        try reader.addCable(words, from: system, number)
      } else {
        throw source.error(number, found: "a cable before any system", expected: "a system's type and name")
      }
    }
    guard !reader.survey.nodes.isEmpty else {
      throw source.error(1, found: "no system", expected: "lines with a system's type and name")
    }
    reader.decideKinds()
    return reader.survey
  }

  private init(source: SourceText) { self.source = source }

  /// The node of a system, which may be named as a neighbour first.
  private mutating func system(_ type: String, _ name: String, _ line: Int) throws(TopologyFileError) -> Int {
    if let known = survey.indices[name] {
      guard types[known] == type else {
        throw source.error(
          line, found: "\(name.quoted) of type \(type.quoted)",
          expected: "type \(types[known].quoted), as before")
      }
      return known
    }
    types.append(type)
    return try survey.add(
      Survey.Node(
        id: name, kind: .networkSwitch, place: Survey.Place(path: source.path, line: line)))
  }

  private mutating func addCable(
    _ words: [Substring], from system: Int, _ line: Int
  ) throws(TopologyFileError) {
    guard words.count >= 5, words[1].hasPrefix("-"), words[1].hasSuffix("->") else {
      throw source.error(
        line, found: words.joined(separator: " ").quoted,
        expected: "PORT -4x-25G-> SYSTEM-TYPE NAME PORT, as a cable is written")
    }
    let peer = try self.system(String(words[2]), String(words[3]), line)
    let ends = ["\(system) \(words[0])", "\(peer) \(words[4])"].sorted()
    guard known.insert(ends.joined(separator: " ")).inserted else { return }
    let rate = try Self.rate(words[1], line, source)
    let place = Survey.Place(path: source.path, line: line)
    try survey.join(system, peer, Survey.Direction(rate: rate), at: place)
  }

  /// `-4x-25G->`: four lanes that signal 25 Gbit/s each; nil where either is missing.
  private static func rate(
    _ arrow: Substring, _ line: Int, _ source: SourceText
  ) throws(TopologyFileError) -> Bandwidth? {
    let parts = arrow.dropFirst().dropLast(2).split(separator: "-")
    guard parts.count == 2 else { return nil }
    // 2.5, 5 and 10 are coded 8b/10b; faster ones are named by what they carry.
    let speeds: [Substring: Double] = [
      "2.5G": 2, "5G": 4, "10G": 8, "14G": 14.0625 * 64 / 66, "25G": 25, "50G": 50, "100G": 100, "200G": 200,
    ]
    guard parts[0].hasSuffix("x"), let width = Int(parts[0].dropLast()), PortRate.widths.contains(width),
      let speed = speeds[parts[1]]
    else {
      throw source.error(
        line, found: String(arrow).quoted,
        expected:
          "a width and a speed such as 4x-25G; speeds are \(speeds.keys.sorted().joined(separator: ", "))")
    }
    return .gigabits(Double(width) * speed)
  }

  /// A system whose type is called after an adapter is an endpoint; failing any, those whose type never has two cables.
  private mutating func decideKinds() {
    var degrees = [Int](repeating: 0, count: types.count)
    for cable in survey.cables {
      degrees[cable.from] += 1
      degrees[cable.to] += 1
    }
    let isAdapter = types.map { $0.uppercased().contains("HCA") || $0.uppercased().hasPrefix("CA") }
    var most = [String: Int]()
    for (type, degree) in zip(types, degrees) { most[type] = max(most[type] ?? 0, degree) }
    let guessed = !isAdapter.contains(true)
    for node in types.indices where isAdapter[node] || guessed && (most[types[node]] ?? 0) <= 1 {
      survey.nodes[node].kind = .endpoint
    }
    let endpoints = survey.nodes.count { $0.kind == .endpoint }
    survey.note(
      .assumed,
      guessed ? "endpoints, as their type has one cable at the most" : "endpoints, by their system's type",
      count: endpoints, of: "node")
  }
}
