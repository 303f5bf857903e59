import ArgumentParser
import Atlas
import Calibration
import Collectives
import Fabric
import Foundation
import Measurement
import Quantities
import Records
import Simulation
import Training

extension StepPlan {
  /// Simulates the step and all that was asked for beside it.
  ///
  /// - Throws: ``Failure``.
  func record() throws -> StepRecord {
    do {
      let study = try StepStudy(
        stepCase, threads: command.threads ?? ProcessInfo.processInfo.activeProcessorCount,
        goesOn: { _ in !Interruption.isAsked }, say: Progress.say)
      let clock = ContinuousClock()
      let start = clock.now
      let prediction = try study.predict()
      let elapsed = (clock.now - start) / .seconds(1)
      let oneNode = try study.predictOnOneNode()
      let isVaried = command.variations ?? (elapsed < Self.soon)
      let variations = try isVaried ? self.variations(study, prediction) : []
      var assumptions = Self.assumptions
      if machine != nil {
        assumptions.append(
          "the interval's ends are those of all calls together, which is wider than 95 % where they vary apart"
        )
      }
      if !isVaried { assumptions.append("variations were not simulated; --variations does") }
      if let machine, let series = try extrapolation(study, prediction, machine.model) {
        assumptions.append(series)
      }
      let fabric = try fabricFacts()
      let energy = try energy(prediction, fabric)
      if energy?.network != nil, fabric.unlisted.contains(where: { $0.hasPrefix("power: ") }) {
        assumptions.append("the network draws what the price list has: its power leaves parts out")
      }
      return StepRecord(
        name: command.name ?? topology.fabric.name, environment: environment(), workload: try spread(study),
        fabric: fabric, volumes: try volumes(study, prediction), step: try step(prediction, oneNode),
        buckets: prediction.buckets, links: prediction.busiestLinks(ofEach: 3), variations: variations,
        curves: isVaried ? [try study.curve(Self.curveSizes)].compactMap { $0 } : [],
        run: try run(prediction), energy: energy, cost: try cost(prediction, energy),
        assumptions: assumptions)
    } catch {
      throw Self.failure(error)
    }
  }

  /// Seconds of a step's simulation after which nobody wants to wait for many more unasked.
  private static let soon = 5.0

  private static let curveSizes = [1 << 10, 1 << 14, 1 << 18, 1 << 22, 1 << 26, 1 << 30].map { ByteCount($0) }

  private static let assumptions = [
    "all groups of a kind do their calls at the same time, those of other pipeline stages too",
    "collectives take nothing of a GPU's compute time but what waiting for them takes",
    "the optimizer's own computing and the loading of data take no time",
  ]

  private func variations(
    _ study: StepStudy, _ prediction: StepPrediction
  ) throws -> [StepRecord.Variation] {
    try StepStudy.Axis.allCases.flatMap { axis in
      try study.variations(axis, base: prediction, within: Double(command.patience))
    }
  }

  /// What of the messages is larger or smaller than what the machine model was fitted to.
  private func extrapolation(
    _ study: StepStudy, _ prediction: StepPrediction, _ model: MachineModel
  ) throws -> String? {
    let texts = try prediction.kinds.compactMap { kind -> String? in
      guard let schedule = try study.schedule(kind),
        let text = model.extrapolation(for: schedule, elementSize: 1)
      else { return nil }
      return "\(kind.name): \(text)"
    }
    return texts.isEmpty ? nil : Array(Set(texts)).sorted().joined(separator: "; ")
  }

  private func environment() -> Record.Environment {
    Record.Environment(
      command: CommandLine.arguments, started: Date().ISO8601Format(), version: Version.number,
      commit: Version.commit, hosts: [HostSurvey.thisHost(nics: [])], placement: [], transport: "simulation",
      simulation: Record.Simulated(
        topology: topology.fabric.name, topologyDigest: inputs[1].digest,
        placement: stepCase.placement.description, routing: stepCase.routing.description,
        machine: machine?.path, machineDigest: machine?.digest),
      inputs: inputs)
  }

  private func spread(_ study: StepStudy) throws -> StepRecord.Workload {
    let (model, parallelism, grid) = (workload.model, workload.parallelism, stepCase.grid)
    let compute =
      switch workload.compute {
      case .rate(let rate, let utilisation):
        "compute time: from \(rate) a GPU, of which kernels reach \((utilisation * 100).significant(3)) %"
      case .measured: "compute time: a layer's, as the workload's file gives it"
      }
    return StepRecord.Workload(
      name: workload.name, model: model.name, parameters: Double(model.parameters),
      activeParameters: Double(model.activeParameters), layers: model.layers, gpus: grid.ranks,
      tensor: grid.tensor, context: grid.context, pipeline: grid.pipeline, expert: grid.expert,
      data: grid.data, isSequenceParallel: parallelism.isSequenceParallel,
      sharding: parallelism.sharding.rawValue, precision: workload.precision.rawValue,
      gradientPrecision: workload.gradientPrecision.rawValue, sequenceLength: workload.sequenceLength,
      microbatchSize: workload.microbatchSize, microbatches: study.microbatches,
      tokens: try workload.tokensPerStep(on: grid), bucketBytes: workload.buckets.rest.bytes,
      algorithm: stepCase.dataAlgorithm.rawValue, sources: ["model: \(model.source)", compute])
  }

