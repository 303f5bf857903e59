import Collectives

/// What a part of a stage moves for one microbatch, by the parallelism in use.
///
/// With `b` sequences of `s` tokens, width `h` and `q` bytes a number, shared by `t` tensor and `c` context
/// ranks: a layer all-reduces `b s h q / c` bytes twice in each pass, or gathers and reduce-scatters them
/// with sequence parallelism; keys and values are gathered over the context ranks; a mixture of experts sends
/// each token to its experts and back, `k b s h q / (c t)` bytes a GPU.
///
/// - Source: Narayanan et al., SC 2021, section 3.2; Korthikanti et al., "Reducing Activation Recomputation
///   in Large Transformer Models", arXiv:2205.05198, section 4.2; "The Llama 3 Herd of Models", section
///   3.3.2.
struct PartTraffic {
  private let workload: Workload
  private let grid: RankGrid
  private let activations: Int

  init(_ workload: Workload, on grid: RankGrid) {
    (self.workload, self.grid) = (workload, grid)
    activations =
      workload.microbatchSize * (workload.sequenceLength / grid.context) * workload.model.hidden
      * workload.precision.bytes
  }

  private var isSequenceParallel: Bool { workload.parallelism.isSequenceParallel && grid.tensor > 1 }

  /// One send over a stage's boundary.
  var boundary: Traffic? {
    guard grid.pipeline > 1 else { return nil }
    let isShared = isSequenceParallel || workload.parallelism.scattersBoundary
    return Traffic(
      nil, .activations, over: .pipeline, ranks: grid.pipeline,
      bytes: isShared ? activations / grid.tensor : activations)
  }

  /// What puts a scattered boundary's activations together; nil where each GPU goes on with its share of
  /// them.
  var boundaryGather: Traffic? {
    guard grid.pipeline > 1, grid.tensor > 1, workload.parallelism.scattersBoundary, !isSequenceParallel
    else { return nil }
    return tensorCall(.allGather)
  }

  private func tensorCall(_ collective: Collective, times: Int = 1) -> Traffic {
    Traffic(collective, .activations, over: .tensor, ranks: grid.tensor, bytes: times * activations)
  }

  func embedding() -> LayerWork {
    let calls = grid.tensor > 1 ? [tensorCall(isSequenceParallel ? .reduceScatter : .allReduce)] : []
    return work(
      .embedding, (0, 0), operations: workload.model.embedding.map { .weight($0) }, forward: calls,
      backward: isSequenceParallel ? [tensorCall(.allGather)] : [])
  }

  /// - Parameter ownsTable: whether a tied output matrix is a copy of its own, since the embedding is elsewhere.
  func head(_ seconds: (forward: Double, backward: Double), ownsTable: Bool) -> LayerWork {
    let model = workload.model
    var weights = model.head
    if model.tiesEmbeddings, ownsTable {
      weights.append(Weight("output", elements: model.vocabulary * model.hidden))
    }
    let forward = isSequenceParallel ? [tensorCall(.allGather)] : []
    let backward = grid.tensor > 1 ? [tensorCall(isSequenceParallel ? .reduceScatter : .allReduce)] : []
    return work(
      .head, seconds, operations: weights.map { .weight($0) }, forward: forward, backward: backward)
  }

  func layer(_ layer: Int, _ seconds: (forward: Double, backward: Double)) -> LayerWork {
    let calls = layerCalls(layer)
    let back = calls.reversed().flatMap { mirrored($0) }
    return work(
      .layer(layer), seconds, operations: workload.model.operations(ofLayer: layer), forward: calls,
      backward: workload.recomputation == .full ? calls + back : back)
  }

  private func layerCalls(_ layer: Int) -> [Traffic] {
    let model = workload.model
    func shared(times: Int = 1, _ inner: [Traffic]) -> [Traffic] {
      guard grid.tensor > 1 else { return inner }
      return isSequenceParallel
        ? [tensorCall(.allGather, times: times)] + inner + [tensorCall(.reduceScatter, times: times)]
        : inner + [tensorCall(.allReduce, times: times)]
    }
    var keys: [Traffic] = []
    if grid.context > 1 {
      let numbers = workload.microbatchSize * workload.sequenceLength * model.keyValueWidth / grid.tensor
      keys.append(
        Traffic(
          .allGather, .keysAndValues, over: .context, ranks: grid.context,
          bytes: numbers * workload.precision.bytes))
    }
    let attention = shared(keys)
    guard let experts = model.experts(ofLayer: layer) else { return attention + shared([]) }
    func exchange(_ content: Traffic.Content) -> [Traffic] {
      guard grid.expert > 1 else { return [] }
      return [
        Traffic(
          .allToAll, content, over: .expert, ranks: grid.expert,
          bytes: experts.active * activations / (isSequenceParallel ? grid.tensor : 1))
      ]
    }
    // A token's copies are gathered where an expert's matrices are shared, one for each expert that it is
    // sent to.
    return attention + (experts.sharedWidth > 0 ? shared([]) : [])
      + exchange(.dispatch) + shared(times: experts.active, []) + exchange(.combine)
  }

