/// A reader of metrics in text, strict in all that OpenMetrics 1.0 and the older format 0.0.4 of Prometheus
/// both ask for.
///
/// It is written from the two specifications and knows nothing of the writer: OpenMetrics by its grammar (no
/// empty lines, metadata before the samples of its family, families not interleaved, a unit that ends the
/// name, `# EOF` at the end); of the older one what is less than that (types without `info` and `stateset`,
/// help that escapes no quotes).
struct ExpositionReader {
  struct Sample: Equatable {
    var name: String
    var labels: [String: String]
    var value: Double
  }

  struct Refused: Error, Equatable {
    var line: Int
    var reason: String
  }

  private(set) var samples: [Sample] = []
  /// Families in their order, each with its unit, empty without one.
  private(set) var families: [(name: String, unit: String, help: String)] = []
  private var typed: [String: String] = [:]

  init(_ text: String) throws(Refused) {
    guard text.hasSuffix("# EOF\n") || text.hasSuffix("# EOF") else {
      throw Refused(line: 0, reason: "no end")
    }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last == "" { lines.removeLast() }
    var seen: [Sample] = []
    for (place, line) in lines.enumerated() {
      func refuse(_ reason: String) -> Refused { Refused(line: place + 1, reason: reason) }
      if line == "# EOF" {
        guard place == lines.count - 1 else { throw refuse("text after the end") }
        break
      }
      guard !line.isEmpty, !line.contains("\r") else { throw refuse("an empty line") }
      if line.hasPrefix("#") {
        try readMetadata(line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false), refuse)
      } else {
        let sample = try readSample(line, refuse)
        guard sample.name == families.last?.name else { throw refuse("a sample outside of its family") }
        guard typed[sample.name] == "gauge" else { throw refuse("a sample without a type") }
        guard !seen.contains(where: { $0.name == sample.name && $0.labels == sample.labels }) else {
          throw refuse("the labels of an earlier sample")
        }
        seen.append(sample)
      }
    }
    samples = seen
  }

  private mutating func readMetadata(
    _ words: [Substring], _ refuse: (String) -> Refused
  ) throws(Refused) {
    guard words.count == 4, words[0] == "#" else { throw refuse("metadata of other than four words") }
    let (keyword, name, content) = (words[1], String(words[2]), String(words[3]))
    guard name.wholeMatch(of: /[a-zA-Z_:][a-zA-Z0-9_:]*/) != nil else { throw refuse("a name '\(name)'") }
    if families.last?.name != name {
      guard !families.contains(where: { $0.name == name }) else { throw refuse("a family in two parts") }
      families.append((name, "", ""))
    }
    let last = families.count - 1
    switch keyword {
    case "TYPE":
      guard ["gauge", "counter", "histogram", "summary"].contains(content), typed[name] == nil else {
        throw refuse("a type '\(content)'")
      }
      typed[name] = content
    case "UNIT":
      guard name.hasSuffix("_\(content)"), families[last].unit.isEmpty else { throw refuse("a unit") }
      families[last].unit = content
    case "HELP":
      guard !content.contains("\\"), !content.contains("\""), families[last].help.isEmpty else {
        throw refuse("help")
      }
      families[last].help = content
    default: throw refuse("a keyword '\(keyword)'")
    }
  }

  private func readSample(
    _ line: Substring, _ refuse: (String) -> Refused
  ) throws(Refused) -> Sample {
    var rest = line
    let name = String(rest.prefix { $0 != "{" && $0 != " " })
    rest = rest.dropFirst(name.count)
    var labels: [String: String] = [:]
    if rest.first == "{" {
      rest = rest.dropFirst()
      while rest.first != "}" {
        let label = String(rest.prefix { $0 != "=" })
        guard label.wholeMatch(of: /[a-zA-Z_][a-zA-Z0-9_]*/) != nil, labels[label] == nil else {
          throw refuse("a label '\(label)'")
        }
        rest = rest.dropFirst(label.count + 1)
        guard rest.first == "\"" else { throw refuse("a value without quotes") }
        rest = rest.dropFirst()
        var value = ""
        while let character = rest.first, character != "\"" {
          rest = rest.dropFirst()
          guard character == "\\" else {
            value.append(character)
            continue
          }
          switch rest.first {
          case "\\", "\"": value.append(rest.removeFirst())
          case "n":
            value.append("\n")
            rest.removeFirst()
          default: throw refuse("an escape")
          }
        }
        guard rest.first == "\"" else { throw refuse("a value without an end") }
        rest = rest.dropFirst()
        labels[label] = value
        if rest.first == "," { rest = rest.dropFirst() } else if rest.first != "}" { throw refuse("labels") }
      }
      rest = rest.dropFirst()
    }
    guard rest.first == " " else { throw refuse("no value") }
    let number = rest.dropFirst()
    let values: [Substring: Double] = ["+Inf": .infinity, "-Inf": -.infinity, "NaN": .nan]
    let isNumber = number.wholeMatch(of: /[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?/) != nil
    guard let value = isNumber ? Double(number) : values[number] else {
      throw refuse("'\(number)', which is no number, or one with a timestamp")
    }
    return Sample(name: name, labels: labels, value: value)
  }
}
