import Collectives
import Fabric
import Quantities
import Testing
import Training

@Suite("Workload files")
struct WorkloadFileTests {
  @Test(
    "A shipped workload is read, and fills a fabric",
    arguments: [
      ("llama-3-70b", 1_024, 32), ("gpt-3-175b", 1_024, 16), ("mixtral-8x7b", 256, 64),
      ("llama-2-7b-ddp", 64, 64),
      ("llama-3-405b", 16_384, 128),
    ])
  func shipped(name: String, gpus: Int, data: Int) throws {
    let workload = try Workload(contentsOf: Example.folder("workloads/\(name).yaml"))
    let grid = try workload.grid(gpus: gpus)
    #expect(grid.ranks == gpus && grid.data == data)
    #expect(try workload.microbatches(on: grid) > 0)
    #expect(!StageWork.busiest(workload, on: grid).parts.isEmpty)
    #expect(workload.text.contains("name:"))
  }

  @Test("What a file leaves out is as PyTorch and Megatron-LM have it")
  func defaults() throws {
    let workload = try Example.workload("llama-2-7b")
    #expect(workload.precision == .bfloat16 && workload.gradientPrecision == .bfloat16)
    #expect(workload.buckets.first.bytes == 1 << 20 && workload.buckets.rest.bytes == 25 << 20)
    #expect(workload.microbatchSize == 1 && workload.prefetch == 1)
    #expect(workload.overlapsReduction && !workload.overlapsGather)
    #expect(workload.parallelism == Parallelism())
    #expect(workload.algorithms[.data] == .ring && workload.algorithms[.expert] == .pairwise)
    #expect(workload.algorithms[.pipeline] == nil)
    #expect(workload.failures == nil && workload.power == nil && workload.jitter == nil)
  }

  @Test("A whole file is read")
  func whole() throws {
    let workload = try Workload(contentsOf: Example.folder("workloads/llama-3-70b.yaml"))
    #expect(workload.model.name == "llama-3-70b" && workload.gradientPrecision == .float32)
    #expect(workload.recomputation == .selective && workload.parallelism.sharding == .zero1)
    #expect(workload.jitter == ComputeJitter(law: .gaussian, variation: 0.01))
    #expect(workload.failures?.gpuMeanTime.seconds == 182_433_600)
    #expect(workload.power?.waiting.watts == 300 && workload.power?.effectiveness == 1.2)
    #expect(workload.tokens == 15e12 && workload.gpu == "H100")
  }

  @Test("A model is a preset, a count, or a shape")
  func models() throws {
    let count = try Example.workload("{parameters: 13e9, layers: 40, hidden: 5120}").model
    #expect(count.parameters == 13_000_000_000 && count.layers == 40)
    let shape = try Example.workload(
      """
      {name: mine, layers: 32, hidden: 4096, heads: 32, key-value-heads: 8, feed-forward: 14336, vocabulary: 32000,
        experts: {count: 8, active: 2, width: 14336}}
      """
    ).model
    #expect(shape.parameters == Model.preset("mixtral-8x7b")?.parameters)
    let latent = try Example.workload(
      """
      {layers: 61, hidden: 7168, heads: 128, feed-forward: 18432, vocabulary: 129280,
        latent: {query: 1536, key-value: 512, content: 128, rotary: 64, value: 128},
        experts: {count: 256, active: 8, width: 2048, shared-width: 2048, dense-layers: 3}}
      """
    ).model
    #expect(latent.parameters == Model.preset("deepseek-v3")?.parameters)
  }

