import Quantities
import Records

/// A step record of 64 GPUs, with figures that tests look for.
func stepRecord(
  exposure: StepRecord.Figure = .init(0.04, low: 0.03, high: 0.045), gpus: Int = 64
) -> StepRecord {
  StepRecord(
    name: "two planes", environment: environment(),
    workload: .init(
      name: "w", model: "m", parameters: 7e9, activeParameters: 7e9, layers: 32, gpus: gpus, tensor: 8,
      context: 1, pipeline: 1, expert: 1, data: gpus / 8, isSequenceParallel: true, sharding: "zero-1",
      precision: "bfloat16", gradientPrecision: "float32", sequenceLength: 4_096, microbatchSize: 1,
      microbatches: 8, tokens: 262_144, bucketBytes: 26_214_400, algorithm: "ring", sources: []),
    fabric: .init(
      counts: [],
      parts: [],
      bisection: [
        .init(title: "rated bisection, of full", unit: "fraction", value: .init(1)),
        .init(
          title: "effective bisection, d-mod-k, of full", unit: "fraction",
          value: .init(0.97, low: 0.96, high: 0.98)),
        .init(
          title: "effective bisection, ecmp:0, of full", unit: "fraction",
          value: .init(0.7, low: 0.65, high: 0.75)),
      ]),
    volumes: [],
    step: .init(
      time: .init(10, low: 9.8, high: 10.3), computeTime: 9.6, bubble: 0, exposed: .init(0.4), exposedBy: [],
      syncExposure: exposure, scalingOverhead: .init(0.08), oneNodeTime: .init(9.2), jitter: 0,
      modelFlopsUtilisation: .init(0.41)),
    buckets: [], links: [],
    variations: [
      .init(axis: "gpus", value: "\(gpus)", number: Double(gpus), isBase: true, syncExposure: exposure),
      .init(
        axis: "gpus", value: "1024", number: 1_024, time: .init(11),
        syncExposure: .init(0.12, low: 0.1, high: 0.14)),
      .init(axis: "gpus", value: "4096", number: 4_096, refused: "the fabric has 2048 endpoints"),
      .init(axis: "failure", value: "one spine", number: 1_024, syncExposure: .init(0.5)),
    ],
    curves: [],
    energy: .init(
      compute: 1, waiting: .init(1), network: nil, overhead: .init(1), perStep: .init(3),
      perThousandTokens: .init(500, low: 490, high: 520)),
    cost: .init(
      currency: "USD", gpus: .init(0.01), electricity: nil,
      perThousandTokens: .init(0.011, low: 0.0105, high: 0.0115)))
}
