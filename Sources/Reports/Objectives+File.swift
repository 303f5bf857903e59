import Collectives
package import Fabric
import Quantities

/// The file's format is documented in `docs/slo.md`.
extension Objectives {
  /// Reads a file of objectives.
  ///
  /// - Throws: ``TopologyFileError`` with file, line, field, what was found and what was expected.
  package init(contentsOf path: String) throws(TopologyFileError) {
    try self.init(parsing: BoundedFile.text(at: path, limit: Document.sizeLimit), path: path)
  }

  /// Reads the text of such a file.
  package init(parsing text: String, path: String = "objectives") throws(TopologyFileError) {
    let fields = try Fields(
      parsing: text, path: path, known: ["name", "source", "objectives"],
      what: "the fields 'name', 'source' and 'objectives'")
    name = try fields.name("name", expected: "what the objectives are called")
    source = try fields.has("source") ? fields.name("source", expected: "where thresholds come from") : nil
    var objectives: [Objective] = []
    let entries = try fields.entries(
      "objectives", known: Objective.allFields,
      what: "one of \(Objective.Kind.names), and what it is about")
    for entry in entries { objectives += try Objective.read(entry) }
    guard !objectives.isEmpty else {
      throw fields.error("objectives", found: "none", expected: "a list with one objective or more")
    }
    var lines: [String: Int] = [:]
    for objective in objectives {
      guard let earlier = lines.updateValue(objective.line, forKey: objective.name) else { continue }
      throw fields.error(
        "objectives", line: objective.line, found: "\(objective.name.quoted) as in line \(earlier)",
        expected: "objectives that differ, or a 'name' for one of the two")
    }
    self.objectives = objectives
  }
}

extension Objective {
  /// The field that says what an objective is.
  enum Kind: String, CaseIterable {
    case busBandwidth = "bus-bandwidth"
    case latency = "latency"
    case variation = "variation"
    case pairShortfall = "pair-shortfall"
    case syncExposure = "sync-exposure"
    case scalingOverhead = "scaling-overhead"
    case stepTime = "step-time"
    case modelFlopsUtilisation = "model-flops-utilisation"
    case effectiveBisection = "effective-bisection"
    case cost = "cost-per-1000-tokens"
    case energy = "energy-per-1000-tokens"

    static let names = allCases.map(\.rawValue).joined(separator: ", ")

    /// The other fields that it may have.
    var fields: [String] {
      switch self {
      case .busBandwidth: Kind.selection + ["relative-to", "pair-ranks"]
      case .latency: Kind.selection
      case .variation: Kind.selection + ["between"]
      case .pairShortfall: Kind.selection
      case .syncExposure, .scalingOverhead, .stepTime, .modelFlopsUtilisation, .cost, .energy: ["gpus"]
      case .effectiveBisection: ["routing"]
      }
    }

    private static let selection = [
      "collective", "algorithm", "ranks", "size", "sizes", "datatype", "buffers", "origin",
    ]
  }

  private static let commonFields = ["name", "source"]

  /// The fields of all kinds, each once.
  static let allFields: [String] = Kind.allCases.reduce(into: Kind.allCases.map(\.rawValue) + commonFields) {
    fields, kind in
    fields += kind.fields.filter { !fields.contains($0) }
  }

  /// The objectives of one entry: several where a latency has several statistics.
  static func read(_ entry: Fields) throws(TopologyFileError) -> [Objective] {
    let kinds = Kind.allCases.filter { entry.has($0.rawValue) }
    guard let kind = kinds.first, kinds.count == 1 else {
      let found = kinds.map { "'\($0.rawValue)'" }.joined(separator: " and ")
      throw TopologyFileError(
        path: entry.path, line: entry.line,
        "found \(kinds.isEmpty ? "no objective" : found), expected one of \(Kind.names)")
    }
    try entry.check(known: [kind.rawValue] + kind.fields + commonFields)
    let name = try entry.has("name") ? entry.name("name", expected: "what the objective is called") : nil
    let source = try entry.has("source") ? entry.name("source", expected: "where it comes from") : nil
    let demands = try demands(kind, entry)
    return demands.map { demand in
      // One name stands for one objective.
      var name = name ?? demand.words
      if demands.count > 1, case .latency(let statistic, _, _) = demand, entry.has("name") {
        name += ", \(statistic.name)"
      }
      return Objective(name: name, source: source, line: entry.line, demand: demand)
    }
  }

