package import Foundation
import Quantities
public import Records

extension MachineModel {
  /// Reads a machine model's file.
  ///
  /// - Throws: ``FileError``: of kind `unreadable` for a file that is not there, of kind `contents` for one that is cut
  ///   short, of another schema, or holds something impossible.
  public static func read(_ path: String) throws(FileError) -> MachineModel {
    try MachineModel(parsing: WholeFile.read(path), path: path)
  }

  /// Reads a model from a file's bytes; `path` is for messages.
  package init(parsing data: Data, path: String) throws(FileError) {
    self = try DocumentCoding.decode(
      MachineModel.self, from: data, path: path, schema: Self.schema, noun: "machine model")
    if let flaw { throw FileError(.contents, path: path, flaw) }
  }

  /// Writes the model to a file, whole or not at all.
  public func write(to path: String) throws(FileError) {
    try WholeFile.write(encoded(path: path), to: path)
  }

  /// The bytes of the model's file, sealed.
  package func encoded(path: String = "machine model") throws(FileError) -> Data {
    try DocumentCoding.sealed(self, noun: "machine model", path: path)
  }

  /// The first thing that no machine has, in words; nil for a sound model.
  private var flaw: String? {
    guard let first = regimes.first else { return "regimes is empty; a model has one or more" }
    guard first.from == .zero else {
      return "regimes[0].from_bytes is \(first.from.bytes); the first starts at 0"
    }
    guard (0...1).contains(processorShare) else {
      return "processor_share is \(processorShare); it is 0 to 1"
    }
    func isCost(_ value: Double) -> Bool { value >= 0 && value <= Self.greatestCost }
    for (index, regime) in regimes.enumerated() {
      if index > 0, regime.from <= regimes[index - 1].from {
        return "regimes[\(index)].from_bytes is \(regime.from.bytes); regimes ascend"
      }
      for (name, estimate) in [
        ("alpha_ps", regime.alpha), ("beta_ps_per_byte", regime.beta),
        ("gamma_ps_per_byte", regime.gamma ?? regime.beta),
      ] {
        guard isCost(estimate.low), isCost(estimate.high), estimate.low <= estimate.value,
          estimate.value <= estimate.high
        else {
          return
            "regimes[\(index)].\(name) has low \(estimate.low), value \(estimate.value), high \(estimate.high); "
            + "they ascend from 0 to \(Self.greatestCost)"
        }
      }
    }
    for (index, replicate) in replicates.enumerated() {
      for (name, values) in [
        ("alpha_ps", replicate.alpha), ("beta", replicate.beta), ("gamma", replicate.gamma),
      ]
      where values.count != regimes.count || !values.allSatisfy(isCost) {
        return
          "replicates[\(index)].\(name) has \(values.count) values; one a regime from 0 to \(Self.greatestCost)"
      }
    }
    for (index, residual) in residuals.enumerated() {
      guard residual.measured > .zero, residual.fitted >= .zero, residual.low >= .zero,
        residual.high >= residual.low
      else {
        return "residuals[\(index)] has a time below zero, or an interval whose ends are in the wrong order"
      }
      guard (0..<1e18).contains(residual.message), residual.relativeError >= -1, residual.relativeError < 1e18
      else {
        return
          "residuals[\(index)] has messages of \(residual.message) bytes and an error of \(residual.relativeError)"
      }
    }
    return nil
  }

  /// A tenth of a second a byte, or a message: more is a mistake in a unit.
  private static let greatestCost = 1e11
}
