package import Fabric

extension Workload {
  /// The job's ranks on a fabric.
  ///
  /// - Parameter gpus: how many GPUs there are. Where the workload leaves `data` open, all are used; else as
  ///   many as it says, which may be fewer.
  /// - Throws: ``TopologyFileError`` at `parallelism` where copies of the model don't fill them.
  package func grid(gpus: Int) throws(TopologyFileError) -> RankGrid {
    let one = parallelism.gpusPerCopy
    let factors =
      "tensor \(parallelism.tensor) × context \(parallelism.context) × pipeline \(parallelism.pipeline)"
    let data: Int
    if let wanted = parallelism.data {
      guard wanted <= gpus / one else {
        throw error(
          parallelismLine,
          "field 'data': found \(wanted) copies on \(one) GPUs each (\(factors)), expected at "
            + "most the fabric's \(gpus) GPUs")
      }
      data = wanted
    } else {
      guard gpus >= one, gpus % one == 0 else {
        throw error(
          parallelismLine,
          "field 'parallelism': found \(factors) = \(one) GPUs a copy, expected a divisor of the fabric's \(gpus)"
        )
      }
      data = gpus / one
    }
    guard data * parallelism.context % parallelism.expert == 0 else {
      throw error(
        parallelismLine,
        "field 'expert': found \(parallelism.expert), expected a divisor of data \(data) × "
          + "context \(parallelism.context)")
    }
    let grid = RankGrid(
      tensor: parallelism.tensor, context: parallelism.context, data: data, pipeline: parallelism.pipeline,
      expert: parallelism.expert)
    _ = try microbatches(on: grid)
    return grid
  }

  /// More microbatches of one copy are no step that anyone trains with, but would take all memory.
  static let mostMicrobatches = 1 << 16

  /// Microbatches of one copy in a step.
  ///
  /// - Throws: ``TopologyFileError`` at `global-batch` where copies don't get the same whole number of them,
  ///   and at `microbatches` where an interleaved pipeline can't run in full rounds.
  package func microbatches(on grid: RankGrid) throws(TopologyFileError) -> Int {
    let microbatches: Int
    switch batch {
    case .microbatches(let count): microbatches = count
    case .global(let sequences):
      let unit = grid.data * microbatchSize
      guard sequences % unit == 0 else {
        throw error(
          batchLine,
          "field 'global-batch': found \(sequences) sequences, expected a multiple of data \(grid.data) × "
            + "microbatch \(microbatchSize) = \(unit)")
      }
      microbatches = sequences / unit
    }
    guard microbatches <= Self.mostMicrobatches else {
      throw error(
        batchLine,
        "field 'global-batch': found \(microbatches) microbatches a copy, expected at most "
          + "\(Self.mostMicrobatches)")
    }
    guard parallelism.virtualStages == 1 || microbatches % parallelism.pipeline == 0 else {
      throw error(
        batchLine,
        "found \(microbatches) microbatches, expected a multiple of pipeline \(parallelism.pipeline), since "
          + "'virtual-stages' interleaves them in rounds")
    }
    return microbatches
  }

  /// Tokens of all copies in a step.
  package func tokensPerStep(on grid: RankGrid) throws(TopologyFileError) -> Int {
    try grid.data * microbatches(on: grid) * microbatchSize * sequenceLength
  }

  private func error(_ line: Int, _ message: String) -> TopologyFileError {
    TopologyFileError(path: path, line: line, message)
  }
}
