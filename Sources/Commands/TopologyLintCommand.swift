import ArgumentParser
import Atlas
import Fabric
import Reports

/// `syncline topology lint`: what can't be right, or can hardly be meant.
struct TopologyLintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract: "Hold a table of counts against construction rules, or a topology file against common sense.",
    discussion: """
      A table is CSV with a header: a fabric a row in the words of published tables (SU, nodes, GPUs, leaf, spine, \
      core, node-leaf, leaf-spine, switches, links, k, …), or a bill of materials with the columns item and count. \
      Its rule stands in a column 'rule' or 'topology', is given by --rule, or is the one that most cells agree with. \
      Each cell that can't be right is named, with what it must be. Of a topology file what is named is allowed, but \
      can hardly be meant: unequal uplinks, mixed rates, leaves with fewer hosts than the others, unused rails.

      Ends with 65 where something is found, 0 where nothing is. docs/atlas.md has the rules.

      EXAMPLES:
        syncline topology lint superpod.csv --rule superpod-b300-xdr
        syncline topology lint bill-of-materials.csv --format json
        syncline topology lint topologies/rail-128x8.yaml --switch-ports 64
      """)

  @Argument(help: "Table (.csv or .tsv), or topology file.")
  var file: String

  @Option(
    help: ArgumentHelp(
      "Of a table: \(ConstructionRule.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "rule"))
  var rule: String?

  @Option(help: ArgumentHelp("Of a topology: the ports that each switch has.", valueName: "count"))
  var switchPorts: Int?

  @Option(help: "table, or json.")
  var format = OutputFormat.table

  init() {}

  /// Whether the file is named like a table; anything else is a topology.
  private var isTable: Bool {
    ["csv", "tsv"].contains { file.lowercased().hasSuffix("." + $0) }
  }

  func validate() throws {
    if rule != nil, !isTable { throw ValidationError("--rule is for tables, and \(file) is a topology file") }
    if let switchPorts {
      if isTable { throw ValidationError("--switch-ports is for topology files, and \(file) is a table") }
      guard (1...65_536).contains(switchPorts) else {
        throw ValidationError("--switch-ports is \(switchPorts), expected 1 to 65536")
      }
    }
  }

  func run() throws {
    let count = isTable ? try lintTable() : try lintTopology()
    guard count == 0 else { throw Failure(.data, "") }
  }

  private func lintTable() throws -> Int {
    var chosen: ConstructionRule?
    if let rule {
      chosen = ConstructionRule(named: rule)
      if chosen == nil {
        throw Names.unknown("rule", rule, among: ConstructionRule.allCases.map(\.rawValue))
      }
    }
    let lint: TableLint
    do throws(TopologyFileError) {
      lint = try TableLint(contentsOf: file, rule: chosen)
    } catch {
      throw Failure(error)
    }
    switch format {
    case .table:
      for finding in lint.findings {
        print(
          "\(file):\(finding.line): column '\(finding.column)': found \(finding.found), expected"
            + " \(finding.expected) (\(finding.reason))")
      }
      for note in lint.notes { print("\(file): \(note)") }
      print(summary(lint.findings.count, of: "\(lint.checked.grouped) cells"))
    case .json:
      var json = JSONText()
      json.object { json in
        json.field("file", file)
        json.field("cells_checked", lint.checked)
        json.key("findings")
        json.array(lint.findings) { json, finding in
          json.object { json in
            json.field("line", finding.line)
            json.field("column", finding.column)
            json.field("found", finding.found)
            json.field("expected", finding.expected)
            json.field("reason", finding.reason)
          }
        }
        json.key("notes")
        json.array(lint.notes) { json, note in json.value(note) }
      }
      print(json.text)
    }
    return lint.findings.count
  }

  private func lintTopology() throws -> Int {
    let fabric = try Topology(forCommand: file).fabric
    let findings = FabricLint(fabric, switchPorts: switchPorts).findings
    switch format {
    case .table:
      for finding in findings { print("\(file): \(finding.kind.rawValue): \(finding.message)") }
      print(summary(findings.count, of: "\(fabric.nodes.count.grouped) nodes"))
    case .json:
      var json = JSONText()
      json.object { json in
        json.field("file", file)
        json.field("name", fabric.name)
        json.key("findings")
        json.array(findings) { json, finding in
          json.object { json in
            json.field("kind", finding.kind.rawValue)
            json.field("message", finding.message)
            json.key("nodes")
            json.array(finding.nodes) { json, node in json.value(node) }
          }
        }
      }
      print(json.text)
    }
    return findings.count
  }

  private func summary(_ findings: Int, of things: String) -> String {
    switch findings {
    case 0: "\(file): nothing found in \(things)"
    case 1: "\(file): 1 finding in \(things)"
    default: "\(file): \(findings.grouped) findings in \(things)"
    }
  }
}
