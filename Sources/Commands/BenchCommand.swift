import ArgumentParser
import Collectives
import Foundation
import Measurement
import Quantities
import Reports
import Simulation
import Transport
import VerbsTransport

/// `syncline bench`: measures real collectives.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure collectives between real ranks, and check every element of every result.",
    discussion: """
      With --ranks, starts mpirun itself; under mpirun or srun it takes part. Times are of the slowest rank, from the
      start of the rank that started last. The record keeps every sample and the environment.

      Examples:
        syncline bench --ranks 4
        syncline bench --ranks 4 --collective all-reduce,all-gather --algorithm ring,tree,native -b 8 -e 64M -f 4
        syncline bench --ranks 2 -b 1M -e 1M --iterations 200 --buffers both --format nccl
        syncline bench --ranks 8 --sizes 64K,1M --precision 1% --time-limit 20s --record pod.json
        mpirun -np 16 --hostfile hosts syncline bench --collective reduce-scatter --datatype bfloat16
        mpirun -np 16 --hostfile hosts syncline bench --transport verbs --device mlx5_0,mlx5_1 --queue-pairs 2
        syncline bench --transport verbs --rendezvous 192.0.2.1:18515 --ranks 2 --rank 0     (and --rank 1 there: no MPI)
        syncline bench --transport in-process --ranks 3     (threads of one process: no MPI needed, no network measured)
      """)

  /// What moves the messages.
  enum TransportName: String, CaseIterable, Sendable {
    case mpi
    case verbs
    case inProcess = "in-process"
  }

  /// Where results go.
  enum Buffers: String, CaseIterable, Sendable {
    case outOfPlace = "out-of-place"
    case inPlace = "in-place"
    case both
  }

  @Option(help: "How many ranks to start; under mpirun or srun, what the launcher gave.")
  var ranks: Int?

  @Option(help: "One or more of all-reduce, all-gather, reduce-scatter, broadcast, reduce, all-to-all.")
  var collective = "all-reduce"

  @Option(
    help: """
      One or more of ring, tree, double-tree, recursive-doubling, halving-doubling, hierarchical, native; \
      pairwise for all-to-all.
      """)
  var algorithm = "ring"

  @OptionGroup var sizeOptions: SizeOptions

  @OptionGroup var scheduleOptions: ScheduleOptions

  @Option(
    name: [.customShort("n"), .customLong("iters"), .customLong("iterations")],
    help: "Measure each size a fixed number of times.")
  var iterations: Int?

  @Option(help: "Measure each size for this long (2s).")
  var duration: String?

  @Option(help: "Measure until the median's 95 % interval is this narrow on both sides (default 5%).")
  var precision: String?

  @Option(help: "With --precision: the longest that a size may take.")
  var timeLimit = "3s"

  @Option(
    name: [.customShort("w"), .customLong("warmup_iters"), .customLong("warm-up")],
    help: "Iterations before the first that counts.")
  var warmUp = 5

  @Option(name: [.customShort("o"), .customLong("op")], help: "sum, min, max or prod.")
  var operation = "sum"

  @Option(help: "out-of-place, in-place or both.")
  var buffers = "out-of-place"

  @Option(help: "mpi, verbs (RDMA queue pairs) or in-process.")
  var transport = "mpi"

  @Option(
    help: "HOST:PORT where rank 0 listens: ranks that no launcher started find each other there (verbs).")
  var rendezvous: String?

  @Option(help: "With --rendezvous: which rank this process is, from 0 on.")
  var rank: Int?

  @OptionGroup(title: "RDMA OPTIONS") var rdma: RDMAOptions

  @Flag(
    name: [.long, .customLong("use_hugepages")], help: "Put the buffers into huge pages of 2 MiB.")
  var hugepages = false

  @Option(help: "host or cuda: where the buffers are.")
  var memory = "host"

  @Option(help: "How long a rank waits for another before the run ends.")
  var timeout = "30s"

  @Option(help: "Where the record goes (default: syncline-bench-DATE-TIME.json in this folder).")
  var record: String?

  @Flag(help: "Keep no record.")
  var noRecord = false

  @OptionGroup var metricsOptions: MetricsOptions

  @Option(help: "table, nccl, json or csv.")
  var format = "table"

  func run() throws {
    let plan = try BenchPlan(self)
    switch plan.transport {
    case .inProcess: try BenchRun(plan).runInProcess()
    case .verbs where plan.seat != nil: try BenchRun(plan).runAtRendezvous()
    case .mpi, .verbs:
      if MPILauncher.isUnderLauncher {
        try BenchRun(plan).runUnderLauncher()
      } else {
        try MPILauncher.start(plan)
      }
    }
  }
}

