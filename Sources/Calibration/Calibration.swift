public import Records
import Quantities
import Statistics

/// Fits a machine model to records.
///
/// 1. Every measured schedule is replayed over links that cost nothing; differences give how many messages, bytes and
///    reduced bytes lie on its longest path.
/// 2. Message sizes are cut into regimes by ``Segmentation``.
/// 3. α, β and γ of all regimes are fitted together to the logarithms of the measured medians, none negative, with
///    ``StudentLoss``, and again where the longest paths have moved (Gauss and Newton's method).
/// 4. Where the measured fabric is given, the fit goes on over its links, so that only the hosts' share stays in it.
/// 5. Refits to resampled residuals and samples give the intervals.
public enum Calibration {
  /// A record with its file.
  public struct Source: Sendable {
    /// The record.
    public var record: Record
    /// Its file's path.
    public var path: String
    /// SHA-256 of the file's bytes.
    public var digest: String

    /// A record that was read from `path`.
    public init(_ record: Record, path: String, digest: String) {
      (self.record, self.path, self.digest) = (record, path, digest)
    }
  }

  /// The machine model that explains the records best.
  ///
  /// - Parameters:
  ///   - sources: measured or simulated records; series of the library's own collectives are left out, since their
  ///     algorithm is not known.
  ///   - fabric: what they were measured on, so that the model is of the hosts alone; nil for a model that includes the
  ///     fabric's own latency and bandwidth.
  ///   - version: Syncline's version, for the file.
  ///   - seed: of the resampling.
  ///   - progress: called with what is being done.
  /// - Throws: ``CalibrationError`` where the records do not determine a model.
  public static func fit(
    _ sources: [Source], on fabric: MeasuredFabric? = nil, version: String = "", seed: UInt64 = 1,
    progress: ((String) -> Void)? = nil
  ) throws(CalibrationError) -> MachineModel {
    let (observations, leftOut) = Observation.all(in: sources.map(\.record)) { _ in .ideal }
    guard !observations.isEmpty else { throw .nothingToFit(leftOut: leftOut) }
    progress?("replaying \(observations.count) measured points")
    var fit = try RegimeFit(observations)
    progress?("fitting \(fit.parameters.starts.count) regimes")
    try fit.refine()
    if let fabric {
      // Every number of ranks has to have its place before anything is left out for another reason.
      var links: [Int: ReplayLinks] = [:]
      for ranks in Set(sources.flatMap(\.record.series).map(\.ranks)).sorted() {
        do { links[ranks] = try fabric.links(ranks: ranks) } catch { throw .placement("\(error)") }
      }
      try fit.move(to: Observation.all(in: sources.map(\.record)) { links[$0] ?? .ideal }.observations)
    }
    try fit.findProcessorShare()
    try fit.dropIdleBreaks()
    progress?("refitting to resampled data")
    let refits = Refits(fit, seed: seed)
    return MachineModel(
      version: version, sources: sources.map(MachineModel.Source.init), fabric: fabric?.name,
      regimes: refits.regimes,
      processorShare: fit.parameters.processorShare, isProcessorShareKnown: fit.isProcessorShareKnown,
      residuals: fit.residuals, leftOut: leftOut, replicates: refits.kept)
  }
}

extension MachineModel.Source {
  init(_ source: Calibration.Source) {
    let environment = source.record.environment
    self.init(
      path: source.path, digest: source.digest, origin: source.record.origin.rawValue,
      started: environment.started,
      hosts: environment.hosts.map(\.name), processors: environment.hosts.map(\.processor),
      transport: environment.transport, library: environment.library,
      warnings: environment.warnings + (source.record.isPartial ? ["the record is partial"] : []))
  }
}