  /// What a call of the forward pass becomes in the backward pass: what was gathered is reduced, and the
  /// other way.
  private func mirrored(_ call: Traffic) -> [Traffic] {
    func opposite(_ collective: Collective) -> Traffic {
      Traffic(collective, call.content, over: call.group, ranks: grid.size(call.group), bytes: call.bytes)
    }
    switch (call.collective, call.content) {
    // Keys and values aren't kept whole: they are gathered again, unless recomputation has just done so.
    case (.allGather, .keysAndValues):
      return workload.recomputation == .full ? [opposite(.reduceScatter)] : [call, opposite(.reduceScatter)]
    case (.allGather, _): return [opposite(.reduceScatter)]
    case (.reduceScatter, _): return [opposite(.allGather)]
    default: return [call]
    }
  }

  private func work(
    _ part: LayerWork.Part, _ seconds: (forward: Double, backward: Double), operations: [Operation],
    forward: [Traffic], backward: [Traffic]
  ) -> LayerWork {
    let gradients = gradients(of: operations)
    var (gathers, reductions) = ([Traffic](), [Traffic]())
    if workload.parallelism.sharding.sharesParameters {
      for (group, isExpert) in [(GroupKind.data, false), (.expertData, true)] {
        let elements = gradients.reduce(0) { $1.isExpert == isExpert ? $0 + $1.elements : $0 }
        guard elements > 0 else { continue }
        let ranks = grid.size(group)
        gathers.append(
          Traffic(
            .allGather, .parameters, over: group, ranks: ranks, bytes: elements * workload.precision.bytes))
        reductions.append(
          Traffic(
            .reduceScatter, .gradients, over: group, ranks: ranks,
            bytes: elements * workload.gradientPrecision.bytes))
      }
    }
    return LayerWork(
      part: part, forward: seconds.forward, backward: seconds.backward, gradients: gradients,
      forwardCalls: forward, backwardCalls: backward, gathers: gathers, reductions: reductions)
  }

  /// The part's gradients in the order of the backward pass, each with the share of the part's FLOPs behind
  /// it.
  private func gradients(of operations: [Operation]) -> [LayerWork.Gradient] {
    let compute = Compute(workload)
    let whole = operations.reduce(0) { $0 + compute.flopsPerToken($1) }
    var done = 0.0
    var gradients: [LayerWork.Gradient] = []
    for operation in operations.reversed() {
      done += compute.flopsPerToken(operation)
      guard case .weight(let weight) = operation else { continue }
      // Parts that don't divide are padded, as frameworks do.
      let elements = weight.isSplit ? (weight.elements + grid.tensor - 1) / grid.tensor : weight.elements
      let copies = weight.isExpert ? weight.copies / grid.expert : weight.copies
      let share = whole > 0 ? min(1, done / whole) : 1
      gradients += Array(
        repeating: LayerWork.Gradient(elements: elements, isExpert: weight.isExpert, share: share),
        count: copies)
    }
    return gradients
  }
}

extension LayerWork {
  /// The same part, which waits for one more call at the start of the forward pass.
  func waiting(forward call: Traffic) -> LayerWork {
    LayerWork(
      part: part, forward: forward, backward: backward, gradients: gradients,
      forwardCalls: [call] + forwardCalls, backwardCalls: backwardCalls, gathers: gathers,
      reductions: reductions)
  }

  /// The same part, which waits for one more call at the start of the backward pass.
  func waiting(backward call: Traffic) -> LayerWork {
    LayerWork(
      part: part, forward: forward, backward: backward, gradients: gradients, forwardCalls: forwardCalls,
      backwardCalls: [call] + backwardCalls, gathers: gathers, reductions: reductions)
  }
}
