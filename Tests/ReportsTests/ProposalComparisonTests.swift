import Quantities
import Records
import Reports
import Testing

@Suite("Proposals are compared row by row, with a verdict that says when nothing can be said")
struct ProposalComparisonTests {
  private func comparison(_ records: StepRecord...) -> ProposalComparison {
    ProposalComparison(records, names: records.map(\.name))
  }

  private func row(_ key: String, _ comparison: ProposalComparison) throws -> ProposalComparison.Row {
    try #require(comparison.rows.first { $0.key == key }, "\(key) among \(comparison.rows.map(\.key))")
  }

  @Test(
    "A proposal is neither better nor worse than itself, and nothing is unequal", arguments: UInt64(0)..<20)
  func itself(_ seed: UInt64) {
    let record = StepRecords.proposal("same", seed: seed)
    let comparison = comparison(record, record)
    #expect(comparison.rows.allSatisfy { $0.verdicts == [.equal] })
    #expect(comparison.inequalities.isEmpty)
    #expect(comparison.names == ["same", "same #2"])
  }

  @Test("Two proposals that are swapped get the opposite verdicts", arguments: UInt64(0)..<40)
  func swapped(_ seed: UInt64) throws {
    var (one, other) = (
      StepRecords.proposal("one", seed: 2 * seed), StepRecords.proposal("other", seed: 2 * seed + 1)
    )
    if seed.isMultiple(of: 2) { one.run = nil }
    if seed.isMultiple(of: 3) { other.energy = nil }
    if seed.isMultiple(of: 5) { other.cost?.currency = "EUR" }
    let forth = comparison(one, other)
    let back = Dictionary(uniqueKeysWithValues: comparison(other, one).rows.map { ($0.key, $0) })
    #expect(back.count == forth.rows.count)
    for row in forth.rows {
      let expected: ProposalVerdict =
        switch row.verdicts[0] {
        case .better: .worse
        case .worse: .better
        case let other: other
        }
      let found = try #require(back[row.key]).verdicts[0]
      #expect(found.word == expected.word, "\(row.key)")
    }
  }

  @Test("Each of several proposals has the verdict that it has alone")
  func several() throws {
    let records = (UInt64(1)...4).map { StepRecords.proposal("\($0)", seed: $0) }
    let all = ProposalComparison(records, names: records.map(\.name))
    for place in 1..<4 {
      let alone = comparison(records[0], records[place])
      for row in alone.rows {
        #expect(try self.row(row.key, all).verdicts[place - 1].word == row.verdicts[0].word, "\(row.key)")
      }
    }
  }

  @Test("Lower prices, power, times and shares are better, higher bandwidths and utilisations are")
  func directions() throws {
    let base = StepRecords.proposal("base")
    var better = base
    better.name = "better"
    better.fabric.price?.value = .init(1)
    better.fabric.power?.value = .init(1)
    better.fabric.bisection[0].value.value *= 2
    better.step.time = .init(1, low: 0.9, high: 1.1)
    better.step.syncExposure = .init(0.001, low: 0.0009, high: 0.0011)
    better.step.modelFlopsUtilisation = .init(0.7, low: 0.69, high: 0.71)
    better.run?.time = .init(100)
    better.cost?.perThousandTokens = .init(0.0001)
    better.energy?.perThousandTokens = .init(1)
    let comparison = comparison(base, better)
    for key in [
      "price", "power", "bisection.rated", "step.time", "step.sync_exposure", "step.mfu", "run.time",
      "cost.thousand_tokens", "energy.thousand_tokens",
    ] {
      #expect(try row(key, comparison).verdicts == [.better], "\(key)")
    }
    #expect(comparison.tally(1).better == 9)
    #expect(comparison.tally(1).worse == 0)
  }

