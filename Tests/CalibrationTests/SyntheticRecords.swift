import Calibration
import Collectives
import Fabric
import Quantities
import Records
import Simulation
import Statistics

/// Records of a machine whose parameters are known, made by the simulator over links that cost nothing.
struct SyntheticMachine {
  var host: HostModel
  /// The deviation of an iteration's time, as a share of it.
  var noise = 0.0
  var iterations = 1
  var chunk: ByteCount?
  /// Links that cost something.
  var fabric: Fabric?
  /// How many processors all ranks share; nil for one each.
  var processors: Int?

  func record(_ cases: [(Collective, Algorithm)], ranks: Int = 4, sizes: [Int], seed: UInt64 = 1) throws
    -> Record
  {
    var generator = SplitMix64(seed: seed)
    let series = try cases.map { collective, algorithm in
      let points = try sizes.map { size in
        let time = try simulate(collective, algorithm, ranks: ranks, size: size, host: host)
        return Record.Point(
          size: ByteCount(size), count: size / 4,
          samples: (0..<iterations).map { _ in
            .seconds(time.seconds * max(0.5, 1 + (noise > 0 ? noise * generator.normal() : 0)))
          })
      }
      return Record.Series(
        collective: collective.rawValue, algorithm: algorithm.rawValue, ranks: ranks, datatype: "float32",
        operation: collective.reduces ? "sum" : "", isInPlace: false, root: 0, channels: 1, chunk: chunk,
        depth: 8,
        points: points)
    }
    return Record(
      origin: .simulated,
      environment: Record.Environment(
        command: [], started: "2025-01-02T03:04:05Z", version: "0.1.0", commit: nil, hosts: hosts,
        placement: hosts.isEmpty
          ? [] : (0..<ranks).map { Record.Placement(rank: $0, host: 0, processors: "") },
        transport: "simulation"), series: series)
  }

  private var hosts: [Record.Host] {
    processors.map {
      [Record.Host(name: "a", kernel: "", processor: "", processors: $0, memory: .gibibytes(1), nics: [])]
    } ?? []
  }

  func schedule(_ collective: Collective, _ algorithm: Algorithm, ranks: Int, size: Int) throws -> Schedule {
    var parameters = Schedule.Parameters()
    if let chunk { parameters.chunk = chunk.bytes / 4 }
    return try Schedule(collective, algorithm, ranks: ranks, count: size / 4, parameters: parameters)
  }

  func simulate(
    _ collective: Collective, _ algorithm: Algorithm, ranks: Int, size: Int, host: HostModel
  ) throws -> Time {
    if let fabric {
      return try Simulation(
        schedule: schedule(collective, algorithm, ranks: ranks, size: size), elementSize: 4, fabric: fabric,
        router: Router(fabric, routing: .destinationModulo), endpoints: Array(0..<ranks), host: host
      ).run().total
    }
    return try Simulation(
      schedule: schedule(collective, algorithm, ranks: ranks, size: size), elementSize: 4, capacities: [],
      latencies: [], host: host,
      processors: processors.flatMap {
        Processors(hostOfRank: Array(repeating: 0, count: ranks), counts: [$0])
      }
    ) { _, _, _, _ in [] }.run().total
  }
}

/// Short messages: 5 us and 2 GB/s; from 16 KiB on 20 us and 10 GB/s; a byte takes 0.05 ns to reduce.
let twoRegimes = HostModel(regimes: [
  .init(latency: .microseconds(5), bandwidth: .gigabytes(2), reduction: 5e-11),
  .init(from: .kibibytes(16), latency: .microseconds(20), bandwidth: .gigabytes(10), reduction: 5e-11),
])

/// 1 KiB to 64 MiB in powers of two.
let sweep = (10...26).map { 1 << $0 }

func fit(_ records: Record...) throws(CalibrationError) -> MachineModel {
  try Calibration.fit(records.map { Calibration.Source($0, path: "a.json", digest: "00") })
}
