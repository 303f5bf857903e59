package import Records

/// Proposals of a fabric side by side, for the same training step: what each has, draws, costs and gives.
///
/// The first is what the others are compared with. Each row has one value a proposal, with its interval where
/// there is one, and a verdict for each proposal but the first. What else differs between the records stands
/// on top, since then the rows compare more than the fabric.
package struct ProposalComparison: Sendable, Equatable {
  /// What is known of one thing in one proposal.
  package enum Value: Sendable, Equatable {
    case known(StepRecord.Figure)
    /// Not known; why, in words.
    case missing(String)

    package var figure: StepRecord.Figure? {
      if case .known(let figure) = self { figure } else { nil }
    }
  }

  /// One thing that is compared.
  package struct Row: Sendable, Equatable {
    /// Its name in JSON and CSV: `step.time`.
    package let key: String
    /// Its name for people.
    package let title: String
    package let unit: ProposalUnit
    package let scale: ProposalUnit.Scale
    package let direction: ProposalVerdict.Direction
    /// One for each proposal.
    package let values: [Value]
    /// One for each proposal but the first.
    package internal(set) var verdicts: [ProposalVerdict]

    /// How much more than the first's a proposal's figure is, of the first's; nil where one is missing or the
    /// first is zero.
    package func change(_ proposal: Int) -> Double? {
      guard let first = values[0].figure, let figure = values[proposal].figure, first.value != 0 else {
        return nil
      }
      return figure.value / first.value - 1
    }
  }

  /// Rows of one kind.
  package struct Group: Sendable, Equatable {
    /// Its name in JSON and CSV.
    package let key: String
    /// Its name for people.
    package let title: String
    package let rows: [Row]
  }

  /// Something besides the fabric that is not the same in all proposals.
  package struct Inequality: Sendable, Equatable {
    /// What it is: `workload.sharding`.
    package let field: String
    /// What each proposal has.
    package let values: [String]
  }

  /// How often each verdict was given to one proposal.
  package struct Tally: Sendable, Equatable {
    package var better = 0
    package var worse = 0
    package var equal = 0
    package var differs = 0
    package var cannotTell = 0
  }

  /// The proposals' names, each once.
  package let names: [String]
  package let inequalities: [Inequality]
  /// Groups that have rows.
  package let groups: [Group]
  /// What proposals leave out of their price and power, and other things to know of a row.
  package let notes: [String]
  /// The records, in order.
  package let records: [StepRecord]

  /// Compares.
  ///
  /// - Parameters:
  ///   - records: two or more.
  ///   - names: what each is called; made distinct where two are the same.
  package init(_ records: [StepRecord], names: [String]) {
    precondition(records.count > 1, "a comparison has two proposals or more")
    precondition(records.count == names.count, "each proposal has a name")
    self.records = records
    self.names = Self.distinct(names)
    inequalities = Self.inequalities(records)
    groups = ProposalRows(records, names: self.names).groups
    notes = zip(self.names, records).compactMap { name, record in
      record.fabric.unlisted.isEmpty
        ? nil
        : "left out of \(name), as it has no price or power: \(record.fabric.unlisted.joined(separator: ", "))"
    }
  }

  /// All rows, in order.
  package var rows: [Row] { groups.flatMap(\.rows) }

  /// The verdicts on one proposal, counted; the first has none.
  package func tally(_ proposal: Int) -> Tally {
    rows.reduce(into: Tally()) { tally, row in
      switch row.verdicts[proposal - 1] {
      case .better: tally.better += 1
      case .worse: tally.worse += 1
      case .equal: tally.equal += 1
      case .differs: tally.differs += 1
      case .cannotTell: tally.cannotTell += 1
      }
    }
  }

  /// The verdicts on one proposal in a sentence: `3 better, 1 worse, 20 equal, 4 differ, 2 cannot be told`.
  package func summary(_ proposal: Int) -> String {
    let tally = tally(proposal)
    return "\(tally.better) better, \(tally.worse) worse, \(tally.equal) equal, \(tally.differs) differ, "
      + "\(tally.cannotTell) cannot be told"
  }

  private static func distinct(_ names: [String]) -> [String] {
    var taken: Set<String> = []
    return names.map { name in
      var (distinct, number) = (name, 1)
      while !taken.insert(distinct).inserted {
        number += 1
        distinct = "\(name) #\(number)"
      }
      return distinct
    }
  }
}
