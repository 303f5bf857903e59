import Foundation
import Testing

@Suite("sweep, stopped and resumed", .serialized)
struct SweepResumingTests {
  @Test("A torn last line is dropped, and only what is missing runs")
  func tornLine() throws {
    let study = try SweepStudyFile(SweepStudyFile.small)
    #expect(try study.sweep().status == 0)
    let whole = try study.data("study.sweep/results.jsonl")
    let lines = try study.lines("study.sweep/results.jsonl")
    // A run that was killed while it wrote its 14th line, and one of a second rank with two lines.
    let first = lines.prefix(13).joined(separator: "\n") + "\n" + lines[13].prefix(60)
    let second = lines[20..<22].joined(separator: "\n") + "\n"
    try Data(first.utf8).write(to: study.scratch.file("study.sweep/results.0.jsonl"))
    try Data(second.utf8).write(to: study.scratch.file("study.sweep/results.1.jsonl"))
    try FileManager.default.removeItem(at: study.scratch.file("study.sweep/results.jsonl"))
    let run = try study.sweep(["--format", "json"])
    #expect(run.status == 0)
    #expect(
      run.errors.contains("results.0.jsonl:14: a line that was cut off is left out; its case runs again"))
    #expect(try SweepCounts(run).simulated == 40 - 15)
    #expect(try study.data("study.sweep/results.jsonl") == whole)
    #expect(try study.files() == ["results.csv", "results.jsonl", "results.timings.csv"])
  }

  /// Waits until the journal has a line.
  private func waitForLine(_ study: SweepStudyFile, _ journal: String = "study.sweep/results.0.jsonl") throws
  {
    let deadline = ContinuousClock.now + .seconds(60)
    while ((try? study.lines(journal)) ?? []).isEmpty {
      try #require(ContinuousClock.now < deadline, "no case was done")
      usleep(5_000)
    }
  }

  @Test(
    "After a kill the same command gives what one run would have given",
    arguments: [SIGKILL, SIGINT, SIGTERM])
  func killed(signal: Int32) throws {
    let study = try SweepStudyFile(SweepStudyFile.slow)
    #expect(try study.sweep(["--out", "whole"]).status == 0)
    let run = try study.sweep(["--workers", "1"]) { process in
      try waitForLine(study)
      kill(process, signal)
    }
    let kept = try study.lines("study.sweep/results.0.jsonl").count
    #expect(kept >= 1 && kept < SweepStudyFile.slowCases)
    if signal != SIGKILL {
      #expect(run.status == 75, "\(run.errors)")
      #expect(
        run.errors.contains(
          "stopped by signal \(signal): \(kept) of the \(SweepStudyFile.slowCases) missing cases are done and kept"
        ))
    }
    let resumed = try study.sweep(["--format", "json"])
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try SweepCounts(resumed).simulated <= SweepStudyFile.slowCases - kept)
    for name in ["results.jsonl", "results.csv"] {
      #expect(try study.data("study.sweep/\(name)") == study.data("whole/\(name)"))
    }
  }

  @Test("Nothing runs twice, and a study that grows runs what is new")
  func growing() throws {
    let study = try SweepStudyFile(SweepStudyFile.small)
    #expect(try SweepCounts(study.sweep(["--format", "json"])).simulated == 40)
    #expect(try SweepCounts(study.sweep(["--format", "json"])).simulated == 0)
    try study.write(SweepStudyFile.small.replacingOccurrences(of: "[64K, 1M]", with: "[4K, 64K, 1M]"))
    let grown = try SweepCounts(study.sweep(["--format", "json"]))
    #expect(grown.cases == 60 && grown.simulated == 20)
    // As if it had been written that way at once.
    #expect(try study.sweep(["--out", "fresh"]).status == 0)
    #expect(try study.data("fresh/results.jsonl") == study.data("study.sweep/results.jsonl"))
  }

  @Test(
    "A changed input is simulated anew; the old lines stay out of the result, and are there when it comes back"
  )
  func changedInput() throws {
    let study = try SweepStudyFile(SweepStudyFile.small)
    #expect(try study.sweep().status == 0)
    let before = try study.data("study.sweep/results.jsonl")
    let topology = study.scratch.file("pilot-4.yaml")
    let text = try String(contentsOf: topology, encoding: .utf8)
    try Data(text.replacingOccurrences(of: "uplink-rate: 50", with: "uplink-rate: 25").utf8).write(
      to: topology)
    let changed = try study.sweep(["--format", "json"])
    #expect(try SweepCounts(changed).simulated == 20)
    #expect(
      changed.errors.contains(
        "20 lines of other inputs are no part of the result; kept in study.sweep/results.other.jsonl"))
    #expect(try study.data("study.sweep/results.jsonl") != before)
    try Data(text.utf8).write(to: topology)
    #expect(try SweepCounts(study.sweep(["--format", "json"])).simulated == 0)
    #expect(try study.data("study.sweep/results.jsonl") == before)
  }

  @Test("A file that holds something else is not written over")
  func foreignFile() throws {
    let study = try SweepStudyFile(SweepStudyFile.small)
    try Data("{\"a\": 1}\n".utf8).write(to: study.scratch.file("mine.jsonl"))
    let run = try study.sweep(["--results", "mine.jsonl"])
    #expect(run.status == 65 && run.errors.contains("mine.jsonl:1: found no line of a sweep's result"))
    #expect(try study.data("mine.jsonl") == Data("{\"a\": 1}\n".utf8))
  }

  @Test("Two sweeps don't write to one result")
  func locked() throws {
    let study = try SweepStudyFile(SweepStudyFile.slow)
    let run = try study.sweep(["--workers", "1"]) { process in
      try waitForLine(study)
      let second = try study.sweep()
      #expect(second.status == 69 && second.errors.contains("another sweep writes here"), "\(second.errors)")
      kill(process, SIGKILL)
    }
    #expect(run.status == 128 + SIGKILL)
  }
}

