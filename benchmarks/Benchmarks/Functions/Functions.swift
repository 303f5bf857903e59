import Benchmark
import Collectives
import Foundation
import Transport

let benchmarks = { @Sendable in
  Benchmark.defaultConfiguration = .init(metrics: [.wallClock, .throughput], maxDuration: .seconds(2))

  for algorithm in Algorithm.allCases {
    Benchmark(
      "step: all-reduce \(algorithm.rawValue), 1,024 ranks", configuration: .init(scalingFactor: .kilo)
    ) {
      benchmark in
      let schedule = try Schedule(.allReduce, algorithm, ranks: 1_024, count: 1 << 24)
      let program = schedule.program(rank: 517, lane: 0)
      benchmark.startMeasurement()
      for index in benchmark.scaledIterations { blackHole(program[index % program.count]) }
    }
  }

  for type in DataType.allCases {
    Benchmark("combine: sum of 1 MiB of \(type.rawValue)") { benchmark in
      let target = Memory(bytes: 1 << 20)
      let source = Memory(bytes: 1 << 20)
      benchmark.startMeasurement()
      for _ in benchmark.scaledIterations { target.region.combine(source.region, as: type, by: .sum) }
    }
  }

  Benchmark("proof: all-reduce ring, 256 ranks") { benchmark in
    for _ in benchmark.scaledIterations {
      blackHole(try Proof(of: Schedule(.allReduce, .ring, ranks: 256, count: 256)))
    }
  }
}
