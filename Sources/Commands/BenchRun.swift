import Collectives
import Foundation
import Measurement
import MPITransport
import Quantities
import Records
import Reports
import Synchronization
import Transport
import Verbs
import VerbsTransport

/// One run of `syncline bench`, as each rank takes part in it.
struct BenchRun: Sendable {
  private let plan: BenchPlan
  /// What a record says while its run lasts.
  static let unended = "the run had not ended when this was written"
  /// The record so far, as rank 0 keeps it.
  private let notes: Notes

  init(_ plan: BenchPlan) {
    self.plan = plan
    notes = Notes(path: MPILauncher.recordFromLauncher ?? plan.record, metrics: plan.metrics)
  }

  /// Takes part as the rank that mpirun or srun made of this process.
  func runUnderLauncher() throws {
    #if MPI
      let mpi: MPITransport
      do throws(TransportError) {
        mpi = try MPITransport.start(timeLimit: plan.timeLimit.seconds)
      } catch {
        throw Failure(.unavailable, error.description)
      }
      if let ranks = plan.ranks, ranks != mpi.ranks {
        throw Failure(
          .usage, "--ranks \(ranks), but the launcher started \(mpi.ranks): leave one of them out")
      }
      let library = MPITransport.library
      do {
        let transport: MPITransport
        if plan.transport == .verbs {
          transport = try runOverVerbs(mpi, library: library)
        } else {
          transport = try runOverMPI(mpi, library: library)
        }
        try transport.finish()
      } catch {
        Failure.endAllRanks(because: error)
      }
    #else
      throw Failure(
        .unavailable,
        "this build has no MPI: build with the package's default traits, or use --transport in-process")
    #endif
  }

  #if MPI
    private func runOverMPI(_ transport: consuming MPITransport, library: String) throws -> MPITransport {
      try takePart(&transport, library: library) { transport, task, input, output throws(TransportError) in
        try transport.runNative(task, input: input, output: output)
      }
      return transport
    }
  #endif

  /// Takes part as the rank that the command line says, found by the others over TCP.
  func runAtRendezvous() throws {
    guard let seat = plan.seat else { throw Failure(.usage, "--rendezvous HOST:PORT is needed") }
    let channel: TCPRendezvous
    do throws(TransportError) {
      channel = try TCPRendezvous(
        address: seat.rendezvous, rank: seat.rank, ranks: seat.ranks, timeLimit: plan.timeLimit.seconds)
    } catch {
      throw Self.failure(of: error)
    }
    _ = try runOverVerbs(channel, library: nil)
  }

  /// Measures over RDMA queue pairs between the ranks of `channel`, and gives it back.
  private func runOverVerbs<Channel: OutOfBand & ~Copyable>(
    _ channel: consuming Channel, library: String?
  ) throws -> Channel {
    #if RDMA
      let speaks = channel.rank == 0
      let opened: VerbsTransport<Channel>
      do { opened = try VerbsTransport(plan.rdma, over: channel) } catch {
        throw explain(error, speaks: speaks)
      }
      var transport = opened
      let ports = transport.ports
      try takePart(
        &transport, library: library, rails: ports,
        native: nil as CaseMeasurement.Native<VerbsTransport<Channel>>?)
      do { return try transport.close() } catch { throw explain(error, speaks: speaks) }
    #else
      throw Failure(
        .unavailable,
        "this build has no RDMA: build with the package's default traits, or use --transport mpi or in-process"
      )
    #endif
  }

  /// Runs all ranks as threads of this process.
  func runInProcess() throws {
    guard let ranks = plan.ranks else { throw Failure(.usage, "how many ranks? Give --ranks N") }
    let results = InProcessTransport.run(ranks: ranks, timeLimit: plan.timeLimit.seconds) { transport in
      try takePart(&transport, library: nil, native: nil as CaseMeasurement.Native<InProcessTransport>?)
    }
    for result in results { try result.get() }
  }

