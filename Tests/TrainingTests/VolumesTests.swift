import Collectives
import Records
import Testing
import Training

@Suite("Volumes of a step")
struct VolumesTests {
  private static func volumes(_ workload: Workload, gpus: Int) throws -> [StepRecord.Volume] {
    let grid = try workload.grid(gpus: gpus)
    return try Volumes(workload, on: grid, stage: StageWork(workload, on: grid, stage: 0)).rows
  }

  private static func sent(_ rows: [StepRecord.Volume]) -> Double { rows.reduce(0) { $0 + $1.sentBytes } }

  @Test("GPT-3 on 32,768 GPUs reduces 5.5 GB of gradients a GPU and sends 6 MB over a boundary")
  func gpt3() throws {
    let workload = try Workload(contentsOf: Example.folder("workloads/gpt-3-175b.yaml"))
    let grid = try workload.grid(gpus: 32_768)
    #expect((grid.tensor, grid.pipeline, grid.data) == (8, 8, 512))
    // 175e9 / 64 numbers of two bytes, on the mean of all stages; the first has the embedding too.
    let stages = (0..<8).map { StageWork(workload, on: grid, stage: $0) }
    let mean = stages.reduce(0.0) { $0 + Double($1.gradientElements) * 2 } / 8
    #expect(abs(mean - 5.5e9) < 0.05e9)
    let reduced = stages[1].buckets.reduce(0) { $0 + $1.reduction.bytes }
    #expect(stages[1].buckets.allSatisfy { $0.reduction.collective == .allReduce })
    #expect(abs(Double(reduced) - 5.45e9) < 0.05e9)
    // 1 sequence × 2,048 tokens × 12,288 × 2 bytes / 8 GPUs that share it.
    #expect(stages[0].boundary?.bytes == 6_291_456)
  }

  @Test(
    "Copies send 2 (d - 1) / d times the parameters' bytes", arguments: [2, 3, 8, 64], ["zero-0", "zero-1"])
  func copies(gpus: Int, sharding: String) throws {
    let workload = try Example.workload("llama-2-7b", "parallelism: {sharding: \(sharding)}")
    let rows = try Self.volumes(workload, gpus: gpus)
    let share = Double(gpus - 1) / Double(gpus)
    let exact = 2 * share * 6_738_415_616 * 2
    // Each bucket's vector is padded by less than four bytes a rank.
    let calls = rows.reduce(0.0) { $0 + $1.calls }
    let padding = calls * 2 * 4 * Double(gpus)
    #expect((exact...exact + padding).contains(Self.sent(rows)))
    #expect(rows.map(\.content) == (sharding == "zero-0" ? ["gradients"] : ["gradients", "parameters"]))
  }

  @Test("Shared parameters send 3 (d - 1) / d times their bytes", arguments: [2, 8, 64], ["zero-3", "fsdp"])
  func sharedParameters(gpus: Int, sharding: String) throws {
    let workload = try Example.workload("llama-2-7b", "parallelism: {sharding: \(sharding)}")
    let rows = try Self.volumes(workload, gpus: gpus)
    let exact = 3 * Double(gpus - 1) / Double(gpus) * 6_738_415_616 * 2
    #expect((exact...exact + 3 * 34 * 4 * Double(gpus)).contains(Self.sent(rows)))
  }

  @Test("Parameters are gathered again for each microbatch, unless they are kept")
  func reshard() throws {
    let dropped = try Self.volumes(
      Example.workload("llama-2-7b", "microbatches: 4\nparallelism: {sharding: fsdp}"), gpus: 8)
    let kept = try Self.volumes(
      Example.workload("llama-2-7b", "microbatches: 4\nparallelism: {sharding: fsdp, reshard: false}"),
      gpus: 8)
    // 32 layers, the embedding and the output layer.
    let (gathers, reductions) = (Double(2 * 4 * 34), Double(4 * 34))
    #expect(dropped.map(\.calls) == [gathers, reductions])
    #expect(kept.map(\.calls) == [34, 34])
    #expect(abs(Self.sent(dropped) / Self.sent(kept) - 6) < 1e-9)
  }

  @Test("A layer has four tensor all-reduces a microbatch, or the same bytes gathered and scattered")
  func tensor() throws {
    let plain = try Self.volumes(
      Example.workload("llama-2-7b", "microbatches: 3\nparallelism: {tensor: 8}"), gpus: 8)
    let tensor = plain.filter { $0.group == "tensor" }
    // 32 layers, and one each for the embedding and the output layer.
    let calls = Double(3 * (4 * 32 + 2))
    #expect(tensor.map(\.calls) == [calls])
    let shared = try Self.volumes(
      Example.workload("llama-2-7b", "microbatches: 3\nparallelism: {tensor: 8, sequence: true}"), gpus: 8)
    let sharedTensor = shared.filter { $0.group == "tensor" }
    #expect(sharedTensor.map(\.calls) == [calls, calls])
    #expect(abs(Self.sent(tensor) - Self.sent(sharedTensor)) < 1)
  }

  @Test("A mixture of experts has four exchanges a layer, and two groups of gradients")
  func experts() throws {
    let rows = try Self.volumes(
      Example.workload("mixtral-8x7b", "microbatches: 2\nparallelism: {expert: 8}"), gpus: 32)
    let exchanges = rows.filter { $0.group == "expert" }
    #expect(exchanges.map(\.content) == ["dispatch", "combine"])
    let calls = Double(2 * 2 * 32)
    #expect(exchanges.map(\.calls) == [calls, calls])
    #expect(exchanges.map(\.collective) == ["all-to-all", "all-to-all"])
    #expect(exchanges.map(\.ranks) == [8, 8] && exchanges.map(\.groups) == [4, 4])
    #expect(rows.filter { $0.content == "gradients" }.map(\.ranks) == [32, 4])
  }

  @Test("Each run of layers sends on and back what it is given", arguments: [(1, 1), (4, 1), (4, 2)])
  func boundaries(pipeline: Int, virtualStages: Int) throws {
    let workload = try Example.workload(
      "llama-2-7b",
      "microbatches: 4\nparallelism: {pipeline: \(pipeline), virtual-stages: \(virtualStages)}")
    let grid = try workload.grid(gpus: pipeline)
    let calls = try (0..<pipeline).reduce(0.0) { sum, stage in
      let rows = try Volumes(workload, on: grid, stage: StageWork(workload, on: grid, stage: stage)).rows
      return sum + rows.filter { $0.group == "pipeline" }.reduce(0) { $0 + $1.calls }
    }
    #expect(calls == Double(4 * 2 * (pipeline * virtualStages - 1)))
  }

  @Test("A scattered boundary is put together on the other side")
  func scattered() throws {
    let workload = try Example.workload(
      "llama-2-7b", "parallelism: {tensor: 4, pipeline: 2, scatter-gather: true}")
    let grid = try workload.grid(gpus: 8)
    let (first, last) = (
      StageWork(workload, on: grid, stage: 0), StageWork(workload, on: grid, stage: 1)
    )
    #expect(first.boundary?.bytes == 2_048 * 4_096 * 2 / 4)
    #expect(first.parts.last?.backwardCalls.first?.collective == .allGather)
    #expect(first.parts.first?.forwardCalls.first?.collective == .allReduce)
    #expect(last.parts.first?.forwardCalls.first?.collective == .allGather)
  }

  @Test("One GPU moves nothing")
  func alone() throws { #expect(try Self.volumes(Example.workload("llama-2-7b"), gpus: 1).isEmpty) }
}
