import Collectives
import Testing
import Training

@Suite("Stage work")
struct StageWorkTests {
  @Test(
    "Stages' runs of layers are the model's layers, each once",
    arguments: [(1, 1, false), (4, 1, false), (4, 2, false), (2, 1, true), (7, 3, true), (16, 8, true)])
  func chunks(pipeline: Int, virtualStages: Int, endsCount: Bool) {
    var parallelism = Parallelism()
    (parallelism.pipeline, parallelism.virtualStages) = (pipeline, virtualStages)
    parallelism.countsEndsAsLayers = endsCount
    let layers = 3 * pipeline * virtualStages - (endsCount ? 2 : 0)
    let chunks = (0..<pipeline).flatMap { parallelism.chunks(ofStage: $0, layers: layers) }
      .sorted { $0.index < $1.index }
    #expect(chunks.map(\.index) == Array(0..<pipeline * virtualStages))
    #expect(chunks.flatMap { Array($0.layers) } == Array(0..<layers))
  }

  @Test("Llama 3 405B's first run of layers is the embedding alone, as its paper says")
  func llama3() throws {
    let workload = try Workload(contentsOf: Example.folder("workloads/llama-3-405b.yaml"))
    let grid = try workload.grid(gpus: 8_192)
    #expect(grid.data == 64)
    #expect(workload.parallelism.chunks(ofStage: 0, layers: 126).first?.layers.isEmpty == true)
    #expect(workload.parallelism.chunks(ofStage: 15, layers: 126).last?.layers.isEmpty == true)
    // Table 4: 16 Mi tokens a step.
    #expect(try workload.tokensPerStep(on: grid) == 16 << 20)
    // All inner stages compute alike; the last has one layer less, but the output layer.
    let busiest = StageWork.busiest(workload, on: grid)
    #expect((0..<16).allSatisfy { StageWork(workload, on: grid, stage: $0).forward <= busiest.forward })
  }

  @Test(
    "All stages' gradients are the model's parameters",
    arguments: ["llama-2-7b", "llama-2-70b", "mixtral-8x7b", "gpt-3-175b"], [1, 2, 8])
  func gradients(model: String, pipeline: Int) throws {
    let expert = model == "mixtral-8x7b" ? 4 : 1
    let workload = try Example.workload(model, "parallelism: {pipeline: \(pipeline), expert: \(expert)}")
    let grid = try workload.grid(gpus: 8 * pipeline)
    var sum = 0
    for stage in 0..<pipeline {
      for part in StageWork(workload, on: grid, stage: stage).parts {
        sum += part.elements.others + part.elements.experts * expert
      }
    }
    // The last stage has a copy of a tied embedding, since the first is another GPU.
    let copy = workload.model.tiesEmbeddings && pipeline > 1 ? 50_257 * 12_288 : 0
    #expect(sum == workload.model.parameters + copy)
  }

  @Test(
    "All stages' times are the model's FLOPs",
    arguments: [("llama-2-7b", 8, 1), ("llama-2-70b", 4, 2), ("mixtral-8x7b", 1, 4)])
  func times(model: String, tensor: Int, pipeline: Int) throws {
    let workload = try Example.workload(
      model, "parallelism: {tensor: \(tensor), pipeline: \(pipeline), sequence: true}")
    let grid = try workload.grid(gpus: 64)
    let compute = Compute(workload)
    let seconds = (0..<pipeline).reduce(0.0) {
      let work = StageWork(workload, on: grid, stage: $1)
      return $0 + work.forward + work.backward
    }
    let flops = seconds * Double(tensor) * 0.5e15
    #expect(abs(flops / (compute.modelFlopsPerToken * compute.tokens) - 1) < 1e-12)
  }