  @Test(
    "A mistake is named with its place, and with what would be right",
    arguments: [
      (
        "llama-2-7c", "",
        "workload:2: field 'model': found 'llama-2-7c', expected 'llama-2-7b', or another of"
      ),
      ("{layers: 2}", "", "field 'hidden': found nothing"),
      ("{parameters: 1e9, layers: 2, hidden: 64, heads: 8}", "", "field 'heads': found 'parameters' too"),
      ("llama-2-7b", "paralelism: {}", "field 'paralelism': unknown, did you mean 'parallelism'?"),
      (
        "llama-2-7b", "parallelism: {tensor: 5}",
        "field 'tensor': found 5, expected a divisor of the model's 32 heads"
      ),
      (
        "llama-2-70b", "parallelism: {tensor: 16}",
        "field 'tensor': found 16, expected a divisor of the model's 8 key-value heads"
      ),
      (
        "llama-2-70b", "parallelism: {pipeline: 7}",
        "field 'pipeline': found 7, expected a divisor of the model's 80 layers"
      ),
      (
        "llama-2-7b", "parallelism: {pipeline: 4, virtual-stages: 3}",
        "field 'pipeline': found 4 × virtual-stages 3, expected a divisor of the model's 32 layers"
      ),
      (
        "llama-2-7b", "parallelism: {virtual-stages: 2}",
        "field 'virtual-stages': found 2, expected 1 without"
      ),
      (
        "llama-2-7b", "parallelism: {expert: 2}",
        "field 'expert': found 2, expected 1, since the model has no"
      ),
      (
        "mixtral-8x7b", "parallelism: {expert: 3}",
        "field 'expert': found 3, expected a divisor of the model's 8"
      ),
      (
        "mixtral-8x7b", "parallelism: {tensor: 2}",
        "field 'sequence': found false with tensor 2, expected true"
      ),
      ("llama-2-7b", "parallelism: {context: 3}", "field 'context': found 3, expected half a divisor"),
      (
        "llama-2-7b", "parallelism: {sharding: zero-4}",
        "field 'sharding': found 'zero-4', expected 'zero-0', or"
      ),
      (
        "llama-2-7b", "parallelism: {reshard: false}",
        "field 'reshard': found sharding zero-0, expected zero-3"
      ),
      ("llama-2-7b", "microbatches: 0", "field 'microbatches': found '0', expected a whole number from 1 to"),
      ("llama-2-7b", "microbatches: 1\nglobal-batch: 8", "field 'global-batch': found 'microbatches' too"),
      (
        "llama-2-7b", "compute: {rate: 989, mfu: 0.4}",
        "field 'rate': found '989', expected a rate above zero"
      ),
      ("llama-2-7b", "compute: {rate: 1 TFLOP/s, mfu: 40}", "field 'mfu': found '40', expected a share"),
      (
        "llama-2-7b", "compute: {rate: 1 TFLOP/s, mfu: 0.4, head: 1 ms}",
        "field 'head': found a time beside 'rate' or 'mfu'"
      ),
      ("llama-2-7b", "compute: {forward: 1 ms}", "field 'backward': found nothing"),
      (
        "llama-2-7b", "algorithms: {data: pairwise}",
        "field 'data': found 'pairwise', expected one of ring, tree"
      ),
      ("llama-2-7b", "algorithms: {expert: ring}", "field 'expert': found 'ring', expected one of pairwise"),
      ("llama-2-7b", "buckets: {size: 0}", "field 'size': found 0, expected a size of 1 byte"),
      (
        "llama-2-7b", "jitter: {law: normal, variation: 0.1}",
        "field 'law': found 'normal', expected one of gaussian"
      ),
      (
        "llama-2-7b", "failures: {gpu-mttf: 1 h, checkpoint: 0 s, restart: 1 s}",
        "field 'checkpoint': found 0"
      ),
      (
        "llama-2-7b", "failures: {gpu-mttf: 5 weeks}",
        "field 'gpu-mttf': found '5 weeks', expected a time such as"
      ),
      (
        "llama-2-7b", "power: {computing: 700, waiting: 1 W}",
        "field 'computing': found '700', expected a power"
      ),
      ("llama-2-7b", "overlap: yes", "field 'overlap': found 'yes', expected true or false"),
      ("llama-2-7b", "tokens: -1", "field 'tokens': found '-1', expected a number above zero"),
    ])
  func mistakes(model: String, fields: String, message: String) {
    #expect {
      try Example.workload(model, fields)
    } throws: { error in
      "\(error)".contains(message)
    }
  }

  @Test(
    "No numbers of a file overflow",
    arguments: [
      ("{layers: 1024, hidden: 1048576, heads: 1, feed-forward: 16777216, vocabulary: 16777216}", ""),
      (
        "{layers: 9, hidden: 1048576, heads: 16384, feed-forward: 1, vocabulary: 1, latent: {query: 65536, "
          + "key-value: 65536, content: 65536, rotary: 65536, value: 65536}}", ""
      ),
      (
        "{layers: 1024, hidden: 1048576, heads: 1, vocabulary: 1, experts: {count: 1024, active: 1024, "
          + "width: 16777216}}", ""
      ),
      ("{layers: 1, hidden: 1, heads: 1, feed-forward: 9223372036854775807, vocabulary: 1}", ""),
      ("llama-2-7b", "microbatch: 65536\nsequence-length: 67108864"),
      ("llama-2-7b", "microbatches: 1000000000"),
      ("llama-2-7b", "parallelism: {tensor: 1048577}"),
      ("llama-2-7b", "tokens: inf"),
      ("llama-2-7b", "prefetch: -1"),
    ])
  func extremes(model: String, fields: String) {
    #expect(throws: TopologyFileError.self) { try Example.workload(model, fields) }
  }

  @Test("A count that doesn't go with its width is no layer of a million pieces")
  func pieces() throws {
    let model = try Example.workload("{parameters: 1e15, layers: 1, hidden: 1}").model
    #expect(model.parameters == 1_000_000_000_000_000 && model.weights(ofLayer: 0).count <= 257)
  }

  @Test("More copies than the fabric has room for are refused, however many")
  func copies() throws {
    let workload = try Example.workload(
      "{parameters: 1e9, layers: 1024, hidden: 64}",
      "sequence-length: 67108864\nparallelism: {context: 1048576, pipeline: 1024, data: 1048576}")
    #expect(throws: TopologyFileError.self) { try workload.grid(gpus: 1 << 20) }
  }

  @Test(
    "A fabric that the workload doesn't fill is refused at the field",
    arguments: [
      (
        "parallelism: {tensor: 8, pipeline: 4}", 40,
        "workload:6: field 'parallelism': found tensor 8 × context 1 × pipeline 4 = 32 GPUs a copy, expected a divisor"
      ),
      ("parallelism: {tensor: 8, data: 2}", 8, "field 'data': found 2 copies on 8 GPUs each"),
      ("global-batch: 100", 8, "field 'global-batch': found 100 sequences, expected a multiple of data 8"),
      (
        "global-batch: 1073741824", 8,
        "field 'global-batch': found 134217728 microbatches a copy, expected at most"
      ),
      (
        "microbatches: 5\nparallelism: {pipeline: 2, virtual-stages: 2}", 8,
        "found 5 microbatches, expected a multiple of pipeline 2"
      ),
    ])
  func fabrics(fields: String, gpus: Int, message: String) throws {
    let workload = try Example.workload("llama-2-7b", fields)
    #expect {
      try workload.grid(gpus: gpus)
    } throws: { error in
      "\(error)".contains(message)
    }
  }

  @Test("A stated number of copies may leave GPUs over")
  func stated() throws {
    let workload = try Example.workload("llama-2-7b", "parallelism: {tensor: 2, data: 3}")
    #expect(try workload.grid(gpus: 8).ranks == 6)
  }

  @Test("Experts must divide the copies of the model")
  func experts() throws {
    let workload = try Example.workload("mixtral-8x7b", "parallelism: {expert: 8}")
    #expect(try workload.grid(gpus: 16).size(.expertData) == 2)
    #expect {
      try workload.grid(gpus: 12)
    } throws: { "\($0)".contains("field 'expert': found 8, expected a divisor of data 12 × context 1") }
  }
}
