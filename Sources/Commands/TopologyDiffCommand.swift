import ArgumentParser
import Atlas
import Fabric
import Quantities
import Reports

/// `syncline topology diff`: what two fabrics differ in.
struct TopologyDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare two topology files: counts, oversubscription, bisection, parts, cost and power.",
    discussion: """
      Estimates are equal where their intervals at 95 % overlap. Cost and power follow from a price list: parts that \
      it has nothing on are named, never guessed. docs/atlas.md has its format.

      EXAMPLES:
        syncline topology diff topologies/rail-32x8.yaml topologies/rail-128x8.yaml
        syncline topology diff a.yaml b.yaml --prices prices/list-2025.yaml --format json
        syncline topology diff a.yaml b.yaml --patterns 100 --routing ecmp:1
      """)

  @Argument(help: "Topology file.")
  var first: String

  @Argument(help: "The one that it is compared with.")
  var second: String

  @Option(help: "Price list (YAML).")
  var prices: String?

  @Option(
    help: ArgumentHelp(
      "Random patterns of the effective bisection, 2 to 1000000; 0 leaves it out.", valueName: "count"))
  var patterns = 20

  @Option(help: "What the patterns are drawn from.")
  var seed: UInt64 = 0

  @Option(
    help: "\(Routing.forms); may be given again. (default: d-mod-k)",
    transform: { try Routing(parsing: $0) })
  var routing: [Routing] = []

  @Option(help: "table, or json.")
  var format = OutputFormat.table

  init() {}

  func validate() throws {
    guard patterns == 0 || (2...1_000_000).contains(patterns) else {
      throw ValidationError("--patterns is \(patterns), expected 0, or 2 to 1000000")
    }
  }

  func run() throws {
    let fabrics = [try Topology(forCommand: first).fabric, try Topology(forCommand: second).fabric]
    let list: PriceList?
    let comparison: FabricComparison
    do throws(TopologyFileError) {
      list = try prices.map { path throws(TopologyFileError) in try PriceList(contentsOf: path) }
      comparison = try FabricComparison(
        fabrics[0], fabrics[1],
        settings: .init(
          patterns: patterns, seed: seed, routings: routing.isEmpty ? [.destinationModulo] : routing,
          prices: list))
    } catch {
      throw Failure(error)
    }
    switch format {
    case .table: print(table(fabrics.map(\.name), comparison, list))
    case .json: print(json(fabrics.map(\.name), comparison, list))
    }
  }

  private func table(_ names: [String], _ comparison: FabricComparison, _ list: PriceList?) -> String {
    var table = TextTable([
      ("", .left), (names[0], .right), (names[1], .right), ("difference", .right),
    ])
    for row in comparison.rows {
      let values = zip(row.values, row.margins).map { value, margin in
        (value.map { text($0, row.unit, list) } ?? "-") + (margin.map { " ± \($0.fixed(4))" } ?? "")
      }
      table.addRow([row.title] + values + [difference(row, list)])
    }
    var paragraphs = ["\(names[0]) (\(first)) and \(names[1]) (\(second))", table.description]
    if let list {
      var missing = [String]()
      for (kind, gaps) in [("price", comparison.unpriced), ("power", comparison.unpowered)] {
        missing += gaps.map { gap in
          "\(list.name): no \(kind) for \(gap.part): \(gap.counts.map(\.grouped).joined(separator: " and "))"
        }
      }
      if !missing.isEmpty { paragraphs.append(missing.joined(separator: "\n")) }
    } else {
      paragraphs.append("cost and power: not compared without --prices")
    }
    if comparison.rows.allSatisfy(\.isEqual) { paragraphs.append("equal in everything that is compared") }
    return paragraphs.joined(separator: "\n\n")
  }

  private func text(_ value: Double, _ unit: FabricProfile.Unit, _ list: PriceList?) -> String {
    switch unit {
    case .count: Int(value).grouped
    case .ratio: "\(value.significant()):1"
    case .bandwidth: "\(Bandwidth(bytesPerSecond: value))"
    case .fraction: value.fixed(3)
    case .money: "\(Int(value.rounded()).grouped) \(list?.currency ?? "")"
    case .watts: abs(value) >= 10_000 ? "\((value / 1e3).significant()) kW" : "\(value.significant()) W"
    }
  }

  private func difference(_ row: FabricComparison.Row, _ list: PriceList?) -> String {
    if row.isEqual { return "equal" }
    guard let one = row.values[0], let other = row.values[1] else { return "only one has it" }
    let sign = other < one ? "-" : "+"
    let relative = one > 0 ? " (\(sign)\((abs(other - one) / one * 100).significant(3)) %)" : ""
    switch row.unit {
    case .ratio, .fraction: return sign + abs(other - one).fixed(3) + relative
    case .count, .bandwidth, .money, .watts: return sign + text(abs(other - one), row.unit, list) + relative
    }
  }

  private func json(_ names: [String], _ comparison: FabricComparison, _ list: PriceList?) -> String {
    var json = JSONText()
    json.object { json in
      json.key("names")
      json.array(names) { json, name in json.value(name) }
      json.field("patterns", patterns)
      json.field("seed", seed)
      if let list {
        json.field("prices", list.name)
        json.field("currency", list.currency)
      }
      json.key("rows")
      json.array(comparison.rows) { json, row in
        json.object { json in
          json.field("title", row.title)
          json.field("unit", row.unit.rawValue)
          json.field("first", row.values[0])
          json.field("second", row.values[1])
          if row.margins.contains(where: { $0 != nil }) {
            json.field("first_margin_95", row.margins[0])
            json.field("second_margin_95", row.margins[1])
          }
          json.key("equal")
          json.value(row.isEqual)
        }
      }
      for (key, gaps) in [("without_price", comparison.unpriced), ("without_power", comparison.unpowered)]
      where list != nil {
        json.key(key)
        json.array(gaps) { json, gap in
          json.object { json in
            json.field("part", gap.part.description)
            json.field("first", gap.counts[0])
            json.field("second", gap.counts[1])
          }
        }
      }
    }
    return json.text
  }
}
