import Foundation
import Testing
import Training

@Suite("Compute")
struct ComputeTests {
  @Test("FLOPs of a GPT are those of Megatron-LM's formula")
  func megatron() throws {
    // F = 96 B s l h² (1 + s / (6 h) + V / (16 l h)) with everything but the output layer computed again, of
    // Narayanan et al., SC 2021, section 5.1.
    let workload = try Example.workload("gpt-3-175b", "recomputation: full\nmicrobatch: 4")
    let compute = Compute(workload)
    let model = workload.model
    let (l, h, s, v) = (96.0, 12_288.0, 2_048.0, 50_257.0)
    let paper = 96 * 4 * s * l * h * h * (1 + s / (6 * h) + v / (16 * l * h))
    let seconds = (0..<model.layers).reduce(compute.headSeconds.forward + compute.headSeconds.backward) {
      let layer = compute.seconds(layer: $1)
      return $0 + layer.forward + layer.backward
    }
    #expect(abs(seconds * 1e15 * 0.5 / paper - 1) < 1e-12)
  }

  @Test("Training GPT-3 takes the FLOPs of its paper")
  func gpt3() throws {
    // 3.14e23 for 300 billion tokens (arXiv:2005.14165, table D.1), which leaves attention's scores out.
    let workload = try Example.workload("gpt-3-175b")
    let compute = Compute(workload)
    let scores = 3 * 96 * compute.flopsPerToken(.scores)
    let whole = (compute.modelFlopsPerToken - scores) * 300e9
    #expect(abs(whole - 3.14e23) < 0.005e23)
  }

  @Test("Training Llama 3 405B takes the FLOPs of its paper")
  func llama3() throws {
    // 3.8e25 for 15.6 trillion tokens (arXiv:2407.21783, section 1), which leaves attention's scores out.
    let workload = try Example.workload("llama-3-405b", "sequence-length: 8192")
    let compute = Compute(workload)
    let scores = 3 * 126 * compute.flopsPerToken(.scores)
    #expect(abs((compute.modelFlopsPerToken - scores) * 15.6e12 - 3.8e25) < 0.05e25)
  }

  /// Source: mosaicml/llm-foundry, `scripts/train/benchmarking/README.md`, H100 80GB BF16, sequence 2048:
  /// layers, width, heads, GPUs, tokens a second, model FLOPs a second and GPU.
  @Test(
    "MosaicML's measured tokens a second come to the FLOPs a second that it gives",
    arguments: [
      (32, 4_096, 32, 8, 85_144.0, 4.595096e14), (40, 5_120, 40, 64, 307_209.0, 3.943653e14),
      (48, 7_168, 56, 32, 73_860.0, 4.346371e14), (80, 8_192, 64, 64, 66_523.0, 4.212583e14),
    ])
  func mosaic(layers: Int, hidden: Int, heads: Int, gpus: Int, tokens: Double, flops: Double) throws {
    var workload = try Example.workload("llama-2-7b")
    workload.model = ModelTests.mpt(layers: layers, hidden: hidden, heads: heads)
    let computed = Compute(workload).modelFlopsPerToken * tokens / Double(gpus)
    // They count biases, norms and positions as if they were matrices: 0.02 to 0.2 % more.
    #expect(computed < flops && computed > 0.998 * flops)
  }

  @Test(
    "Recomputation adds its forward pass to the backward pass",
    arguments: [("none", 0.0), ("selective", 1.0), ("full", 2.0)])
  func recomputation(name: String, kind: Double) throws {
    let workload = try Example.workload("llama-2-7b", "recomputation: \(name)")
    let compute = Compute(workload)
    let (forward, backward) = compute.seconds(layer: 3)
    let scores = compute.flopsPerToken(.scores) * compute.tokens / 0.5e15
    let added = kind == 0 ? 0 : kind == 1 ? scores : forward
    #expect(abs(backward - 2 * forward - added) < 1e-12)
  }

  @Test("Tensor and context ranks share a layer's time", arguments: [(1, 1), (8, 1), (1, 4), (2, 4)])
  func shares(tensor: Int, context: Int) throws {
    let one = Compute(try Example.workload("llama-2-7b"))
    let many = Compute(
      try Example.workload("llama-2-7b", "parallelism: {tensor: \(tensor), context: \(context)}"))
    let ratio = one.seconds(layer: 0).forward / many.seconds(layer: 0).forward
    #expect(abs(ratio - Double(tensor * context)) < 1e-9)
  }

  @Test("Measured times are taken as they are")
  func measured() throws {
    let compute = Compute(
      try Example.workload("llama-2-7b", "compute: {forward: 1.2 ms, backward: 2.4 ms, head: 3 ms}"))
    #expect(compute.seconds(layer: 0) == (1.2e-3, 2.4e-3))
    #expect(abs(compute.headSeconds.forward - 1e-3) < 1e-15)
    #expect(abs(compute.headSeconds.backward - 2e-3) < 1e-15)
  }
}
