import Foundation
import Testing

@Suite("sweep")
struct SweepTests {
  /// Packed with d-mod-k runs once, the other three combinations once a seed: 10 a size and fabric.
  @Test("multiplies the values in the study's order, with a seed only where one is used")
  func product() throws {
    let study = try SweepStudyFile(SweepStudyFile.small)
    let run = try study.sweep(["--format", "csv"])
    #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
    #expect(Data(run.output.utf8) == (try study.data("study.sweep/results.csv")))
    let rows = try study.rows()
    #expect(rows.map { $0["index"] } == (0..<40).map { "\($0)"[...] })
    #expect(rows.map { $0["topology"] } == (0..<40).map { $0 < 20 ? "pilot-4.yaml" : "fat-tree-k4.yaml" })
    #expect(rows.map { $0["size_bytes"] } == (0..<40).map { $0 % 2 == 0 ? "65536" : "1048576" })
    let ways = rows.prefix(20).enumerated().filter { $0.offset % 2 == 0 }.map { row in
      ["placement", "routing", "seed"].map { row.element[$0] ?? "?" }
    }
    let seeds = ["1", "2", "3"] as [Substring]
    #expect(
      ways == [["packed", "d-mod-k", ""]] + seeds.map { ["packed", "ecmp:\($0)", $0] }
        + seeds.map { ["random:\($0)", "d-mod-k", $0] } + seeds.map { ["random:\($0)", "ecmp:\($0)", $0] })
    #expect(Set(rows.map { $0["key"] }).count == 40)
    #expect(try study.files() == ["results.csv", "results.jsonl", "results.timings.csv"])
    #expect(try study.lines("study.sweep/results.timings.csv").count == 41)
  }

  @Test("gives each case the figures that simulate gives it")
  func figures() throws {
    let study = try SweepStudyFile(
      """
      name: against simulate
      topologies: [fat-tree-k4.yaml]
      collectives: [all-reduce, broadcast]
      algorithms: [ring, double-tree]
      sizes: [1000001]
      ranks: [all, 5]
      placements: [scattered]
      routings: ["ecmp:{seed}"]
      seeds: [7]
      channels: [2]
      chunks: [64K, whole]
      depths: [3]
      datatype: float64
      root: 2
      machines: [none, known.json]
      """)
    try Data(ModelCommandsTests.machine.utf8).write(to: study.scratch.file("known.json"))
    let swept = try study.sweep()
    #expect(swept.status == 0, "\(swept.errors)")
    let rows = try study.rows()
    #expect(rows.count == 32 && Set(rows.map { $0["time_us"] }).count > 16)
    for row in rows {
      func value(_ name: String) -> String { row[name].map(String.init) ?? "?" }
      let chunk = value("chunk_bytes")
      var arguments = ["simulate", "--topology", "fat-tree-k4.yaml", "--sizes", "1000001", "--format", "csv"]
      for name in [
        "collective", "algorithm", "ranks", "placement", "routing", "channels", "depth", "datatype",
      ] {
        arguments += ["--\(name)", value(name)]
      }
      arguments += ["--chunk", chunk] + (value("collective") == "broadcast" ? ["--root", "2"] : [])
      if value("machine") != "" { arguments += ["--machine", value("machine")] }
      let run = try CommandRun(arguments, in: study.folder)
      let lines = run.output.split(whereSeparator: \.isNewline)
      try #require(run.status == 0 && lines.count == 2, "\(run.errors)")
      let names = lines[0].split(separator: ",").map(String.init)
      // The bound's name stands in quotation marks, as it has commas.
      let values = lines[1].replacing(#/"[^"]*"/#, with: "").split(
        separator: ",", omittingEmptySubsequences: false
      ).map(String.init)
      let simulated = Dictionary(uniqueKeysWithValues: zip(names, values))
      #expect(
        ["maximum_us", "minimum_us", "bound_us", "algbw_gb_per_s", "busbw_gb_per_s", "flows", "size_bytes"]
          .map { simulated[$0] ?? "" }
          == ["time_us", "first_us", "bound_us", "algbw_gb_per_s", "busbw_gb_per_s", "flows", "size_bytes"]
          .map(value))
    }
  }

  @Test("gives the same bytes whatever the number of workers")
  func workers() throws {
    let study = try SweepStudyFile(SweepStudyFile.small)
    for workers in ["1", "2", "5"] {
      #expect(try study.sweep(["--workers", workers, "--out", workers]).status == 0)
      for name in ["results.jsonl", "results.csv"] {
        #expect(try study.data("\(workers)/\(name)") == study.data("1/\(name)"))
      }
    }
  }

  @Test("takes its files' names from the command line")
  func names() throws {
    let study = try SweepStudyFile(SweepStudyFile.small)
    let run = try study.sweep(["--results", "a.jsonl", "--csv", "b.csv"])
    #expect(run.status == 0 && run.output.contains("results: a.jsonl\ntable: b.csv"))
    #expect(try study.lines("a.jsonl").count == 40 && study.lines("b.csv").count == 41)
    let clash = try study.sweep(["--results", "a.csv"])
    #expect(clash.status == 64 && clash.errors.contains("expected a name of its own that ends in .jsonl"))
  }

  @Test("leaves out what can't be simulated where the study says so, with the reason")
  func skipping() throws {
    let text = SweepStudyFile.small.replacingOccurrences(of: "ranks: [4]", with: "ranks: [4, 16]")
    let study = try SweepStudyFile(text + "\nskip-impossible: true\n")
    let run = try study.sweep(["--format", "json"])
    #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
    let counts = try SweepCounts(run)
    #expect(counts.cases == 80 && counts.simulated == 60 && counts.leftOut == 20)
    let skipped = try study.rows().filter { $0["status"] == "skipped" }
    #expect(
      skipped.allSatisfy { $0["topology"] == "pilot-4.yaml" && $0["ranks"] == "16" })
    #expect(try study.lines("study.sweep/results.jsonl").count { $0.contains("has 4 endpoints") } == 20)
  }

  /// 64 TiB over 50 Mbit/s are 130 days, and more than the clock has.
  @Test("names a case that has no result, keeps the others, and leaves it out where the study says so")
  func noResult() throws {
    let text = "name: long\ntopologies: [pilot-4.yaml]\nsizes: [1K, 64T]\nchunks: [whole]\n"
    let study = try SweepStudyFile(text)
    let failed = try study.sweep(["--workers", "1"])
    #expect(failed.status == 65)
    #expect(failed.errors.contains("study.yaml: case 2 has no result: pilot-4.yaml: more than 26 days"))
    try study.write(text + "skip-impossible: true\n")
    let run = try study.sweep(["--format", "json"])
    let counts = try SweepCounts(run)
    #expect(run.status == 0 && counts.cases == 2 && counts.leftOut == 1)
    #expect(try SweepCounts(study.sweep(["--format", "json"])).simulated == 0)
  }

  @Test("simulates once what two values have in common")
  func repeated() throws {
    let study = try SweepStudyFile("name: twice\ntopologies: [pilot-4.yaml]\nsizes: [1K]\nranks: [all, 4]\n")
    let run = try study.sweep()
    #expect(
      run.status == 0 && run.output.contains("1 case, 1 simulated, 1 more the same in other words"))
  }

  @Test(
    "ends with one line that says where and what, before anything runs",
    arguments: [
      (
        "sizes: [1M]", "topologies",
        "study.yaml:1: field 'topologies': found nothing, expected a list such as"
      ),
      (
        "sizes: [1M]\ntopologies: [nowhere.yaml]", "",
        "nowhere.yaml: can't be read: missing, or not permitted"
      ),
      (
        "topologies: [pilot-4.yaml]", "",
        "study.yaml:1: field 'sizes': found nothing, expected a list such as"
      ),
      (
        "topologies: pilot-4.yaml\nsizes: [1M]", "",
        "study.yaml:2: field 'topologies': found 'pilot-4.yaml', expected a list"
      ),
      ("topologies: []\nsizes: [1M]", "", "study.yaml:2: field 'topologies': found an empty list"),
      ("sizes: [1X]", "+", "study.yaml:3: field 'sizes': found '1X', expected a size such as"),
      ("sizes: [1K, 1024]", "+", "study.yaml:3: field 'sizes': found '1024' and another word for it"),
      ("sizes: {from: 1M, to: 1K}", "+", "field 'from': found 1 MiB, expected a size above zero and up to"),
      ("sizes: {from: 1K, to: 1M, factor: 1}", "+", "field 'factor': found '1', expected a number above 1"),
      ("sizes: {from: 1K, to: 1M, step: 1}", "+", "field 'step': unknown"),
      (
        "sizes: [1K]\nalgorithms: [ring,\n  rng]", "+",
        "study.yaml:5: field 'algorithms': found 'rng', expected 'ring', or another of ring, tree"
      ),
      (
        "sizes: [1K]\nalgoritms: [ring]", "+",
        "study.yaml:4: field 'algoritms': unknown, did you mean 'algorithms'?"
      ),
      (
        "sizes: [1K]\nranks: [0]", "+",
        "study.yaml:4: field 'ranks': found '0', expected a number of ranks, 1 to 2^30, or all"
      ),
      (
        "sizes: [1K]\nseeds: [1]", "+",
        "field 'seeds': found 1 seeds and no {seed}, expected {seed} in a placement or routing"
      ),
      ("sizes: [1K]\nseeds: [x]", "+", "field 'seeds': found 'x', expected a whole number below 2^64"),
      (
        "sizes: [1K]\nroutings: ['ecmp:{seed}']", "+",
        "field 'routings': found 'ecmp:{seed}', expected a field 'seeds' such as"
      ),
      (
        "sizes: [1K]\nroutings: [ecmq]", "+",
        "study.yaml:4: field 'routings': found 'ecmq', expected a routing:"
      ),
      ("sizes: [1K]\nplacements: [here]", "+", "field 'placements': found 'here', expected a placement:"),
      ("sizes: [1K]\nplacements: ['file:nowhere']", "+", "nowhere: there is no such file"),
      ("sizes: [1K]\nmachines: [nowhere.json]", "+", "nowhere.json: there is no such file"),
      ("sizes: [1K]\nchannels: [257]", "+", "field 'channels': found '257', expected 1 to 256 channels"),
      ("sizes: [1K]\nchunks: [2]", "+", "field 'chunks': found '2', expected at least one element of 4 B"),
      ("sizes: [1K]\ndatatype: float", "", "field 'topologies': found nothing"),
      ("sizes: [1K]\ndatatype: real", "+", "field 'datatype': found 'real', expected one of float32"),
      (
        "sizes: [1K]\nskip-impossible: perhaps", "+",
        "field 'skip-impossible': found 'perhaps', expected true or false"
      ),
      (
        "sizes: [1K]\nranks: [4, 5, 6]", "+",
        "study.yaml: 2 of 3 cases are impossible: pilot-4.yaml: 5 ranks don't fit: fabric 'pilot-4' has 4 endpoints, one a rank (1 case); pilot-4.yaml: 6 ranks"
      ),
      (
        "sizes: [1K]\nroutings: [spray]", "+",
        "study.yaml: 1 of 1 cases are impossible: pilot-4.yaml: routing 'spray' needs"
      ),
      ("sizes: [1K]\nranks: [5]\nskip-impossible: true", "+", "study.yaml: no case is possible: "),
      ("sizes: {from: 1, to: 1G, factor: 1.000001}", "+", "field 'factor': found more than 4096 sizes"),
      ("sizes: [1K", "+", "study.yaml:3: is no YAML"),
    ])
  func wrongStudies(fields: String, kind: String, text: String) throws {
    let topologies = kind == "+" ? "topologies: [pilot-4.yaml]\n" : ""
    let study = try SweepStudyFile("name: wrong\n\(topologies)\(fields)\n")
    let run = try study.sweep()
    #expect([64, 65, 66].contains(run.status))
    #expect(run.errors.contains(text) && run.errors.split(separator: "\n").count == 1, "\(run.errors)")
    #expect(run.output.isEmpty)
  }

  @Test("refuses more cases than anyone waits for")
  func tooMany() throws {
    let seeds = (1...2_000).map { "\($0)" }.joined(separator: ", ")
    let sizes = (1...600).map { "\($0 * 4)" }.joined(separator: ", ")
    let study = try SweepStudyFile(
      "name: many\ntopologies: [pilot-4.yaml]\nsizes: [\(sizes)]\nroutings: ['ecmp:{seed}']\nseeds: [\(seeds)]\n"
    )
    let run = try study.sweep()
    #expect(run.status == 65 && run.errors.contains("1200000 cases: a study has at most 1000000"))
  }
}