  private func fabricFacts() throws -> StepRecord.FabricFacts {
    func facts(_ entries: [FabricProfile.Entry]) -> [StepRecord.FabricFacts.Fact] {
      entries.map { .init(title: $0.title, unit: $0.unit.rawValue, value: .init($0.value)) }
    }
    let profile = FabricProfile(topology.fabric)
    var bisection: [StepRecord.FabricFacts.Fact] = []
    if command.patterns > 0 {
      let report = try BisectionReport(
        topology.fabric, routings: [stepCase.routing], patterns: command.patterns, seed: 0)
      bisection = report?.facts ?? []
    }
    guard let prices else {
      return .init(counts: facts(profile.counts), parts: facts(profile.parts), bisection: bisection)
    }
    let cost = Estimate(profile.bill, figure: prices.price)
    let power = Estimate(profile.bill, figure: prices.watts)
    func sum(_ estimate: Estimate, _ title: String, _ unit: FabricProfile.Unit) -> StepRecord.FabricFacts
      .Fact?
    {
      guard estimate.sum > 0 else { return nil }
      return .init(
        title: estimate.isComplete ? title : "\(title) of what is listed", unit: unit.rawValue,
        value: .init(estimate.sum))
    }
    return .init(
      counts: facts(profile.counts), parts: facts(profile.parts), bisection: bisection,
      price: sum(cost, "network's price", .money), power: sum(power, "network's power", .watts),
      currency: prices.currency,
      unlisted: [("price", cost), ("power", power)].flatMap { kind, estimate in
        estimate.missing.map { "\(kind): \($0.count) \($0.part)" }
      })
  }

  /// The table of volumes, with the mean time of a row's calls.
  private func volumes(
    _ study: StepStudy, _ prediction: StepPrediction
  ) throws -> [StepRecord.Volume] {
    try Volumes(workload, on: stepCase.grid, stage: study.work).rows.map { row in
      let kinds = prediction.traffic.indices.filter { kind in
        let traffic = prediction.traffic[kind]
        let isOfModel = traffic.content == .gradients || traffic.content == .parameters
        return traffic.group.rawValue == row.group && traffic.content.rawValue == row.content
          && (traffic.collective?.rawValue ?? "send") == row.collective
          && (isOfModel || Double(traffic.bytes) == row.bytesPerCall)
      }
      let calls = kinds.reduce(0) { $0 + prediction.counts[$1] }
      guard calls > 0 else { return row }
      func mean(_ end: (StepRecord.Figure) -> Double?) -> Double? {
        let times = kinds.compactMap { kind in
          end(prediction.times[kind]).map { $0 * prediction.counts[kind] }
        }
        return times.count == kinds.count ? times.reduce(0, +) / calls : nil
      }
      var timed = row
      timed.time = mean(\.value).map { .init($0, low: mean(\.low), high: mean(\.high)) }
      return timed
    }
  }

  private func step(_ prediction: StepPrediction, _ oneNode: StepPrediction) throws -> StepRecord.Step {
    let (whole, node) = (prediction.time, oneNode.time)
    let overhead = StepRecord.Figure(
      whole.value / node.value - 1,
      low: whole.low.flatMap { low in node.high.map { low / $0 - 1 } },
      high: whole.high.flatMap { high in node.low.map { high / $0 - 1 } })
    return StepRecord.Step(
      time: whole, computeTime: prediction.computeTime, bubble: prediction.bubble,
      exposed: prediction.exposed, exposedBy: prediction.exposedBy, syncExposure: prediction.syncExposure,
      scalingOverhead: overhead, oneNodeTime: node, jitter: prediction.jitter,
      modelFlopsUtilisation: try utilisation(whole))
  }

  /// The model's FLOPs over what the GPUs could have done; nil where their rate isn't known.
  private func utilisation(_ time: StepRecord.Figure) throws -> StepRecord.Figure? {
    guard case .rate(let rate, _) = workload.compute else { return nil }
    let flops =
      try Compute(workload).modelFlopsPerToken * Double(workload.tokensPerStep(on: stepCase.grid))
      / Double(stepCase.grid.ranks) / rate.flopsPerSecond
    return .init(flops / time.value, low: time.high.map { flops / $0 }, high: time.low.map { flops / $0 })
  }

  private func run(_ prediction: StepPrediction) throws -> StepRecord.Run? {
    guard let tokens = workload.tokens else { return nil }
    let goodput = try workload.failures.map { failures throws(GoodputError) in
      try Goodput(failures, gpus: stepCase.grid.ranks)
    }
    return StepRecord.Run(
      tokens: tokens, tokensPerStep: try workload.tokensPerStep(on: stepCase.grid), step: prediction.time,
      goodput: goodput)
  }

  private func energy(
    _ prediction: StepPrediction, _ facts: StepRecord.FabricFacts
  ) throws -> StepRecord.Energy? {
    guard let power = workload.power else { return nil }
    return StepRecord.Energy(
      step: prediction.time, computing: prediction.course.computing, gpus: stepCase.grid.ranks, power: power,
      network: facts.power.map { Power(watts: $0.value.value) },
      tokensPerStep: try workload.tokensPerStep(on: stepCase.grid))
  }

  private func cost(_ prediction: StepPrediction, _ energy: StepRecord.Energy?) throws -> StepRecord.Cost? {
    guard let prices else { return nil }
    return try StepRecord.Cost(
      step: prediction.time, energy: energy, gpus: stepCase.grid.ranks,
      tokensPerStep: try workload.tokensPerStep(on: stepCase.grid), workload: workload, prices: prices)
  }
}