/// A command line that was read and makes sense.
struct BenchPlan: Sendable {
  let ranks: Int?
  let cases: [BenchCase]
  let sizes: [ByteCount]
  let sampling: Sampling
  let warmUp: Int
  let transport: BenchCommand.TransportName
  /// How RDMA connections are made, for the verbs transport.
  let rdma: VerbsSettings
  /// Where the ranks find each other without a launcher, and which one this is; nil with one.
  let seat: (rendezvous: String, rank: Int, ranks: Int)?
  let pages: Memory.Pages
  let timeLimit: Time
  /// Where the record goes; nil for none.
  let record: String?
  /// Where the metrics go, and what they are labelled with.
  let metrics: MetricsOptions
  let format: SummaryFormat

  init(_ command: BenchCommand) throws(Failure) {
    transport = try Names.one("transport", command.transport)
    format = try Names.one("format", command.format)
    if let ranks = command.ranks, !(1...65_536).contains(ranks) {
      throw Failure(.usage, "--ranks \(ranks): 1 to 65536 are possible")
    }
    ranks = command.ranks
    cases = try Self.cases(command, transport)
    // NCCL's variables say nothing to other transports, however odd they are.
    rdma = try command.rdma.resolved(transport == .verbs ? ProcessInfo.processInfo.environment : [:])
    seat = try Self.seat(command, transport)
    pages = command.hugepages ? .huge : .standard
    try BufferMemory.check(command.memory)
    sizes = try command.sizeOptions.resolved()
    if let greatest = sizes.last, greatest > .gibibytes(64) {
      throw Failure(.usage, "a vector of \(greatest): at most 64 GiB can be measured")
    }
    sampling = try Self.sampling(command)
    guard (0...1_000_000).contains(command.warmUp) else {
      throw Failure(.usage, "--warm-up \(command.warmUp): 0 to 1000000 are possible")
    }
    warmUp = command.warmUp
    timeLimit = try Names.time("--timeout", command.timeout)
    guard timeLimit > .zero else { throw Failure(.usage, "--timeout is above zero") }
    guard command.record == nil || !command.noRecord else {
      throw Failure(.usage, "--record and --no-record exclude each other")
    }
    record = command.noRecord ? nil : command.record ?? Self.defaultRecord()
    metrics = command.metricsOptions
    guard metrics.metrics == nil || metrics.metrics != record else {
      throw Failure(.usage, "--record and --metrics name the same file, '\(record ?? "")'")
    }
  }

