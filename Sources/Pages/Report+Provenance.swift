import Calibration
import Quantities
import Records

extension Report {
  /// Where the figures come from: enough to run them again, or to find out that a file is another one.
  var provenance: Page.Section {
    var blocks: [Page.Block] = [.table(filesTable)]
    if !runsTable.rows.isEmpty { blocks.append(.table(runsTable)) }
    if !hostsTable.rows.isEmpty { blocks.append(.table(hostsTable)) }
    if !readTable.rows.isEmpty { blocks.append(.table(readTable)) }
    blocks.append(
      .markup(
        .element(.p, .classes("note")) {
          Markup(text: "This page: ")
          Markup.element(.code, text: maker.command.joined(separator: " ").shortened(to: 1_000))
          Markup(
            text: ", Syncline \(maker.version)\(maker.commit.map { ", commit \($0)" } ?? ""), \(maker.time).")
        }))
    return Page.Section(id: "provenance", title: "Provenance", blocks)
  }

  /// The files that the page was made of.
  private var filesTable: DataTable {
    var table = DataTable(
      id: "provenance-files", title: "Files that this page was made of",
      columns: [.init("role", "role"), .init("path", "path"), .init("sha256", "SHA-256")])
    for input in inputs {
      let role =
        switch input.content {
        case .record(let record): "\(record.origin.rawValue) record"
        case .step: "step record"
        case .machine: "machine model"
        }
      table.addRow([.text(role), .text(input.path), .text(input.digest)])
    }
    for file in files { table.addRow([.text(file.role), .text(file.path), .text(file.digest)]) }
    return table
  }

  /// When and by what each was made.
  private var runsTable: DataTable {
    var table = DataTable(
      id: "provenance-runs", title: "Runs",
      columns: [
        .init("file", "file"), .init("started", "started"), .init("version", "version"),
        .init("commit", "commit"),
        .init("transport", "transport"), .init("library", "library"), .init("fabric", "fabric"),
        .init("routing", "routing"), .init("placement", "placement"), .init("sampling", "sampling"),
        .init("command", "command"),
      ])
    for input in inputs {
      guard let made = input.environment else { continue }
      table.addRow([
        .text(input.name), .text(made.started), .text(made.version), .optional(made.commit),
        .text(made.transport),
        .optional(made.library), .optional(made.simulation?.topology), .optional(made.simulation?.routing),
        .optional(made.simulation?.placement), .optional(made.sampling),
        .text(made.command.joined(separator: " ").shortened(to: 300)),
      ])
    }
    return table
  }

  /// The machines, those of several records once.
  private var hostsTable: DataTable {
    var table = DataTable(
      id: "provenance-hosts", title: "Hosts",
      columns: [
        .init("host", "host"), .init("records", "records", .count), .init("kernel", "kernel"),
        .init("processor", "processor"), .init("processors", "processors", .count),
        .init("memory_bytes", "memory", .bytes), .init("nics", "NICs"),
      ])
    var hosts: [(host: Record.Host, records: Int)] = []
    for input in inputs {
      for host in input.environment?.hosts ?? [] {
        if let place = hosts.firstIndex(where: { $0.host == host }) {
          hosts[place].records += 1
        } else {
          hosts.append((host, 1))
        }
      }
    }
    for (host, records) in hosts {
      table.addRow([
        .text(host.name), .number(Double(records)), .text(host.kernel), .text(host.processor),
        .number(Double(host.processors)), .number(Double(host.memory.bytes)),
        .text(host.nics.isEmpty ? "none" : host.nics.joined(separator: "; ")),
      ])
    }
    return table
  }

  /// What the runs themselves read: topologies, machine models and so on.
  private var readTable: DataTable {
    var table = DataTable(
      id: "provenance-inputs", title: "Files that the runs read",
      columns: [
        .init("file", "file"), .init("role", "role"), .init("path", "path"), .init("sha256", "SHA-256"),
      ])
    for input in inputs {
      for (role, path, digest) in input.read {
        table.addRow([.text(input.name), .text(role), .text(path), .optional(digest)])
      }
    }
    return table
  }
}

extension ReportInput {
  /// The files that it says it was made of.
  fileprivate var read: [(role: String, path: String, digest: String?)] {
    if let machine {
      return machine.sources.map { ("record", $0.path, $0.digest) }
    }
    guard let environment else { return [] }
    if let inputs = environment.inputs { return inputs.map { ($0.role, $0.path, $0.digest) } }
    guard let simulation = environment.simulation else { return [] }
    // Records of earlier versions have digests of these three alone.
    return [
      ("topology", simulation.topology, simulation.topologyDigest),
      simulation.machine.map { ("machine", $0, simulation.machineDigest) },
      simulation.conditions.map { ("conditions", $0, simulation.conditionsDigest) },
    ].compactMap { $0 }
  }
}
