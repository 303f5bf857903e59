import Quantities
import Records
import Statistics

/// Step records as a simulation could have written them, without running one.
///
/// The same seed gives the same record. Figures are of the right order, and hang together where a reader would look (parts add
/// up, a step is as long as it computes and waits); they are no prediction.
enum StepRecords {
  /// One proposal; the workload is the same for all.
  static func proposal(_ name: String, seed: UInt64 = 1) -> StepRecord {
    var random = SplitMix64(seed: seed)
    return record(name, &random)
  }

  /// The workload of all proposals here: 70 billion parameters on 1,024 GPUs.
  static let workload = StepRecord.Workload(
    name: "pretraining", model: "dense-70b", parameters: 70e9, activeParameters: 70e9, layers: 80,
    gpus: 1_024,
    tensor: 8, context: 1, pipeline: 4, expert: 1, data: 32, isSequenceParallel: true, sharding: "zero-1",
    precision: "bfloat16", gradientPrecision: "float32", sequenceLength: 8_192, microbatchSize: 1,
    microbatches: 16, tokens: 4_194_304, bucketBytes: 104_857_600, algorithm: "ring",
    sources: ["the model's paper, table 1"])

  static func environment(topology: String) -> Record.Environment {
    Record.Environment(
      command: ["syncline", "train", "--topology", "\(topology).yaml"], started: "2026-01-02T03:04:05Z",
      version: "1.0.0", commit: "0123abc", hosts: [], placement: [], transport: "simulation",
      simulation: Record.Simulated(
        topology: topology, topologyDigest: String(repeating: "a", count: 64), placement: "packed",
        routing: "ecmp:1", machine: "machine.json", machineDigest: String(repeating: "b", count: 64)),
      inputs: [
        .init(role: "topology", path: "\(topology).yaml", digest: String(repeating: "a", count: 64)),
        .init(role: "prices", path: "prices.yaml", digest: String(repeating: "c", count: 64)),
      ])
  }

  private static func record(_ name: String, _ random: inout SplitMix64) -> StepRecord {
    let spines = Int.random(in: 8...32, using: &random)
    let leaves = 2 * spines
    let compute = 4.0
    let data = Double.random(in: 0.1...0.4, using: &random)
    let tensor = Double.random(in: 0.02...0.1, using: &random)
    let exposed = data + tensor
    let time = compute + exposed
    let price = Double(spines + leaves) * 30_000
    func near(_ value: Double) -> StepRecord.Figure {
      StepRecord.Figure(value, low: value * 0.97, high: value * 1.04)
    }
    return StepRecord(
      name: name, environment: environment(topology: name), workload: workload,
      fabric: StepRecord.FabricFacts(
        counts: [
          .init(title: "leaves", unit: "count", value: .init(Double(leaves))),
          .init(title: "spines", unit: "count", value: .init(Double(spines))),
          .init(title: "oversubscription", unit: "ratio", value: .init(32 / Double(spines))),
        ],
        parts: [
          .init(title: "800G DR8 transceiver", unit: "count", value: .init(Double(leaves * 64))),
          .init(title: "fibre cable, 30 m", unit: "count", value: .init(Double(leaves * 32))),
        ],
        bisection: [
          .init(title: "rated", unit: "bytes_per_second", value: .init(Double(spines) * 3.2e12)),
          .init(
            title: "effective", unit: "bytes_per_second",
            value: .init(Double(spines) * 2e12, low: Double(spines) * 1.9e12, high: Double(spines) * 2.1e12)),
        ],
        price: .init(title: "price", unit: "money", value: .init(price)),
        power: .init(title: "power", unit: "watts", value: .init(Double(spines + leaves) * 1_500)),
        currency: "USD"),
      volumes: [
        .init(
          group: "data", content: "gradients", collective: "all-reduce", ranks: 32, groups: 32,
          bytesPerCall: 104_857_600, calls: 84, sentBytes: 17e9, time: near(0.01))
      ],
      step: StepRecord.Step(
        time: near(time), computeTime: compute, bubble: 0.6, exposed: near(exposed),
        exposedBy: [
          .init(kind: "data gradients", time: data), .init(kind: "tensor activations", time: tensor),
        ],
        syncExposure: near(exposed / time), scalingOverhead: near(time / 4.05 - 1), oneNodeTime: near(4.05),
        jitter: 0, modelFlopsUtilisation: near(0.45 * compute / time)),
      buckets: [], links: [],
      variations: [256, 1_024, 4_096].map { gpus in
        let waited = exposed * (1 + Double(gpus) / 4_096)
        return .init(
          axis: "gpus", value: "\(gpus)", number: Double(gpus), isBase: gpus == 1_024,
          time: near(compute + waited), syncExposure: near(waited / (compute + waited)))
      } + [
        .init(
          axis: "failure", value: "one spine (\(name)-spine-0)", time: near(time * 1.03),
          syncExposure: near((time * 1.03 - compute) / (time * 1.03)))
      ],
      curves: [curve(&random)],
      run: StepRecord.Run(
        tokens: 15e12, steps: 3_576_279, goodput: 0.94, meanTimeBetweenFailures: 14_400,
        checkpointInterval: 600, time: near(3_576_279 * time / 0.94)),
      energy: StepRecord.Energy(
        compute: 2e6, waiting: near(1e5 * exposed), network: near(5e4), overhead: near(4e5),
        perStep: near(2.5e6 + 1e5 * exposed), perThousandTokens: near((2.5e6 + 1e5 * exposed) / 4_194.304)),
      cost: StepRecord.Cost(
        currency: "USD", gpus: near(0.0006 * time), electricity: near(0.00002 * time),
        perThousandTokens: near(0.00062 * time)),
      assumptions: ["no other job uses the network"])
  }

  private static func curve(_ random: inout SplitMix64) -> Record.Series {
    let latency = Double.random(in: 10...40, using: &random)
    let bandwidth = Double.random(in: 150...380, using: &random)
    return Record.Series(
      collective: "all-reduce", algorithm: "ring", ranks: 32, datatype: "float32", operation: "sum",
      isInPlace: false, root: 0, channels: 8, chunk: nil, depth: 1,
      points: [1 << 10, 1 << 16, 1 << 20, 1 << 26, 1 << 30].map { bytes in
        let time = latency + Double(bytes) * 2 * 31 / 32 / (bandwidth * 1e3)
        return Record.Point(
          size: ByteCount(bytes), count: bytes / 4, samples: [Time(picoseconds: Int64(time * 1e6))],
          predicted: .init(
            low: Time(picoseconds: Int64(time * 0.95e6)), high: Time(picoseconds: Int64(time * 1.06e6))))
      })
  }
}