  @Test("Gradients come in the order of the backward pass, each at its share of the FLOPs")
  func shares() throws {
    let workload = try Example.workload("llama-2-7b")
    let work = StageWork(workload, on: try workload.grid(gpus: 8), stage: 0)
    let layer = try #require(work.parts.first { $0.part == .layer(7) })
    // down, up, gate, norm, output, value, key, query, norm
    #expect(
      layer.gradients.map(\.elements) == [
        45_088_768, 45_088_768, 45_088_768, 4_096, 16_777_216, 16_777_216, 16_777_216, 16_777_216, 4_096,
      ])
    let shares = layer.gradients.map(\.share)
    #expect(shares == shares.sorted() && shares.last == 1)
    // Down, up and gate are 135 of 202 million multiplications; the scores are 2 × 2048 × 4096 more.
    let whole = 202_375_168.0 + 16_777_216
    #expect(abs(shares[2] - 135_266_304 / whole) < 1e-12)
    #expect(abs(shares[4] - (135_266_304 + 16_777_216) / whole) < 1e-12)
  }

  @Test("Buckets hold every gradient and are in the order in which they are full", arguments: [1, 8])
  func buckets(expert: Int) throws {
    let workload = try Example.workload(
      "mixtral-8x7b", "gradients: float32\nparallelism: {pipeline: 4, expert: \(expert), sharding: zero-1}")
    let grid = try workload.grid(gpus: 64)
    let work = StageWork(workload, on: grid, stage: 0)
    var bytes = 0
    var last = (part: Int.max, share: 0.0)
    for bucket in work.buckets {
      #expect(bucket.part < last.part || (bucket.part == last.part && bucket.share >= last.share))
      last = (bucket.part, bucket.share)
      #expect(bucket.reduction.collective == .reduceScatter)
      #expect(bucket.reduction.bytes % (4 * grid.size(bucket.reduction.group)) == 0)
      let gather = try #require(bucket.gather)
      #expect(gather.collective == .allGather && gather.group == bucket.reduction.group)
      // Half the bytes, but for the padding.
      #expect(abs(gather.bytes * 2 - bucket.reduction.bytes) <= 8 * grid.size(gather.group))
      bytes += bucket.reduction.bytes
    }
    let (exact, padding) = (work.gradientElements * 4, work.buckets.count * 4 * 64)
    #expect((exact...exact + padding).contains(bytes))
  }

  @Test("A pass waits for what its parallelism needs, in order")
  func calls() throws {
    func calls(_ model: String, _ parallelism: String, _ fields: String = "") throws -> LayerWork {
      let workload = try Example.workload(model, "parallelism: \(parallelism)\n" + fields)
      let work = StageWork(workload, on: try workload.grid(gpus: 64), stage: 0)
      return try #require(work.parts.first { $0.part == .layer(0) })
    }
    func text(_ traffic: [Traffic]) -> [String] {
      traffic.map { "\($0.group.rawValue) \($0.collective?.rawValue ?? "send")" }
    }
    let plain = try calls("llama-2-7b", "{tensor: 8}")
    #expect(text(plain.forwardCalls) == ["tensor all-reduce", "tensor all-reduce"])
    #expect(text(plain.backwardCalls) == ["tensor all-reduce", "tensor all-reduce"])
    #expect(plain.forwardCalls.map(\.bytes) == [2_048 * 4_096 * 2, 2_048 * 4_096 * 2])

    let shared = try calls("llama-2-7b", "{tensor: 4, context: 2, sequence: true}")
    #expect(
      text(shared.forwardCalls) == [
        "tensor all-gather", "context all-gather", "tensor reduce-scatter", "tensor all-gather",
        "tensor reduce-scatter",
      ])
    #expect(
      text(shared.backwardCalls) == [
        "tensor all-gather", "tensor reduce-scatter", "tensor all-gather", "context all-gather",
        "context reduce-scatter", "tensor reduce-scatter",
      ])
    #expect(shared.forwardCalls[0].bytes == 1_024 * 4_096 * 2)
    // Keys and values of all tokens, for a quarter of the heads.
    #expect(shared.forwardCalls[1].bytes == 2_048 * 2 * 4_096 / 4 * 2)

    let full = try calls("llama-2-7b", "{tensor: 8}", "recomputation: full")
    #expect(full.backwardCalls.count == 4)

    let mixture = try calls("mixtral-8x7b", "{expert: 8}")
    #expect(mixture.forwardCalls.map(\.content) == [.dispatch, .combine])
    #expect(mixture.backwardCalls.map(\.content) == [.combine, .dispatch])
    // Two experts for each of 2,048 tokens.
    let exchanged = 2 * 2_048 * 4_096 * 2
    #expect(
      (mixture.forwardCalls + mixture.backwardCalls).map(\.bytes) == Array(repeating: exchanged, count: 4))

    let alone = try calls("llama-2-7b", "{}")
    #expect(alone.forwardCalls.isEmpty && alone.backwardCalls.isEmpty)
  }
}
