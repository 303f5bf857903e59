import Fabric

extension Parallelism {
  private static let fields = [
    "tensor", "pipeline", "virtual-stages", "ends-as-layers", "context", "expert", "data", "sequence",
    "scatter-gather", "sharding", "reshard",
  ]

  /// Reads the field `parallelism` of a workload, and refuses what doesn't fit its model.
  init(from fields: Fields, model: Model, sequenceLength: Int) throws(TopologyFileError) {
    self.init()
    guard fields.has("parallelism") else { return }
    let entry = try fields.entry(
      "parallelism", known: Self.fields, what: "sizes such as {tensor: 8, pipeline: 4, sharding: zero-1}")
    func size(_ name: String) throws(TopologyFileError) -> Int {
      try entry.size(name, upTo: 1 << 20, default: 1)
    }
    (tensor, context, pipeline) = (try size("tensor"), try size("context"), try size("pipeline"))
    (virtualStages, expert) = (try size("virtual-stages"), try size("expert"))
    data = entry.has("data") ? try size("data") : nil
    isSequenceParallel = try entry.flag("sequence", default: false)
    scattersBoundary = try entry.flag("scatter-gather", default: false)
    countsEndsAsLayers = try entry.flag("ends-as-layers", default: false)
    sharding = try entry.optional("sharding", default: .zero0)
    reshards = try entry.flag("reshard", default: true)
    try checkShares(entry, model: model, sequenceLength: sequenceLength)
    try checkStages(entry, model: model)
    try checkExperts(entry, model: model)
    if entry.has("reshard"), !sharding.sharesParameters {
      throw entry.error(
        "reshard", found: "sharding \(sharding.rawValue)",
        expected: "zero-3 or fsdp, which alone share parameters")
    }
  }

  private func checkShares(_ entry: Fields, model: Model, sequenceLength: Int) throws(TopologyFileError) {
    if case .decoder(let decoder) = model.body {
      let attention = decoder.attention
      guard attention.heads % tensor == 0 else {
        throw entry.error(
          "tensor", found: "\(tensor)", expected: "a divisor of the model's \(attention.heads) heads")
      }
      guard attention.keyValueHeads % tensor == 0 else {
        throw entry.error(
          "tensor", found: "\(tensor)",
          expected: "a divisor of the model's \(attention.keyValueHeads) key-value heads")
      }
    }
    // With causal attention, rank i takes the i-th part from the start and from the end, for equal work.
    let parts = context == 1 ? 1 : 2 * context
    guard sequenceLength % parts == 0 else {
      throw entry.error(
        "context", found: "\(context)",
        expected:
          "half a divisor of the sequence's \(sequenceLength) tokens, of which each GPU takes two runs")
    }
    guard !isSequenceParallel || sequenceLength / context % tensor == 0 else {
      throw entry.error(
        "sequence", found: "\(sequenceLength / context) tokens for each context rank",
        expected: "a multiple of tensor \(tensor), whose GPUs share them")
    }
  }

  private func checkStages(_ entry: Fields, model: Model) throws(TopologyFileError) {
    let runs = pipeline * virtualStages
    guard virtualStages == 1 || pipeline > 1 else {
      throw entry.error("virtual-stages", found: "\(virtualStages)", expected: "1 without a pipeline")
    }
    let layers = model.layers + (countsEndsAsLayers ? 2 : 0)
    guard layers % runs == 0 else {
      let named = countsEndsAsLayers ? "\(model.layers) layers and two ends" : "\(model.layers) layers"
      throw entry.error(
        "pipeline", found: "\(pipeline)\(virtualStages > 1 ? " × virtual-stages \(virtualStages)" : "")",
        expected: "a divisor of the model's \(named)")
    }
  }

  private func checkExperts(_ entry: Fields, model: Model) throws(TopologyFileError) {
    guard let experts = model.experts(ofLayer: model.layers - 1) else {
      guard expert == 1 else {
        throw entry.error("expert", found: "\(expert)", expected: "1, since the model has no experts")
      }
      return
    }
    guard experts.count % expert == 0 else {
      throw entry.error(
        "expert", found: "\(expert)", expected: "a divisor of the model's \(experts.count) experts")
    }
    guard tensor == 1 || isSequenceParallel else {
      throw entry.error(
        "sequence", found: "false with tensor \(tensor)",
        expected: "true, since experts' tokens must not be sent once for each tensor rank")
    }
  }
}