  private static func cases(
    _ command: BenchCommand, _ transport: BenchCommand.TransportName
  ) throws(Failure) -> [BenchCase] {
    let options = try command.scheduleOptions.resolved()
    let operation: ReduceOperation = try Names.one("operation", command.operation)
    let buffers: BenchCommand.Buffers = try Names.one("kind of buffers", command.buffers)
    var cases: [BenchCase] = []
    for collectiveName in Names.list(command.collective) {
      let collective: Collective = try Names.one("collective", collectiveName)
      for name in Names.list(command.algorithm) {
        let implementation = try implementation(name)
        guard implementation != .native || transport == .mpi else {
          throw Failure(
            .usage, "--algorithm native needs --transport mpi: no other has a library's own collectives")
        }
        for isInPlace in buffers == .both ? [false, true] : [buffers == .inPlace] {
          cases.append(
            BenchCase(
              collective, implementation, type: options.type, operation: operation,
              root: collective.isRooted ? options.root : 0, isInPlace: isInPlace, channels: options.channels,
              chunk: options.chunk ?? .gibibytes(1), depth: options.depth, domain: options.domain))
        }
      }
    }
    // Where a launcher will say how many ranks there are, any number that domains divide shows whether the rest fits.
    let ranks =
      command.ranks ?? (max(2, options.root + 1) + options.domain - 1) / options.domain * options.domain
    for benchCase in cases {
      do throws(ScheduleError) {
        _ = try benchCase.schedule(count: 1, ranks: ranks)
      } catch {
        throw Failure(.usage, error.description)
      }
      guard (0..<ranks).contains(benchCase.root) else {
        throw Failure(.usage, "--root \(benchCase.root): it is one of ranks 0 to \(ranks - 1)")
      }
    }
    return cases
  }

  private static func seat(
    _ command: BenchCommand, _ transport: BenchCommand.TransportName
  ) throws(Failure) -> (rendezvous: String, rank: Int, ranks: Int)? {
    guard let rendezvous = command.rendezvous else {
      guard command.rank == nil else { throw Failure(.usage, "--rank goes with --rendezvous HOST:PORT") }
      return nil
    }
    guard transport == .verbs else {
      throw Failure(.usage, "--rendezvous goes with --transport verbs; others find their ranks by themselves")
    }
    guard let rank = command.rank, let ranks = command.ranks, (0..<ranks).contains(rank) else {
      throw Failure(
        .usage, "--rendezvous needs --ranks N, the same everywhere, and --rank R: 0 to N - 1, each once")
    }
    return (rendezvous, rank, ranks)
  }

  private static func implementation(_ name: String) throws(Failure) -> BenchCase.Implementation {
    if name == BenchCase.Implementation.native.name { return .native }
    guard name != SimulatedAlgorithm.inNetworkName else {
      throw Failure(
        .usage,
        "--algorithm in-network is simulated only: no transport reaches into a switch; simulate predicts it")
    }
    guard let algorithm = Algorithm(rawValue: name) else {
      throw Names.unknown(
        "algorithm", name, among: Algorithm.allCases.map(\.rawValue) + [BenchCase.Implementation.native.name])
    }
    return .schedule(algorithm)
  }

  private static func sampling(_ command: BenchCommand) throws(Failure) -> Sampling {
    let given = [command.iterations != nil, command.duration != nil, command.precision != nil].count { $0 }
    guard given <= 1 else {
      throw Failure(.usage, "--iterations, --duration and --precision exclude each other")
    }
    if let iterations = command.iterations {
      guard (1...10_000_000).contains(iterations) else {
        throw Failure(.usage, "--iterations \(iterations): 1 to 10000000 are possible")
      }
      return .iterations(iterations)
    }
    if let duration = command.duration { return .duration(try Names.time("--duration", duration)) }
    var text = command.precision ?? "5%"
    let isPercent = text.hasSuffix("%")
    if isPercent { text.removeLast() }
    guard let number = Double(text), number > 0, number.isFinite else {
      throw Failure(
        .usage, "--precision '\(command.precision ?? "")' is not a share above zero such as 2% or 0.02")
    }
    return .precision(
      relative: isPercent ? number / 100 : number, limit: try Names.time("--time-limit", command.timeLimit))
  }

  private static func defaultRecord() -> String {
    let now = Date().ISO8601Format(.iso8601(timeZone: .gmt, dateSeparator: .omitted, timeSeparator: .omitted))
    return "syncline-bench-\(now).json"
  }
}
