import Foundation
import Quantities
import Records
import Reports
import Testing

@Suite("Metrics")
struct OpenMetricsTests {
  private func record(host: String = "node-1") -> Record {
    var environment = environment()
    environment.hosts = [
      .init(name: host, kernel: "Linux", processor: "p", processors: 2, memory: .gibibytes(1), nics: [])
    ]
    return Record(
      origin: .measured, environment: environment,
      series: [
        series([
          point(1_000_000, [90, 95, 100, 100, 100, 110, 130], checked: 250_000), point(2_000_000, [150]),
        ]),
        series("broadcast", "tree", [point(8, [2, 3])]),
      ])
  }

  @Test("have base units, and are what both formats ask for")
  func figures() throws {
    var metrics = OpenMetrics()
    metrics.add(record())
    let read = try ExpositionReader(metrics.description)
    func value(_ name: String, size: String = "1000000") -> Double? {
      read.samples.first { $0.name == name && $0.labels["size_bytes"] == size }?.value
    }
    #expect(abs(try #require(value("syncline_collective_median_seconds")) - 100e-6) < 1e-18)
    #expect(abs(try #require(value("syncline_collective_median_low_seconds")) - 90e-6) < 1e-18)
    // 1 MB in 100 us is 10 GB/s, and 2 * 3 / 4 of it on each link.
    #expect(abs(try #require(value("syncline_collective_bus_bandwidth_bytes_per_second")) - 15e9) < 1)
    #expect(value("syncline_collective_samples") == 7)
    #expect(value("syncline_collective_checked_elements") == 250_000)
    #expect(value("syncline_collective_wrong_elements") == 0)
    // A single sample has no interval, and what wasn't checked is not said to be right.
    #expect(value("syncline_collective_median_low_seconds", size: "2000000") == nil)
    #expect(value("syncline_collective_wrong_elements", size: "2000000") == nil)
    let median = try #require(read.samples.first { $0.name == "syncline_collective_median_seconds" })
    #expect(
      median.labels == [
        "collective": "all-reduce", "algorithm": "ring", "ranks": "4", "size_bytes": "1000000",
        "datatype": "float32", "in_place": "false", "origin": "measured",
      ])
    // 2025-01-02T03:04:05Z.
    #expect(read.samples.first { $0.name == "syncline_run_start_time_seconds" }?.value == 1_735_787_045)
    #expect(read.samples.first { $0.name == "syncline_run_partial" }?.value == 0)
    #expect(read.samples.first { $0.name == "syncline_run_info" }?.labels["host"] == "node-1")
    #expect(read.families.allSatisfy { !$0.help.isEmpty })
    #expect(read.families.filter { $0.name.hasSuffix("_seconds") }.allSatisfy { $0.unit == "seconds" })
  }

  @Test(
    "keep any label's value, whatever is in it",
    arguments: ["a\"b", "a\\b", "a\\\"b\nc", "\\n", "", "µs, {x=\"1\"} 2", "\u{1F680}"])
  func escapes(value: String) throws {
    var metrics = OpenMetrics(labels: [("job", value)])
    metrics.add(record(host: value))
    let read = try ExpositionReader(metrics.description)
    #expect(read.samples.first { $0.name == "syncline_run_info" }?.labels["host"] == value)
    #expect(read.samples.allSatisfy { $0.labels["job"] == value })
  }

  @Test("tell samples with equal labels apart, and keep a family together")
  func repeated() throws {
    var metrics = OpenMetrics(labels: [("origin", "common"), ("job", "j")])
    for value in [1.0, 2, 3] { metrics.add("x", help: "X.", [("origin", "own")], value) }
    metrics.add("y", unit: .ratio, help: "Y.", [], 0.25)
    metrics.add("x", help: "X.", [("origin", "other")], 1e-9)
    let read = try ExpositionReader(metrics.description)
    #expect(read.samples.map(\.value) == [1, 2, 3, 1e-9, 0.25])
    #expect(read.samples.map { $0.labels["repeat"] } == [nil, "2", "3", nil, nil])
    #expect(read.samples.prefix(4).map { $0.labels["origin"] } == ["own", "own", "own", "other"])
    #expect(read.samples[4].labels == ["origin": "common", "job": "j"])
    #expect(metrics.description.hasPrefix("# TYPE syncline_x gauge\n# HELP syncline_x X.\nsyncline_x{"))
    #expect(OpenMetrics().description == "# EOF\n")
  }

  @Test("have the numbers that are none")
  func numbers() throws {
    var metrics = OpenMetrics()
    for (place, value) in [Double.infinity, -.infinity, .nan, 1e300, -2.5, .leastNonzeroMagnitude, 1e15]
      .enumerated()
    {
      metrics.add("x", help: "X.", [("n", "\(place)")], value)
    }
    let read = try ExpositionReader(metrics.description).samples.map(\.value)
    #expect(read[0] == .infinity && read[1] == -.infinity && read[2].isNaN)
    #expect(Array(read[3...]) == [1e300, -2.5, .leastNonzeroMagnitude, 1e15])
  }

  @Test("of a step and of verdicts are what both formats ask for")
  func stepsAndVerdicts() throws {
    var evidence = ObjectiveEvidence()
    evidence.add(stepRecord(), path: "step.json")
    let text =
      "name: n\nobjectives:\n  - {sync-exposure: 5 %}\n  - {step-time: 1 s}\n"
      + "  - {variation: 1 %, collective: all-reduce}\n"
    var metrics = OpenMetrics()
    metrics.add(stepRecord())
    metrics.add(VerdictReport(try Objectives(parsing: text), path: "slo.yaml", on: evidence))
    let read = try ExpositionReader(metrics.description)
    let verdicts = read.samples.filter { $0.name == "syncline_objective_verdict" }
    #expect(verdicts.map(\.value) == [1, 0, 0, 0, 1, 0, 0, 0, 1])
    #expect(verdicts.prefix(3).map { $0.labels["verdict"] } == ["pass", "fail", "cannot_tell"])
    #expect(read.samples.first { $0.name == "syncline_step_sync_exposure_ratio" }?.value == 0.04)
    #expect(read.samples.first { $0.name == "syncline_step_thousand_tokens_joules" }?.value == 500)
    #expect(read.samples.first { $0.name == "syncline_objective_found" }?.labels["unit"] == "ratio")
  }

  @Test(
    "are refused by the reader of these tests where a rule is broken",
    arguments: [
      "# TYPE x gauge\nx 1\n", "# TYPE x gauge\nx 1 1234\n# EOF\n", "# TYPE x info\nx 1\n# EOF\n",
      "# TYPE x gauge\n\nx 1\n# EOF\n", "x 1\n# EOF\n", "# TYPE x gauge\n# UNIT x seconds\nx 1\n# EOF\n",
      "# TYPE x gauge\nx{a=\"1} 1\n# EOF\n", "# TYPE x gauge\nx{a=\"\\t\"} 1\n# EOF\n",
      "# TYPE x gauge\nx 1\nx 2\n# EOF\n", "# TYPE x gauge\nx 1\n# TYPE y gauge\ny 1\nx{a=\"1\"} 1\n# EOF\n",
      "# TYPE x gauge\n# HELP x a \"b\"\nx 1\n# EOF\n", "# TYPE x gauge\nx 1\n# EOF\nx 2\n# EOF\n",
    ])
  func reader(text: String) {
    #expect(throws: ExpositionReader.Refused.self) { try ExpositionReader(text) }
  }
}
