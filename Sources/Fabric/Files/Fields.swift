package import Quantities
package import Yams

/// The fields of one mapping in a topology file, and the errors that name file, line and field.
package struct Fields {
  package let path: String
  /// The line that the mapping starts on.
  package let line: Int
  private let values: [String: Node]
  private let lines: [String: Int]

  /// Reads the names of `node`'s fields.
  ///
  /// - Parameters:
  ///   - known: what may be there; nil leaves that to ``check(known:)``.
  ///   - what: what the mapping is, for the message where it is none.
  package init(_ node: Node, path: String, known: [String]? = nil, what: String) throws(TopologyFileError) {
    let start = max(1, node.mark?.line ?? 1)
    guard case .mapping(let mapping) = node else {
      throw TopologyFileError(path: path, line: start, "found \(node.summary), expected \(what)")
    }
    var values = [String: Node]()
    var lines = [String: Int]()
    for (key, value) in mapping {
      let keyLine = max(1, key.mark?.line ?? start)
      guard case .scalar(let scalar) = key else {
        throw TopologyFileError(
          path: path, line: keyLine, "found \(key.summary) for a field's name, expected a word")
      }
      values[scalar.string] = value
      lines[scalar.string] = keyLine
    }
    (self.path, line, self.values, self.lines) = (path, start, values, lines)
    if let known { try check(known: known) }
  }

  /// Refuses fields outside of `known`, the first of the file first.
  package func check(known: [String]) throws(TopologyFileError) {
    let unknown = values.keys.filter { !known.contains($0) }
    guard let name = unknown.min(by: { (lines[$0] ?? 0, $0) < (lines[$1] ?? 0, $1) }) else { return }
    let advice =
      nearestName(to: name, among: known.filter { values[$0] == nil }).map { "did you mean '\($0)'?" }
      ?? "expected one of \(known.joined(separator: ", "))"
    throw TopologyFileError(path: path, line: lines[name], "field \(name.quoted): unknown, \(advice)")
  }

  /// Whether the field is there at all.
  package func has(_ name: String) -> Bool { values[name] != nil }

  /// The line that the field stands on; the mapping's where it is missing.
  package func line(of name: String) -> Int { lines[name] ?? line }

  /// An error about the field's value, or about its absence.
  package func error(_ name: String, found: String, expected: String) -> TopologyFileError {
    TopologyFileError(
      path: path, line: lines[name] ?? line, "field '\(name)': found \(found), expected \(expected)")
  }

  /// What a builder or a fabric found wrong, at the line of its parameter.
  func error(_ error: FabricError) -> TopologyFileError {
    guard case .parameter(let name) = error.subject else {
      return TopologyFileError(path: path, line: line, error.description.oneLine)
    }
    return TopologyFileError(
      path: path, line: lines[name] ?? line, "field '\(name)': \(error.description)".oneLine)
  }

  /// The field's value as it stands.
  package func node(_ name: String, expected: String) throws(TopologyFileError) -> Node {
    guard let node = values[name] else { throw error(name, found: "nothing", expected: expected) }
    return node
  }

  /// A word or a line of text, not empty.
  package func text(_ name: String, expected: String) throws(TopologyFileError) -> String {
    let node = try node(name, expected: expected)
    guard case .scalar(let scalar) = node, !scalar.string.isEmpty else {
      throw error(name, found: node.summary, expected: expected)
    }
    return scalar.string
  }

  /// A name that can stand in a line of output: not empty, 200 characters at the most, none of them a control.
  package func name(_ field: String, expected: String) throws(TopologyFileError) -> String {
    let text = try text(field, expected: expected)
    guard text.count <= 200, text.oneLine == text else {
      throw error(field, found: text.quoted, expected: "\(expected), on one line of at most 200 characters")
    }
    return text
  }

  /// A whole number; which ones are right is the builder's to say.
  package func count(_ name: String) throws(TopologyFileError) -> Int {
    let expected = "a whole number"
    let text = try text(name, expected: expected)
    guard let count = Int(text) else { throw error(name, found: text.quoted, expected: expected) }
    return count
  }

  /// A whole number, or nil where the field is missing.
  package func optionalCount(_ name: String) throws(TopologyFileError) -> Int? {
    has(name) ? try count(name) : nil
  }

  /// A rate such as 400 Gbit/s.
  package func rate(_ name: String) throws(TopologyFileError) -> Bandwidth {
    let text = try text(name, expected: "a rate such as 400 Gbit/s")
    let rate: Bandwidth
    do {
      rate = try Bandwidth(parsing: text)
    } catch {
      throw self.error(name, found: text.quoted, expected: error.expected)
    }
    guard Fabric.bandwidths.contains(rate.bytesPerSecond) else {
      throw error(name, found: text.quoted, expected: "a rate of 8 bit/s to 1 PB/s")
    }
    return rate
  }

  /// A latency such as 500 ns.
  package func time(_ name: String) throws(TopologyFileError) -> Time {
    let text = try text(name, expected: "a time such as 500 ns")
    let time: Time
    do {
      time = try Time(parsing: text)
    } catch {
      throw self.error(name, found: text.quoted, expected: error.expected)
    }
    guard Fabric.latencies.contains(time) else {
      throw error(name, found: text.quoted, expected: "a time of 0 ns to 1 s")
    }
    return time
  }

  /// A list, with the line that each of its entries starts on.
  package func list(_ name: String, expected: String) throws(TopologyFileError) -> [Node] {
    let node = try node(name, expected: expected)
    guard case .sequence(let sequence) = node else {
      throw error(name, found: node.summary, expected: expected)
    }
    return Array(sequence)
  }
}

extension Node {
  /// What a reader sees: the text in quotes, or what kind of thing stands there.
  package var summary: String {
    switch self {
    case .scalar(let scalar): scalar.string.isEmpty ? "nothing" : scalar.string.quoted
    case .mapping(let mapping): mapping.isEmpty ? "an empty mapping" : "a mapping"
    case .sequence(let sequence): sequence.isEmpty ? "an empty list" : "a list"
    default: "an alias"
    }
  }
}
