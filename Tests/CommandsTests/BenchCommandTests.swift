import Foundation
import Quantities
import Records
import Testing

@Suite("bench without MPI")
struct BenchCommandTests {
  @Test("measures ranks in one process, and says that this is no network")
  func inProcess() throws {
    let scratch = try Scratch()
    let record = scratch.file("record.json")
    let run = try CommandRun([
      "bench", "--transport", "in-process", "--ranks", "3", "--sizes", "4,1K", "--iterations", "10",
      "--collective",
      "all-reduce,all-gather", "--record", record.path,
    ])
    #expect(run.status == 0 && run.output.contains("no network is") || run.output.contains("no network"))
    #expect(run.output.contains("record: \(record.path)"))
    let series = try Record.read(record.path).series
    #expect(series.map(\.collective) == ["all-reduce", "all-gather"])
    #expect(series.allSatisfy { $0.points.map(\.size.bytes) == [4, 1_024] })
  }

  @Test("leaves a record in the current folder unless told otherwise")
  func defaultRecord() throws {
    let scratch = try Scratch()
    let command = ["bench", "--transport", "in-process", "--ranks", "2", "--sizes", "4", "--iterations", "2"]
    #expect(try CommandRun(command + ["--no-record"], in: scratch.folder).status == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path).isEmpty)
    #expect(try CommandRun(command, in: scratch.folder).status == 0)
    let files = try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path)
    #expect(files.count == 1 && files[0].hasPrefix("syncline-bench-"))
  }

  @Test(
    "says in one line what is wrong with its options, and exits with 64",
    arguments: [
      (["--collective", "all-reduse"], "unknown collective 'all-reduse': did you mean 'all-reduce'?"),
      (["--algorithm", "rign"], "unknown algorithm 'rign': did you mean 'ring'?"),
      (["--algorithm", "ring,"], "unknown algorithm '': it is one of"),
      (["--datatype", "float23"], "unknown datatype 'float23': did you mean"),
      (["--op", "average"], "unknown operation 'average'"),
      (["--sizes", "12X"], "--sizes: '12X' is not a size"),
      (["--sizes", "1e300"], "--sizes: '1e300' is not a size"),
      (["-b", "2M", "-e", "1M"], "--min-bytes 2 MiB is above --max-bytes 1 MiB"),
      (["-f", "1"], "--step-factor is 1.0: it is above 1"),
      (["-f", "nan"], "--step-factor is nan"),
      (["-b", "1", "-e", "1G", "-i", "1"], "more than 4096 sizes"),
      (["--sizes", "1T"], "at most 64 GiB"),
      (["--iterations", "0"], "--iterations 0: 1 to 10000000"),
      (["--iterations", "5", "--precision", "1%"], "exclude each other"),
      (["--precision=-1%"], "is not a share above zero"),
      (["--duration", "5"], "--duration: '5' is not a time"),
      (["--ranks", "0"], "--ranks 0: 1 to 65536"),
      (["--ranks", "2", "--root", "2", "--collective", "broadcast"], "root 2: it is one of ranks 0 to 1"),
      (["--chunk", "1"], "--chunk 1 B: it holds at least one element"),
      (["--channels", "0"], "0 channels"),
      (["--depth", "0"], "depth 0"),
      (
        ["--channels", "2", "--collective", "all-gather", "--algorithm", "recursive-doubling"],
        "has one channel"
      ),
      (["--warm-up=-1"], "--warm-up"),
      (["--timeout", "0s"], "--timeout is above zero"),
      (["--format", "tabel"], "unknown format 'tabel': did you mean 'table'?"),
      (["--transport", "tcp"], "unknown transport 'tcp'"),
      (["--transport", "in-process", "--algorithm", "native"], "--algorithm native needs --transport mpi"),
      (["--record", "x", "--no-record"], "exclude each other"),
      ([], "how many ranks?"),
      (["--no-such-option"], "Unknown option '--no-such-option'"),
    ])
  func usage(arguments: [String], message: String) throws {
    let scratch = try Scratch()
    let run = try CommandRun(["bench"] + arguments, in: scratch.folder)
    #expect(
      run.status == 64 && run.output == "" && run.errors.contains(message), "\(run.status): \(run.errors)")
    #expect(arguments == ["--no-such-option"] || run.errors.split(separator: "\n").count == 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path).isEmpty)
  }

  @Test("finds out before it measures that the record can't be written")
  func unwritable() throws {
    let run = try CommandRun([
      "bench", "--transport", "in-process", "--ranks", "2", "--record", "/proc/none/record.json",
    ])
    #expect(
      run.status == 73 && run.output == "" && run.errors.contains("/proc/none/record.json"), "\(run.errors)")
    #expect(run.errors.split(separator: "\n").count == 1)
  }

  @Test("says what to install where there is no mpirun")
  func noMPI() throws {
    let run = try CommandRun(["bench", "--ranks", "2"], path: "/nonexistent")
    #expect(run.status == 69 && run.output == "")
    #expect(run.errors.contains("install Open MPI") || run.errors.contains("this build has no MPI"))
  }

  @Test("--help has examples")
  func help() throws {
    let run = try CommandRun(["bench", "--help"])
    #expect(run.status == 0 && run.output.contains("Examples:") && run.output.contains("--ranks 4"))
  }
}