@Suite("sweep over a real mpirun", .serialized, .enabled(if: OpenMPI.isInstalled, OpenMPI.why))
struct SweepOverMPITests {
  private func sweep(
    _ study: SweepStudyFile, ranks: Int, _ arguments: [String] = [],
    meanwhile: (Int32) throws -> Void = { _ in }
  ) throws -> CommandRun {
    try CommandRun(
      URL(fileURLWithPath: "/usr/bin/env"),
      [
        "OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1", "mpirun", "-np", "\(ranks)",
        "--oversubscribe", "--quiet", CommandRun.executable.path, "sweep", "study.yaml",
      ] + arguments, in: study.folder, meanwhile: meanwhile)
  }

  @Test("Any number of ranks gives the bytes of one process", arguments: [1, 2, 3])
  func ranks(count: Int) throws {
    let study = try SweepStudyFile(SweepStudyFile.small)
    #expect(try study.sweep(["--out", "alone"]).status == 0)
    let run = try sweep(study, ranks: count, ["--out", "shared", "--format", "json"])
    #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
    #expect(try SweepCounts(run).simulated == 40)
    for name in ["results.jsonl", "results.csv"] {
      #expect(try study.data("shared/\(name)") == study.data("alone/\(name)"))
    }
    #expect(try study.files("shared") == ["results.csv", "results.jsonl", "results.timings.csv"])
  }

  @Test("A lost rank takes nothing along that others did, and fewer ranks go on from there")
  func lostRank() throws {
    let study = try SweepStudyFile(SweepStudyFile.slow)
    #expect(try study.sweep(["--out", "whole"]).status == 0)
    let run = try sweep(study, ranks: 2, ["--out", "shared", "--workers", "1"]) { launcher in
      let deadline = ContinuousClock.now + .seconds(60)
      while ((try? study.lines("shared/results.1.jsonl")) ?? []).isEmpty {
        try #require(ContinuousClock.now < deadline, "rank 1 did no case")
        usleep(5_000)
      }
      kill(try #require(process(ofRank: 1, below: launcher)), SIGKILL)
    }
    #expect(run.status != 0)
    let kept = try (0..<2).reduce(0) { sum, rank in
      sum + (try study.lines("shared/results.\(rank).jsonl").count)
    }
    #expect(kept >= 1 && kept < SweepStudyFile.slowCases)
    let resumed = try study.sweep(["--out", "shared", "--format", "json"])
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try SweepCounts(resumed).simulated <= SweepStudyFile.slowCases - kept)
    #expect(try study.data("shared/results.jsonl") == study.data("whole/results.jsonl"))
  }

  /// The process of rank `rank` that mpirun, which is `launcher` itself, started.
  private func process(ofRank rank: Int, below launcher: Int32) -> Int32? {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int32($0) } ?? []
    return all.first { process in
      let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
      let parent = stat?.split(separator: ")").last?.split(separator: " ").dropFirst().first
      guard parent.flatMap({ Int32($0) }) == launcher else { return false }
      let environment = (try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(process)/environ"))) ?? Data()
      return environment.split(separator: 0).contains(Data("OMPI_COMM_WORLD_RANK=\(rank)".utf8))
    }
  }

  @Test("Tasks of srun that MPI doesn't join are refused, where each would do everything")
  func tasksWithoutMPI() throws {
    let study = try SweepStudyFile(SweepStudyFile.small)
    let run = try CommandRun(
      URL(fileURLWithPath: "/usr/bin/env"),
      [
        "-u", "PMIX_RANK", "SLURM_PROCID=0", "SLURM_STEP_ID=0", "SLURM_STEP_NUM_TASKS=4",
        CommandRun.executable.path, "sweep", "study.yaml",
      ], in: study.folder)
    #expect(
      run.status == 69 && run.errors.contains("srun started 4 tasks, of which MPI finds one"), "\(run.errors)"
    )
  }

  @Test("What is wrong with the study is said once")
  func wrongStudy() throws {
    let study = try SweepStudyFile("name: wrong\ntopologies: [pilot-4.yaml]\nsizes: [1X]\n")
    let run = try sweep(study, ranks: 2)
    #expect(run.status == 65, "\(run.errors)")
    let said = run.errors.split(separator: "\n").filter { $0.contains("found '1X'") }
    #expect(said.count == 1, "\(run.errors)")
  }
}
