import Records

/// A comparison of proposals as JSON; the fields are documented in `docs/formats.md`.
struct ProposalDocument: Encodable {
  struct Proposal: Encodable {
    let name: String
    let file: String
    let topology: String?
    let verdicts: Verdicts?

    struct Verdicts: Encodable {
      let better, worse, equal, differs, cannotTell: Int

      enum CodingKeys: String, CodingKey {
        case better, worse, equal, differs
        case cannotTell = "cannot_tell"
      }
    }
  }

  struct Inequality: Encodable {
    let field: String
    let values: [String]
  }

  struct Value: Encodable {
    let proposal: String
    let value, low, high, change: Double?
    let verdict: String?
    let reason: String?
  }

  struct Row: Encodable {
    let row: String
    let title: String
    let unit: String
    let better: ProposalVerdict.Direction
    let values: [Value]
  }

  struct Group: Encodable {
    let group: String
    let title: String
    let rows: [Row]
  }

  let schema = "syncline.proposals/1"
  let proposals: [Proposal]
  let notEqual: [Inequality]
  let notes: [String]
  let groups: [Group]

  init(_ comparison: ProposalComparison, files: [String]) {
    let names = comparison.names
    proposals = names.indices.map { place in
      let tally = place > 0 ? comparison.tally(place) : nil
      return Proposal(
        name: names[place], file: files[place],
        topology: comparison.records[place].environment.simulation?.topology,
        verdicts: tally.map {
          Proposal.Verdicts(
            better: $0.better, worse: $0.worse, equal: $0.equal, differs: $0.differs,
            cannotTell: $0.cannotTell)
        })
    }
    notEqual = comparison.inequalities.map { Inequality(field: $0.field, values: $0.values) }
    notes = comparison.notes
    groups = comparison.groups.map { group in
      Group(
        group: group.key, title: group.title,
        rows: group.rows.map { row in
          Row(
            row: row.key, title: row.title, unit: row.unit.name, better: row.direction,
            values: row.values.enumerated().map { place, value in
              let verdict = place > 0 ? row.verdicts[place - 1] : nil
              return Value(
                proposal: names[place], value: value.figure?.value, low: value.figure?.low,
                high: value.figure?.high, change: place > 0 ? row.change(place) : nil, verdict: verdict?.word,
                reason: verdict?.reason ?? value.reason)
            })
        })
    }
  }

  enum CodingKeys: String, CodingKey {
    case schema, proposals
    case notEqual = "not_equal"
    case notes, groups
  }
}
