import Benchmark
import Collectives
import Fabric
import Foundation
import Quantities
import Statistics
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

  let timing = LinkTiming(link: .nanoseconds(500), throughSwitch: .nanoseconds(300))
  for routing in [Routing.destinationModulo, .ecmp(seed: 1)] {
    Benchmark("bisection: effective, 8,192 hosts of a fat-tree, 100 patterns, \(routing)") { benchmark in
      let fabric = try FatTree(k: 32, rate: .gigabits(400), timing: timing).fabric(named: "k32")
      benchmark.startMeasurement()
      for _ in benchmark.scaledIterations {
        blackHole(EffectiveBisection(fabric, Router(fabric, routing: routing)))
      }
    }
  }

  Benchmark("bisection: minimum cut, 8,192 hosts of a fat-tree") { benchmark in
    let fabric = try FatTree(k: 32, rate: .gigabits(400), timing: timing).fabric(named: "k32")
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations { blackHole(MinimumCut(fabric)) }
  }

  for routing in [Routing.destinationModulo, .ecmp(seed: 7)] {
    // Pairs are drawn from all 524,288 hosts, so that neither caches nor branches know the way.
    Benchmark(
      "route: \(routing) between random hosts of the k=128 fat-tree",
      configuration: .init(scalingFactor: .kilo)
    ) { (benchmark: Benchmark, router: Router) in
      var generator = SplitMix64(seed: 1)
      let ends = benchmark.scaledIterations.map { _ in generator.index(below: 524_288) }
      var path: [Int32] = []
      path.reserveCapacity(16)
      benchmark.startMeasurement()
      for index in benchmark.scaledIterations {
        path.removeAll(keepingCapacity: true)
        router.appendPath(
          from: ends[index], to: ends[ends.count - 1 - index], flow: UInt64(index), to: &path)
        blackHole(path)
      }
      benchmark.stopMeasurement()
    } setup: {
      let timing = LinkTiming(link: .nanoseconds(25), throughSwitch: .nanoseconds(300))
      return Router(
        try FatTree(k: 128, rate: .gigabits(400), timing: timing).fabric(named: "fat-tree-k128"),
        routing: routing)
    }
  }

  // Throughput is starts and drains a second. The steady state allocates nothing.
  Benchmark(
    "network: random permutations over the k=16 fat-tree, starts and drains",
    configuration: .init(
      metrics: [.wallClock, .throughput, .mallocCountTotal], scalingFactor: .mega, maxDuration: .seconds(5))
  ) { benchmark in
    var traffic = try PermutationTraffic()
    traffic.run(events: 200_000)
    benchmark.startMeasurement()
    traffic.run(events: benchmark.scaledIterations.count)
    benchmark.stopMeasurement()
  }

  Benchmark("proof: all-reduce ring, 256 ranks") { benchmark in
    for _ in benchmark.scaledIterations {
      blackHole(try Proof(of: Schedule(.allReduce, .ring, ranks: 256, count: 256)))
    }
  }
}
