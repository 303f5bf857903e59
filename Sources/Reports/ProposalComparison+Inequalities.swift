import Quantities
package import Records

extension ProposalComparison {
  /// What is not the same in all records and is no fact of the fabric: the workload, field by field; what the
  /// simulation took for granted; and the program that ran it.
  static func inequalities(_ records: [StepRecord]) -> [Inequality] {
    var found: [Inequality] = []
    func look(_ field: String, _ values: [String]) {
      if Set(values).count > 1 { found.append(Inequality(field: field, values: values)) }
    }
    let workloads = records.map { fields(of: $0.workload) }
    for (place, field) in workloads[0].enumerated() {
      look("workload.\(field.name)", workloads.map { $0[place].value })
    }
    for (name, value) in environmentFields {
      look(name, records.map { value($0.environment) })
    }
    // The topology is what the proposals are about; it is no inequality.
    let roles = Set(records.flatMap { ($0.environment.inputs ?? []).map(\.role) }).subtracting(["topology"])
    for role in roles.sorted() {
      look(
        "inputs.\(role)",
        records.map { record in
          listed(
            (record.environment.inputs ?? []).filter { $0.role == role }.map { "SHA-256 \($0.digest)" }
              .sorted())
        })
    }
    look("run.tokens", records.map { $0.run.map { "\($0.tokens)" } ?? "no run" })
    look("fabric.currency", records.map { $0.fabric.currency ?? "none" })
    look("cost.currency", records.map { $0.cost?.currency ?? "none" })
    found += curveInequalities(records)
    for (kind, texts) in [
      ("assumption", records.map(\.assumptions)), ("warning", records.map(\.environment.warnings)),
    ] {
      for text in ordered(texts.flatMap { $0 }) {
        look("\(kind) \"\(text)\"", texts.map { $0.contains(text) ? "stated" : "not stated" })
      }
    }
    return found
  }

  /// Every field of a workload, by its name in the file.
  package static func fields(of workload: StepRecord.Workload) -> [(name: String, value: String)] {
    [
      ("name", workload.name), ("model", workload.model), ("parameters", "\(workload.parameters)"),
      ("active_parameters", "\(workload.activeParameters)"), ("layers", "\(workload.layers)"),
      ("gpus", "\(workload.gpus)"), ("tensor", "\(workload.tensor)"), ("context", "\(workload.context)"),
      ("pipeline", "\(workload.pipeline)"), ("expert", "\(workload.expert)"), ("data", "\(workload.data)"),
      ("sequence_parallel", workload.isSequenceParallel ? "yes" : "no"), ("sharding", workload.sharding),
      ("precision", workload.precision), ("gradient_precision", workload.gradientPrecision),
      ("sequence_length", "\(workload.sequenceLength)"), ("microbatch_size", "\(workload.microbatchSize)"),
      ("microbatches", "\(workload.microbatches)"), ("tokens", "\(workload.tokens)"),
      ("bucket_bytes", "\(workload.bucketBytes)"), ("algorithm", workload.algorithm),
      ("sources", listed(workload.sources)),
    ]
  }

  private static let environmentFields: [(String, @Sendable (Record.Environment) -> String)] = [
    ("placement", { $0.simulation?.placement ?? "not stated" }),
    ("routing", { $0.simulation?.routing ?? "not stated" }),
    ("machine model", { $0.simulation?.machineDigest.map { "SHA-256 \($0)" } ?? "none" }),
    ("conditions", { $0.simulation?.conditionsDigest.map { "SHA-256 \($0)" } ?? "none" }),
    ("sampling", { $0.sampling ?? "not stated" }),
    ("version of Syncline", { $0.version }), ("commit of Syncline", { $0.commit ?? "unknown" }),
  ]

  /// How the curves were made; what is compared of them stands in rows.
  private static func curveInequalities(_ records: [StepRecord]) -> [Inequality] {
    var found: [Inequality] = []
    let fields: [(String, (Record.Series) -> String)] = [
      ("algorithm", { $0.algorithm }), ("ranks", { "\($0.ranks)" }), ("datatype", { $0.datatype }),
      ("operation", { $0.operation.isEmpty ? "none" : $0.operation }),
      ("placing", { $0.isInPlace ? "in place" : "out of place" }), ("root", { "\($0.root)" }),
      ("channels", { "\($0.channels)" }), ("chunk", { $0.chunk?.description ?? "whole runs" }),
      ("depth", { "\($0.depth)" }), ("domain", { $0.domain.map { "\($0) ranks" } ?? "none" }),
      ("sizes", { listed($0.points.map(\.size.description)) }),
    ]
    for collective in ordered(records.flatMap { $0.curves.map(\.collective) }) {
      for (name, value) in fields {
        let values = records.map { record in
          listed(record.curves.filter { $0.collective == collective }.map(value))
        }
        if Set(values).count > 1 {
          found.append(Inequality(field: "curves.\(collective).\(name)", values: values))
        }
      }
    }
    return found
  }

  private static func listed(_ words: [String]) -> String {
    words.isEmpty ? "none" : words.joined(separator: ", ")
  }

  /// Each once, in the order of their first places.
  static func ordered(_ words: [String]) -> [String] {
    var seen: Set<String> = []
    return words.filter { seen.insert($0).inserted }
  }
}
