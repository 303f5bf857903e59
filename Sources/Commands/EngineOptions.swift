import ArgumentParser
import Foundation
import Simulation

/// How a simulation is worked out, which changes no figure.
struct EngineOptions: ParsableArguments {
  /// On or off.
  enum Switch: String, ExpressibleByArgument, CaseIterable {
    case on
    case off
  }

  @Option(help: "Whether what no one could tell apart is simulated once; no figure depends on it.")
  var fold = Switch.on

  @Option(help: "Whether periods that repeat are skipped; no figure depends on it.")
  var skip = Switch.on

  @Option(
    help: """
      Processors for replications, or for parts of one run that nothing joins (default: all); no figure depends on it.
      """)
  var threads: Int?

  func validate() throws {
    if let threads, !(1...1_024).contains(threads) {
      throw ValidationError("--threads \(threads): 1 to 1024 are possible")
    }
  }

  /// How many processors may be used.
  var processors: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }

  func apply(to simulation: inout Simulation) {
    simulation.folds = fold == .on
    simulation.skips = skip == .on
    simulation.threads = processors
  }
}