  /// Measures every case at every size; rank 0 keeps the record and prints.
  private func takePart<T: Transport & ~Copyable>(
    _ transport: inout T, library: String?, rails: [String]? = nil, native: CaseMeasurement.Native<T>?
  ) throws {
    let speaks = transport.rank == 0
    do {
      let survey = try HostSurvey(over: &transport, nics: Device.all().map(\.description), rails: rails)
      try checkRoots(ranks: transport.ranks)
      try checkMemory(survey)
      let environment = environment(survey, ranks: transport.ranks, library: library)
      try agree(&transport) { try notes.open(environment) }
      var start = try CommonStart(&transport)
      for benchCase in plan.cases {
        if speaks { notes.begin(benchCase, ranks: transport.ranks) }
        for size in plan.sizes {
          if speaks {
            Progress.say("\(benchCase.collective.rawValue) \(benchCase.implementation.name) \(size)")
          }
          let measurement = CaseMeasurement(
            benchCase, sampling: plan.sampling, warmUp: plan.warmUp, pages: plan.pages)
          let point = try measurement.run(size: size, over: &transport, start: &start, native: native)
          try agree(&transport) { try notes.add(point) }
        }
      }
    } catch {
      throw explain(error, speaks: speaks)
    }
    guard speaks else { return }
    Progress.clear()
    let record = try notes.close()
    print(try record.summary(as: plan.format), terminator: "")
    if let path = notes.path { Progress.written("record", path, beside: plan.format == .table) }
    try plan.metrics.write(beside: plan.format == .table) { $0.add(record) }
  }

  /// Lets rank 0 do what only it does; where it can't, all ranks end, and none waits for the others.
  private func agree<T: Transport & ~Copyable>(_ transport: inout T, _ body: () throws -> Void) throws {
    var failure: (any Error)?
    if transport.rank == 0 {
      do { try body() } catch { failure = error }
    }
    let hasFailed = try transport.greatest(failure == nil ? 0 : 1) == 1
    if let failure { throw failure }
    if hasFailed { throw Failure(.cannotCreate, "") }
  }

  /// Refuses vectors that would not fit into a host's memory, before anything is allocated.
  private func checkMemory(_ survey: HostSurvey) throws(Failure) {
    let greatest = plan.sizes.last?.bytes ?? 0
    let perRank = greatest * (plan.cases.contains { !$0.isInPlace } ? 2 : 1)
    for (place, host) in survey.hosts.enumerated() {
      let ranks = survey.placement.count { $0.host == place }
      guard Double(perRank) * Double(ranks) > 0.9 * Double(host.memory.bytes) else { continue }
      throw Failure(
        .unavailable,
        "\(ByteCount(greatest)) a rank needs \(ByteCount(perRank * ranks)) on \(host.name) for \(ranks) ranks;"
          + " it has \(host.memory): measure smaller sizes or fewer ranks there")
    }
  }

  private func checkRoots(ranks: Int) throws(Failure) {
    for benchCase in plan.cases where benchCase.root >= ranks {
      throw Failure(.usage, "--root \(benchCase.root): it is one of ranks 0 to \(ranks - 1)")
    }
  }

  /// Turns what ended the run into one line, and keeps what had been measured.
  private func explain(_ error: any Error, speaks: Bool) -> Failure {
    let failure =
      switch error {
      case let failure as Failure: failure
      case let error as FileError: Failure(error)
      case let error as TransportError: Self.failure(of: error)
      case MeasurementError.transport(let error): Self.failure(of: error)
      case MeasurementError.schedule(let error): Failure(.usage, error.description)
      case let error as MeasurementError: Failure(.software, error.description)
      default: Failure(.software, "\(error)")
      }
    guard speaks else { return speaksForItself(error) ? failure : Failure(failure.code, "") }
    Progress.clear()
    return Failure(failure.code, failure.description + notes.keepPartial(because: failure.description))
  }

  /// Whether a rank other than 0 says what ended the run: not where mpirun shows the same words of rank 0.
  private func speaksForItself(_ error: any Error) -> Bool {
    switch error {
    case TransportError.agreed, MeasurementError.transport(.agreed): plan.seat != nil
    default: true
    }
  }

  private static func failure(of error: TransportError) -> Failure {
    switch error {
    case .timedOut, .peerLost, .linkLost: Failure(.rankLost, error.description)
    case .library: Failure(.software, error.description)
    case .unavailable, .agreed, .tooLarge: Failure(.unavailable, error.description)
    }
  }

  private func environment(_ survey: HostSurvey, ranks: Int, library: String?) -> Record.Environment {
    var warnings: [String] = []
    for (place, host) in survey.hosts.enumerated() {
      let here = survey.placement.count { $0.host == place }
      if here > host.processors {
        warnings.append("\(host.name) has \(host.processors) processors for \(here) ranks: they take turns")
      }
    }
    if plan.transport == .inProcess {
      warnings.append("ranks are threads of one process: memory is measured, no network")
    }
    #if DEBUG
      warnings.append("a debug build, 5 to 10 times slower: these figures are no measurement")
    #endif
    return Record.Environment(
      command: CommandLine.arguments, started: Date().ISO8601Format(), version: Version.number,
      commit: Version.commit, hosts: survey.hosts, placement: survey.placement,
      transport: plan.transport.rawValue, library: library, rdma: plan.transport == .verbs ? rdma : nil,
      sampling: "\(plan.warmUp) to warm up, then \(plan.sampling.text)", warnings: warnings,
      inputs: [])
  }
}

