/// Gauges in a text that is right both as OpenMetrics 1.0 and as Prometheus' older text format 0.0.4, which
/// node_exporter's textfile collector reads.
///
///     var metrics = OpenMetrics()
///     metrics.add("run_partial", help: "1 where a run ended early.", [("origin", "measured")], 0)
///     print(metrics.description)
///
/// What both have is less than OpenMetrics: gauges only, since a counter's name and the types `info` and
/// `stateset` differ or are refused; no timestamps and no exemplars; and help without quotes and backslashes,
/// which the two escape in different ways. `# UNIT` and `# EOF` are comments in the older format.
/// `docs/metrics.md` says more.
package struct OpenMetrics: CustomStringConvertible, Sendable {
  /// A label's name and its value.
  package typealias Label = (name: String, value: String)

  /// What the name of a family ends with, where it has a unit.
  package enum Unit: String, Sendable {
    case seconds
    case bytesPerSecond = "bytes_per_second"
    case ratio
    case joules
  }

  private struct Family {
    let name: String
    let unit: Unit?
    let help: String
    var samples: [(labels: String, value: Double)] = []
    var labels: Set<String> = []
  }

  private var families: [Family] = []
  /// What every sample is labelled with besides its own labels.
  private let common: [Label]

  /// No metrics yet; `common` labels will stand at the end of each sample's own, which go first where names
  /// are equal.
  package init(labels common: [Label] = []) { self.common = common }

  /// Adds a sample to the family `syncline_` and `name`, and its unit.
  ///
  /// A family's samples stand together, in the order in which they were added. One with the labels of an
  /// earlier sample gets the label `repeat`, 2 or more, since every sample has labels of its own.
  ///
  /// - Parameter help: one line without quotes and backslashes.
  package mutating func add(
    _ name: String, unit: Unit? = nil, help: String, _ labels: [Label], _ value: Double
  ) {
    precondition(Self.isName(name), "a metric's name is made of letters, digits and underscores")
    precondition(
      !help.unicodeScalars.contains { $0 == "\"" || $0 == "\\" || $0 == "\n" }, "help is plain text")
    let whole = "syncline_\(name)" + (unit.map { "_\($0.rawValue)" } ?? "")
    let place =
      families.firstIndex { $0.name == whole }
      ?? {
        families.append(Family(name: whole, unit: unit, help: help))
        return families.count - 1
      }()
    var text = self.text(of: labels)
    var round = 1
    while !families[place].labels.insert(text).inserted {
      round += 1
      text = self.text(of: labels + [("repeat", "\(round)")])
    }
    families[place].samples.append((text, value))
  }

  /// The whole text: families in the order of their first samples, and the mark of the end.
  package var description: String {
    var text = ""
    for family in families {
      text += "# TYPE \(family.name) gauge\n"
      if let unit = family.unit { text += "# UNIT \(family.name) \(unit.rawValue)\n" }
      text += "# HELP \(family.name) \(family.help)\n"
      for sample in family.samples { text += "\(family.name)\(sample.labels) \(Self.text(sample.value))\n" }
    }
    return text + "# EOF\n"
  }

  /// Whether `name` may be a label's, or a part of a metric's: letters, digits and underscores, no digit
  /// first.
  package static func isName(_ name: String) -> Bool {
    !name.isEmpty && name.unicodeScalars.first?.properties.numericType == nil
      && name.unicodeScalars.allSatisfy {
        $0.isASCII && ($0 == "_" || $0.properties.isAlphabetic || $0.properties.numericType != nil)
      }
  }

  private func text(of labels: [Label]) -> String {
    let rest = common.filter { label in !labels.contains { $0.name == label.name } }
    let all = (labels + rest).map { "\($0.name)=\"\(Self.escaped($0.value))\"" }
    return all.isEmpty ? "" : "{\(all.joined(separator: ","))}"
  }

  /// A label's value, in which both formats escape the same three characters.
  private static func escaped(_ value: String) -> String {
    var result = ""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func text(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    guard value.isFinite else { return value < 0 ? "-Inf" : "+Inf" }
    // Whole numbers without a fraction, as people write them.
    return Int(exactly: value).flatMap { abs($0) < 1 << 53 ? "\($0)" : nil } ?? "\(value)"
  }
}