  @Test("Counts have no better, and a part that a proposal doesn't need is none of it")
  func counts() throws {
    let base = StepRecords.proposal("base")
    var other = base
    other.fabric.counts[0].value.value += 1
    other.fabric.parts.removeLast()
    let comparison = comparison(base, other)
    #expect(try row("topology.leaves", comparison).verdicts == [.differs])
    let cables = try row("parts.fibre cable, 30 m", comparison)
    #expect(cables.verdicts == [.differs])
    #expect(cables.values[1].figure == .init(0))
    other.fabric.parts = []
    let unknown = self.comparison(base, other)
    #expect(
      try row("parts.fibre cable, 30 m", unknown).verdicts[0].reason == "base #2: its record lists no parts")
  }

  @Test("What overlaps, is missing, or is in another currency can't be told, and why is said")
  func open() throws {
    let base = StepRecords.proposal("base")
    var other = base
    other.name = "other"
    let time = base.step.time.value
    other.step.time = .init(time * 1.01, low: time * 0.98, high: time * 1.05)
    other.run = nil
    other.cost?.currency = "EUR"
    other.fabric.currency = "EUR"
    other.variations.removeAll { $0.axis == "failure" }
    other.variations.append(.init(axis: "failure", value: "one spine (s0)", refused: "no path is left"))
    let comparison = comparison(base, other)
    func reason(_ key: String) throws -> String? { try row(key, comparison).verdicts[0].reason }
    #expect(try reason("step.time") == "the intervals overlap")
    #expect(try reason("run.time") == "other: no run was asked for")
    #expect(try reason("cost.thousand_tokens") == "base is in USD, other in EUR")
    #expect(try reason("price") == "base is in USD, other in EUR")
    #expect(try reason("failure.one spine.time") == "other: can't run: no path is left")
  }

  @Test("Prices that leave out other parts are not compared, and what is left out is noted")
  func unlisted() throws {
    let base = StepRecords.proposal("base")
    var other = base
    other.name = "other"
    other.fabric.price?.value.value *= 0.5
    other.fabric.unlisted = ["price: 4 core switch"]
    let comparison = comparison(base, other)
    #expect(try row("power", comparison).verdicts == [.equal])
    #expect(
      try row("price", comparison).verdicts[0].reason == "not the same parts are left out of base and other")
    #expect(comparison.notes == ["left out of other, as it has no price or power: price: 4 core switch"])
  }

  @Test("A part of the exposed time is open where the whole is")
  func parts() throws {
    let base = StepRecords.proposal("base")
    var other = base
    other.step.exposedBy[0].time *= 1.01
    other.step.exposed.value += other.step.exposedBy[0].time * 0.01
    let found = try row("step.exposed_by.data gradients", comparison(base, other)).verdicts[0]
    #expect(found.reason == "of the whole exposed time, the intervals overlap")
  }

  @Test("Every field of the workload is looked at")
  func workloads() throws {
    let base = StepRecords.workload
    let fields = ProposalComparison.fields(of: base)
    var all: Set<String> = []
    for child in Mirror(reflecting: base).children { all.insert(try #require(child.label)) }
    #expect(fields.count == all.count)
    #expect(Set(fields.map(\.name)).count == fields.count)
    var record = StepRecords.proposal("base")
    record.workload.sharding = "zero-3"
    record.workload.isSequenceParallel = false
    record.workload.sources = []
    record.environment.simulation?.machineDigest = nil
    record.environment.inputs = []
    record.assumptions = ["links never fail"]
    record.curves[0].algorithm = "tree"
    record.curves[0].points.removeLast()
    let found = comparison(StepRecords.proposal("base"), record).inequalities
    #expect(
      found.map(\.field) == [
        "workload.sequence_parallel", "workload.sharding", "workload.sources", "machine model",
        "inputs.prices",
        "curves.all-reduce.algorithm", "curves.all-reduce.sizes",
        "assumption \"no other job uses the network\"", "assumption \"links never fail\"",
      ])
    #expect(found[1].values == ["zero-1", "zero-3"])
  }

  @Test("Bus bandwidths are those of the curves, at the sizes of all")
  func curves() throws {
    let base = StepRecords.proposal("base")
    var other = base
    other.curves[0].points.removeFirst()
    let comparison = comparison(base, other)
    let rows = try #require(comparison.groups.first { $0.key == "curves" }).rows
    #expect(rows.count == base.curves[0].points.count)
    #expect(rows[0].verdicts[0].reason == "base #2: this size is not in its curve")
    for (row, point) in zip(rows, base.curves[0].points) {
      let figure = try #require(row.values[0].figure)
      // Of 32 ranks: 2 (n - 1) / n.
      let factor = 62.0 / 32
      let seconds = Double(point.samples[0].picoseconds) * 1e-12
      #expect(abs(figure.value / (Double(point.size.bytes) * factor / seconds) - 1) < 1e-12)
      let slow = try #require(point.predicted).high
      let low = Double(point.size.bytes) * factor / (Double(slow.picoseconds) * 1e-12)
      #expect(abs(try #require(figure.low) / low - 1) < 1e-12)
    }
  }
}
