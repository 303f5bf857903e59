/// What one GPU of a pipeline stage computes and moves for one microbatch.
package struct StageWork: Sendable {
  /// Which stage it is.
  package let stage: Int
  /// Its parts in the order of the forward pass; with virtual stages, one run of layers after the other.
  package let parts: [LayerWork]
  /// One send to the next stage or, on the way back, to the one before; nil without a pipeline.
  package let boundary: Traffic?
  /// How many times it sends a microbatch's activations on, and their gradients back.
  package let sends: (forward: Int, backward: Int)
  /// Gradient buckets in the order of the backward pass, those of experts among the others by when they are
  /// full; empty with shared parameters, which ``LayerWork/reductions`` reduce layer by layer.
  package let buckets: [GradientBucket]
  /// How often a step reduces gradients: once, or after each microbatch.
  package let reducesEachMicrobatch: Bool
  /// With shared parameters: whether they are gathered before both passes of each microbatch, or once a step.
  package let gathersEachPass: Bool

  /// Seconds of a microbatch's forward pass with an infinitely fast network.
  package var forward: Double { parts.reduce(0) { $0 + $1.forward } }

  /// Seconds of a microbatch's backward pass with an infinitely fast network.
  package var backward: Double { parts.reduce(0) { $0 + $1.backward } }

  /// Numbers of all gradients of one GPU.
  package var gradientElements: Int {
    parts.reduce(0) { $0 + $1.elements.experts + $1.elements.others }
  }

  /// The work of a stage.
  ///
  /// - Parameters:
  ///   - workload: what is trained.
  ///   - grid: its ranks, as ``Workload/grid(gpus:)`` gives them.
  ///   - stage: from 0 to `grid.pipeline - 1`.
  package init(_ workload: Workload, on grid: RankGrid, stage: Int) {
    let parallelism = workload.parallelism
    let calls = PartTraffic(workload, on: grid)
    let compute = Compute(workload)
    self.stage = stage
    let chunks = parallelism.chunks(ofStage: stage, layers: workload.model.layers)
    let last = grid.pipeline * parallelism.virtualStages - 1
    var parts: [LayerWork] = []
    for chunk in chunks {
      let first = parts.count
      if chunk.index == 0, !workload.model.embedding.isEmpty { parts.append(calls.embedding()) }
      for layer in chunk.layers { parts.append(calls.layer(layer, compute.seconds(layer: layer))) }
      if chunk.index == last, !workload.model.head.isEmpty {
        parts.append(calls.head(compute.headSeconds, ownsTable: grid.pipeline > 1))
      }
      // What a neighbour sends in slices is put together before the part that needs it.
      guard let whole = calls.boundaryGather, parts.count > first else { continue }
      if chunk.index > 0 { parts[first] = parts[first].waiting(forward: whole) }
      if chunk.index < last { parts[parts.count - 1] = parts[parts.count - 1].waiting(backward: whole) }
    }
    self.parts = parts
    boundary = calls.boundary
    sends = (chunks.count { $0.index < last }, chunks.count { $0.index > 0 })
    let sharding = parallelism.sharding
    buckets = sharding.sharesParameters ? [] : GradientBucket.buckets(of: parts, workload, on: grid)
    reducesEachMicrobatch = sharding == .zero2 || (sharding.sharesParameters && parallelism.reshards)
    gathersEachPass = sharding.sharesParameters && parallelism.reshards
  }

  /// The stage that computes longest, of equal ones the first: in one-forward-one-backward order it ends its
  /// backward pass last.
  package static func busiest(_ workload: Workload, on grid: RankGrid) -> StageWork {
    let compute = Compute(workload)
    let last = grid.pipeline * workload.parallelism.virtualStages - 1
    var busiest = (stage: 0, seconds: -1.0)
    for stage in 0..<grid.pipeline {
      var seconds = 0.0
      for chunk in workload.parallelism.chunks(ofStage: stage, layers: workload.model.layers) {
        for layer in chunk.layers {
          let layer = compute.seconds(layer: layer)
          seconds += layer.forward + layer.backward
        }
        if chunk.index == last { seconds += compute.headSeconds.forward + compute.headSeconds.backward }
      }
      if seconds > busiest.seconds { busiest = (stage, seconds) }
    }
    return StageWork(workload, on: grid, stage: busiest.stage)
  }
}

extension Parallelism {
  /// A run of layers of one stage.
  package struct Chunk: Sendable, Hashable {
    /// Its place in the model, from 0.
    package let index: Int
    /// Its layers.
    package let layers: Range<Int>
  }

  /// A stage's runs of layers: chunk `c` of stage `s` is the model's run `c × pipeline + s`.
  ///
  /// Runs are of equal length; where the ends count as layers, the first and the last are shorter by one
  /// each.
  package func chunks(ofStage stage: Int, layers: Int) -> [Chunk] {
    let runs = pipeline * virtualStages
    let ends = countsEndsAsLayers ? 1 : 0
    let length = (layers + 2 * ends) / runs
    return (0..<virtualStages).map { chunk in
      let index = chunk * pipeline + stage
      let start = max(0, index * length - ends)
      return Chunk(index: index, layers: start..<min(layers, (index + 1) * length - ends))
    }
  }
}
