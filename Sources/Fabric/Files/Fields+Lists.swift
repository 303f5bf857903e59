import Yams

// What files besides those of topologies are made of, read with the same errors.

extension Fields {
  /// The fields of the mapping that a file consists of.
  ///
  /// - Parameters:
  ///   - path: what errors call the file.
  ///   - known: the fields that it may have.
  ///   - what: what it holds, for the message where it is none.
  package init(
    parsing text: String, path: String, known: [String], what: String
  ) throws(TopologyFileError) {
    let document = try Document(text, path: path, holding: what)
    try self.init(document.root, path: path, known: known, what: what)
  }

  /// The mapping that is a field's value.
  package func entry(_ name: String, known: [String], what: String) throws(TopologyFileError) -> Fields {
    try Fields(node(name, expected: what), path: path, known: known, what: what)
  }

  /// Whether a field's value is a mapping.
  package func isMapping(_ name: String) throws(TopologyFileError) -> Bool {
    if case .mapping = try node(name, expected: "a value") { true } else { false }
  }

  /// The mappings in a list; none where the field is missing.
  package func entries(_ name: String, known: [String], what: String) throws(TopologyFileError) -> [Fields] {
    guard has(name) else { return [] }
    var entries: [Fields] = []
    for node in try list(name, expected: "a list of mappings, each with \(what)") {
      entries.append(try Fields(node, path: path, known: known, what: what))
    }
    return entries
  }

  /// The words in a list, each with its line.
  package func words(
    _ name: String, expected: String
  ) throws(TopologyFileError) -> [(text: String, line: Int)] {
    var words: [(text: String, line: Int)] = []
    for node in try list(name, expected: expected) {
      guard case .scalar(let scalar) = node, !scalar.string.isEmpty else {
        throw error(name, found: "\(node.summary) in it", expected: expected)
      }
      words.append((scalar.string, node.mark?.line ?? line))
    }
    return words
  }

  /// A number that `isRight`.
  package func number(
    _ name: String, expected: String, where isRight: (Double) -> Bool
  ) throws(TopologyFileError) -> Double {
    let text = try text(name, expected: expected)
    guard let number = Double(text), isRight(number) else {
      throw error(name, found: text.quoted, expected: expected)
    }
    return number
  }

  /// An error about a word of a list, at its line.
  package func error(
    _ name: String, line: Int, found: String, expected: String
  ) -> TopologyFileError {
    TopologyFileError(path: path, line: line, "field '\(name)': found \(found), expected \(expected)")
  }
}
