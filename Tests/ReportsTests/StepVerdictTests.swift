import Foundation
import Records
import Reports
import Testing

@Suite("A verdict on a training step")
struct StepVerdictTests {
  private func judge(_ entry: String, _ records: StepRecord...) throws -> ObjectiveVerdict {
    let objectives = try Objectives(parsing: "name: n\nobjectives:\n  - \(entry)\n")
    var evidence = ObjectiveEvidence()
    for (place, record) in records.enumerated() { evidence.add(record, path: "step-\(place).json") }
    return try #require(objectives.verdicts(on: evidence).first)
  }

  @Test(
    "goes by the figure's interval, on as many GPUs as are asked for",
    arguments: [
      ("{sync-exposure: 5 %}", "pass"), ("{sync-exposure: 4 %}", "cannot tell"),
      ("{sync-exposure: 2 %}", "fail"),
      ("{sync-exposure: 5 %, gpus: 64}", "pass"), ("{sync-exposure: 5 %, gpus: 1024}", "fail"),
      ("{sync-exposure: 15 %, gpus: 1024}", "pass"), ("{sync-exposure: 12 %, gpus: 1024}", "cannot tell"),
      ("{sync-exposure: 50 %, gpus: 4096}", "cannot tell"),
      ("{sync-exposure: 50 %, gpus: 128}", "cannot tell"),
      ("{step-time: 10.5 s}", "pass"), ("{step-time: 10 s}", "cannot tell"), ("{step-time: 9 s}", "fail"),
      ("{step-time: 11 s, gpus: 1024}", "pass"), ("{step-time: 10.9 s, gpus: 1024}", "fail"),
      ("{scaling-overhead: 8 %}", "pass"), ("{scaling-overhead: 7 %}", "fail"),
      ("{scaling-overhead: 8 %, gpus: 1024}", "cannot tell"),
      ("{model-flops-utilisation: 40 %}", "pass"), ("{model-flops-utilisation: 0.42}", "fail"),
      ("{effective-bisection: 90 %, routing: d-mod-k}", "pass"),
      ("{effective-bisection: 97 %, routing: d-mod-k}", "cannot tell"),
      ("{effective-bisection: 90 %, routing: ecmp}", "fail"), ("{effective-bisection: 90 %}", "fail"),
      ("{effective-bisection: 90 %, routing: spray}", "cannot tell"),
      ("{cost-per-1000-tokens: 0.012 USD}", "pass"), ("{cost-per-1000-tokens: 0.011 USD}", "cannot tell"),
      ("{cost-per-1000-tokens: 0.01 USD}", "fail"), ("{cost-per-1000-tokens: 1 EUR}", "cannot tell"),
      ("{energy-per-1000-tokens: 0.52 kJ}", "pass"), ("{energy-per-1000-tokens: 500 J}", "cannot tell"),
      ("{energy-per-1000-tokens: 0.1 Wh}", "fail"),
    ])
  func figures(entry: String, expected: String) throws {
    let verdict = try judge(entry, stepRecord())
    #expect(verdict.verdict.rawValue == expected, "\(verdict.reason)")
  }

  @Test("says why there is no figure")
  func reasons() throws {
    #expect(
      try judge("{sync-exposure: 50 %, gpus: 4096}", stepRecord()).reason
        == "it can't run: the fabric has 2048 endpoints")
    #expect(
      try judge("{sync-exposure: 50 %, gpus: 128}", stepRecord()).reason
        == "no such figure: no step record has sync exposure on 128 GPUs; they have 64, 1024, 4096")
    #expect(
      try judge("{cost-per-1000-tokens: 1 EUR}", stepRecord()).reason
        == "the record's cost is in USD, the threshold in EUR")
    var bare = stepRecord()
    (bare.energy, bare.cost) = (nil, nil)
    #expect(try judge("{energy-per-1000-tokens: 1 J}", bare).reason.hasPrefix("the record has no energy"))
    #expect(try judge("{cost-per-1000-tokens: 1 USD}", bare).reason.hasPrefix("the record has no cost"))
  }

  @Test("is the worst of several records'")
  func several() throws {
    let verdict = try judge(
      "{sync-exposure: 5 %}", stepRecord(), stepRecord(exposure: .init(0.08)),
      stepRecord(exposure: .init(0.09)))
    #expect(verdict.verdict == .fail && verdict.place?.path == "step-2.json")
    #expect(verdict.counts == [.pass: 1, .fail: 2])
  }

  @Test("doesn't turn from fail to pass where a ceiling falls")
  func monotone() throws {
    let order: [Verdict: Int] = [.pass: 2, .cannotTell: 1, .fail: 0]
    let verdicts = try stride(from: 0.2, through: 0, by: -0.005).map {
      order[try judge("{sync-exposure: \($0 < 0 ? 0 : $0)}", stepRecord()).verdict] ?? -1
    }
    #expect(zip(verdicts, verdicts.dropFirst()).allSatisfy { $0 >= $1 })
    #expect(Set(verdicts) == [0, 1, 2])
  }
}
