import Records
import Reports
import Statistics
import Testing

@Suite("A difference that nobody sees is none")
struct ProposalVerdictTests {
  private func verdict(
    _ value: Double, _ first: Double, _ unit: ProposalUnit = .seconds,
    _ direction: ProposalVerdict.Direction = .lower
  ) -> ProposalVerdict {
    ProposalVerdict(
      .init(value), against: .init(first), towards: direction,
      shownIn: unit.scale(for: max(abs(value), abs(first))))
  }

  @Test(
    "Exact figures differ from one unit of the last of four digits on",
    arguments: [
      (1.2344, 1.2353, ProposalVerdict.equal), (1.2344, 1.2355, .better), (1.2355, 1.2344, .worse),
      (0.012341, 0.012349, .equal), (0.01234, 0.01236, .better), (0.99995, 1.0002, .equal),
      (0.9985, 1.0000, .better), (0, 0, .equal), (0, 1e-30, .better), (7, 7, .equal),
    ])
  func exact(_ value: Double, _ first: Double, _ expected: ProposalVerdict) {
    #expect(verdict(value, first) == expected)
  }

  @Test("What is shown alike is the same", arguments: UInt64(0)..<50)
  func shownAlike(_ seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for unit in [ProposalUnit.seconds, .share, .bytesPerSecond, .watts, .money("USD"), .ratio] {
      let value = Double.random(in: 1e-3...1e6, using: &random)
      let other = value * (1 + Double.random(in: -2e-3...2e-3, using: &random))
      let scale = unit.scale(for: max(value, other))
      if scale.shown(value) == scale.shown(other) {
        #expect(scale.isSame(value, other), "\(value) and \(other) in \(unit)")
      }
      #expect(scale.isSame(value, other) == scale.isSame(other, value))
    }
  }

  @Test("Counts are whole, and one more is a difference")
  func whole() {
    #expect(verdict(1_000_001, 1_000_000, .count, .none) == .differs)
    #expect(verdict(1_000_000, 1_000_000, .count, .none) == .equal)
    #expect(ProposalUnit.count.scale(for: 1e6).shown(1_000_001) == "1000001")
  }

  @Test("Intervals decide where there are some: apart is a verdict, a value in common is none")
  func intervals() {
    func verdict(_ figure: StepRecord.Figure, _ first: StepRecord.Figure) -> ProposalVerdict {
      ProposalVerdict(figure, against: first, towards: .lower, shownIn: ProposalUnit.seconds.scale(for: 2))
    }
    let first = StepRecord.Figure(2, low: 1.9, high: 2.1)
    let open = ProposalVerdict.cannotTell(because: "the intervals overlap")
    #expect(verdict(.init(1.7, low: 1.6, high: 1.8), first) == .better)
    #expect(verdict(.init(2.3, low: 2.2, high: 2.4), first) == .worse)
    #expect(verdict(.init(1.8, low: 1.7, high: 1.9), first) == open)
    #expect(verdict(.init(1.95), first) == open)
    #expect(verdict(.init(2), first) == open)
    #expect(verdict(.init(1.5), first) == .better)
    #expect(verdict(.init(2, low: 1, high: 3), first) == open)
    #expect(verdict(.init(1.5, low: 1.4), first) == open)
    #expect(verdict(first, first) == .equal)
  }
}
