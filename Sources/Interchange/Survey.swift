import Fabric
import Quantities

/// A fabric as a file tells it, with what it doesn't tell left open.
///
/// All readers make one; ``Survey/fabric(named:assuming:notes:)`` fills in what is open.
struct Survey {
  /// What a node is.
  enum Kind: Equatable {
    case endpoint, nvSwitch, networkSwitch
  }

  /// Where something is told.
  struct Place {
    let path: String
    let line: Int?

    func error(_ message: String) -> TopologyFileError {
      TopologyFileError(path: path, line: line, message.oneLine)
    }
  }

  struct Node {
    var id: String
    var kind: Kind
    /// The host's name; nil for an endpoint in a host of its own, and for a switch.
    var host: String?
    var rail: Int?
    var plane: Int?
    /// The tier of a network switch; nil where it is to be inferred.
    var tier: Int?
    let place: Place
  }

  /// What a cable does one way.
  struct Direction: Equatable {
    var rate: Bandwidth?
    var latency: Time?
  }

  struct Cable {
    var from: Int
    var to: Int
    var there: Direction
    /// The other way; nil where it is the same.
    var back: Direction?
    var type = 0
    let place: Place
  }

  /// The fabric's name, where the file has one.
  var name: String?
  var nodes = [Node]()
  var cables = [Cable]()
  var cableTypes = [CableType()]
  /// What the reader left out or decided.
  var notes = [InterchangeNote]()
  /// Nodes whose kind the file doesn't tell.
  var open = Set<Int>()
  private(set) var indices = [String: Int]()

  /// The index of a cable type, which is kept once.
  mutating func cableType(_ type: CableType) -> Int { cableTypes.place(of: type) }

  /// Adds a node, whose name no other may have.
  @discardableResult
  mutating func add(_ node: Node) throws(TopologyFileError) -> Int {
    guard !node.id.isEmpty, node.id.count <= 200, node.id.oneLine == node.id else {
      throw node.place.error(
        "found \(node.id.quoted) for a node's name, expected one line of 1 to 200 characters")
    }
    guard indices.updateValue(nodes.count, forKey: node.id) == nil else {
      throw node.place.error("found node \(node.id.quoted) a second time, expected a name for each")
    }
    nodes.append(node)
    return nodes.count - 1
  }

  /// Adds a cable; nil ends are the reader's to refuse.
  mutating func join(
    _ from: Int, _ to: Int, _ there: Direction, back: Direction? = nil, type: Int = 0, at place: Place
  ) throws(TopologyFileError) {
    guard from != to else { throw place.error("found a cable from \(nodes[from].id.quoted) to itself") }
    cables.append(Cable(from: from, to: to, there: there, back: back, type: type, place: place))
  }

  /// Leaves out all nodes that are not marked, with their cables.
  mutating func keep(_ isKept: [Bool]) {
    guard isKept.contains(false) else { return }
    var places = [Int](repeating: -1, count: nodes.count)
    var kept = [Node]()
    for index in nodes.indices where isKept[index] {
      places[index] = kept.count
      kept.append(nodes[index])
    }
    nodes = kept
    indices = Dictionary(uniqueKeysWithValues: nodes.enumerated().map { ($0.element.id, $0.offset) })
    cables = cables.compactMap { cable in
      guard places[cable.from] >= 0, places[cable.to] >= 0 else { return nil }
      var cable = cable
      (cable.from, cable.to) = (places[cable.from], places[cable.to])
      return cable
    }
  }

  /// The node of that name, or an error that names the nearest one.
  func index(of id: String, at place: Place) throws(TopologyFileError) -> Int {
    if let index = indices[id] { return index }
    let nearest = nearestName(to: id, among: nodes.lazy.map(\.id))
    throw place.error(
      "found \(id.quoted), expected a node's name" + (nearest.map { " such as \($0.quoted)" } ?? ""))
  }

  /// Adds to a note of the same words, or begins one.
  mutating func note(_ kind: InterchangeNote.Kind, _ what: String, count: Int = 1, of unit: String) {
    guard count > 0 else { return }
    if let known = notes.firstIndex(where: { $0.kind == kind && $0.what == what && $0.unit == unit }) {
      notes[known] = InterchangeNote(kind, what, count: notes[known].count + count, of: unit)
    } else {
      notes.append(InterchangeNote(kind, what, count: count, of: unit))
    }
  }
}