  private static func demands(_ kind: Kind, _ entry: Fields) throws(TopologyFileError) -> [Demand] {
    switch kind {
    case .busBandwidth:
      var selector = try PointSelector(entry)
      let floor = try bandwidthFloor(entry, selector)
      if case .ofPair(_, let ranks) = floor {
        // More than a pair has; `bandwidthFloor` has refused a range that ends below.
        let asked = selector.ranks ?? 1...Int.max
        selector.ranks = max(asked.lowerBound, ranks + 1)...asked.upperBound
      }
      return [.busBandwidth(floor, selector)]
    case .latency: return try latencies(entry, PointSelector(entry))
    case .variation:
      let spread: Spread =
        try entry.has("between") ? entry.choice("between", Spread.self) : .samples
      return [.variation(atMost: try entry.share(kind.rawValue), spread, try PointSelector(entry))]
    case .pairShortfall:
      var selector = try PointSelector(entry)
      if selector.ranks == nil { selector.ranks = 2...2 }
      guard let ranks = selector.ranks, ranks.count == 1, ranks.lowerBound >= 2 else {
        throw entry.error(
          "ranks", found: "a range or a single rank",
          expected: "how many ranks a pair of hosts has, 2 or more")
      }
      return [.pairShortfall(atMost: try entry.share(kind.rawValue), selector)]
    case .effectiveBisection:
      let routing = try entry.has("routing") ? entry.routingName("routing") : nil
      return [.effectiveBisection(atLeast: try entry.share(kind.rawValue), routing: routing)]
    case .syncExposure: return [try step(.syncExposure, .atMost(entry.share(kind.rawValue)), .ratio, entry)]
    case .scalingOverhead:
      return [try step(.scalingOverhead, .atMost(entry.share(kind.rawValue)), .ratio, entry)]
    case .modelFlopsUtilisation:
      return [try step(.modelFlopsUtilisation, .atLeast(entry.share(kind.rawValue)), .ratio, entry)]
    case .stepTime:
      let time = try entry.span(kind.rawValue, example: "12 s")
      return [try step(.stepTime, .atMost(time.seconds), .seconds, entry)]
    case .cost:
      let (amount, currency) = try entry.money(kind.rawValue)
      return [try step(.cost, .atMost(amount), .money(currency), entry)]
    case .energy:
      return [try step(.energy, .atMost(entry.energy(kind.rawValue)), .joules, entry)]
    }
  }

  private static func step(
    _ figure: StepFigure, _ bound: Bound, _ unit: FigureUnit, _ entry: Fields
  ) throws(TopologyFileError) -> Demand {
    let gpus = try entry.optionalCount("gpus")
    if let gpus, !(1...1 << 30).contains(gpus) {
      throw entry.error("gpus", found: "\(gpus)", expected: "a whole number from 1 to 2^30")
    }
    return .step(figure, bound, unit: unit, gpus: gpus)
  }

  private static func latencies(
    _ entry: Fields, _ selector: PointSelector
  ) throws(TopologyFileError) -> [Demand] {
    let names = Statistic.all.map(\.name)
    let what = "a mapping such as {p99: 60 us}, of \(names.joined(separator: ", "))"
    let ceilings = try entry.entry(Kind.latency.rawValue, known: names, what: what)
    var demands: [Demand] = []
    for statistic in Statistic.all where ceilings.has(statistic.name) {
      demands.append(
        .latency(statistic, atMost: try ceilings.span(statistic.name, example: "60 us"), selector))
    }
    guard !demands.isEmpty else {
      throw entry.error(Kind.latency.rawValue, found: "an empty mapping", expected: what)
    }
    return demands
  }

  private static func bandwidthFloor(
    _ entry: Fields, _ selector: PointSelector
  ) throws(TopologyFileError) -> BandwidthFloor {
    let kind = Kind.busBandwidth.rawValue
    let reference = try entry.has("relative-to") ? entry.choice("relative-to", Reference.self) : nil
    if entry.has("pair-ranks"), reference != .pair {
      throw entry.error("pair-ranks", found: "it without 'relative-to: pair'", expected: "both, or neither")
    }
    switch reference {
    case nil: return .rate(try entry.rateOrShare(kind))
    case .predicted?:
      guard selector.origin == .measured else {
        throw entry.error(
          "origin", found: selector.origin.rawValue.quoted,
          expected: "measured, which is what 'relative-to: predicted' holds against a prediction")
      }
      return .ofPredicted(try entry.share(kind))
    case .pair?:
      let ranks = try entry.optionalCount("pair-ranks") ?? 2
      guard (2...1 << 20).contains(ranks) else {
        throw entry.error(
          "pair-ranks", found: "\(ranks)", expected: "how many ranks a pair of hosts has, 2 to 2^20")
      }
      if let most = selector.ranks?.upperBound, most <= ranks {
        throw entry.error(
          "ranks", found: "no more than a pair's \(ranks)", expected: "more ranks than a pair of hosts has")
      }
      return .ofPair(try entry.share(kind), ranks: ranks)
    }
  }

  /// What a bandwidth may be relative to.
  private enum Reference: String, CaseIterable {
    case predicted
    case pair
  }
}