extension BenchRun {
  /// The knobs of RDMA connections, for the record.
  private var rdma: Record.RDMA {
    let settings = plan.rdma
    let byHand = plan.seat == nil ? "out-of-band over mpi" : "out-of-band over tcp"
    return Record.RDMA(
      exchange: settings.exchange == .connectionManager ? "rdma-cm" : byHand,
      rails: settings.isByRank ? "by-rank" : "all",
      devices: settings.devices.map { "\($0.device):\($0.port)" }, gidIndex: settings.gidIndex,
      roceVersion: settings.roceVersion, addressFamily: settings.addressFamily.rawValue,
      trafficClass: settings.trafficClass, serviceLevel: settings.serviceLevel, mtu: settings.mtu,
      queuePairs: settings.queuePairs, sendDepth: settings.sendDepth,
      completionModeration: settings.moderation, inlineSize: settings.inline, qpTimeout: settings.timeout,
      retryCount: settings.retryCount, rnrRetry: settings.rnrRetry, minRNRTimer: settings.minRNRTimer,
      pkey: settings.pkey.map { Int($0) }, pkeyIndex: settings.pkeyIndex, hopLimit: settings.hopLimit,
      relaxedOrdering: settings.relaxedOrdering, pages: plan.pages.rawValue,
      waiting: settings.waiting.rawValue, eagerLimit: settings.eagerLimit, ringSlots: settings.ringSlots,
      smallMessages: settings.smallMessages.rawValue)
  }
}

extension Sampling {
  /// The rule in words.
  fileprivate var text: String {
    switch self {
    case .iterations(let count): "\(count) iterations"
    case .duration(let duration): "as many as fit into \(duration)"
    case .precision(let relative, let limit):
      "until the median's 95 % interval is within \((relative * 100).significant()) % on both sides, or \(limit)"
    }
  }
}

/// The record while it grows: after every size the file holds all that has been measured, marked partial.
///
/// Only rank 0 writes to it, from its own thread.
private final class Notes: Sendable {
  let path: String?
  private let metrics: MetricsOptions
  private let record = Mutex<Record?>(nil)

  init(path: String?, metrics: MetricsOptions) { (self.path, self.metrics) = (path, metrics) }

  /// Starts the record, and finds out before anything is measured whether it and its metrics can be written.
  func open(_ environment: Record.Environment) throws {
    try metrics.check()
    try update {
      $0 = Record(
        origin: .measured, environment: environment, series: [], isPartial: true,
        endedBecause: BenchRun.unended)
    }
  }

  func begin(_ benchCase: BenchCase, ranks: Int) {
    let isNative = benchCase.implementation == .native
    let series = Record.Series(
      collective: benchCase.collective.rawValue, algorithm: benchCase.implementation.name, ranks: ranks,
      datatype: benchCase.type.rawValue,
      operation: benchCase.collective.reduces ? benchCase.operation.rawValue : "",
      isInPlace: benchCase.isInPlace, root: benchCase.root, channels: isNative ? 1 : benchCase.channels,
      chunk: isNative ? nil : benchCase.chunk, depth: benchCase.depth,
      domain: benchCase.implementation == .schedule(.hierarchical) ? benchCase.domain : nil, points: [])
    record.withLock { $0?.series.append(series) }
  }

  func add(_ point: Record.Point) throws {
    try update { record in
      guard let last = record?.series.indices.last else { return }
      record?.series[last].points.append(point)
    }
  }

  /// Marks the record as whole, and gives it.
  func close() throws -> Record {
    try update {
      $0?.isPartial = false
      $0?.endedBecause = nil
    }
    guard let record = record.withLock({ $0 }) else { throw Failure(.software, "no record was opened") }
    return record
  }

  /// Writes what there is with the reason, and its metrics; says where it is.
  func keepPartial(because reason: String) -> String {
    guard let record = record.withLock({ $0 }) else { return "" }
    let lost = metrics.writePartial(record)
    let measured = record.series.reduce(0) { $0 + $1.points.count }
    guard measured > 0, let path else { return lost }
    do {
      try update { $0?.endedBecause = reason }
      return "; the \(measured) sizes measured before are in \(path), marked partial\(lost)"
    } catch {
      return "; and the record can't be written: \(error)\(lost)"
    }
  }

  private func update(_ change: (inout Record?) -> Void) throws {
    let copy = record.withLock { record in
      change(&record)
      return record
    }
    if let path { try copy?.write(to: path) }
  }
}
