import ArgumentParser
import Quantities
import Simulation

/// What sets a run of `simulate` apart from the plan of its network, and how often it is done.
struct ConditionsOptions: ParsableArguments {
  @Option(
    help: """
      The network as it is: a file with slow and failed links, host limits, background load, stragglers, jitter and other \
      jobs (docs/conditions.md).
      """)
  var conditions: String?

  @Option(help: "The least time between two messages of a rank, the inverse of its adapter's message rate.")
  var gap: String?

  @Option(help: "Messages of this size and more ask first whether their receive is posted.")
  var rendezvous: String?

  @Option(help: "How many runs, each with the next higher seeds of jitter, placement and routing.")
  var replications = 1

  /// More replications than anyone wants to wait for.
  private static let most = 100_000

  func validate() throws {
    guard (1...Self.most).contains(replications) else {
      throw ValidationError("--replications \(replications): 1 to \(Self.most) are possible")
    }
  }

  /// What the options change of a host.
  struct HostChanges: Sendable {
    /// Nil where the model's own gap counts.
    var gap: Time?
    /// Nil where the model's own limit counts.
    var rendezvous: ByteCount?

    func applied(to host: HostModel) -> HostModel {
      var host = host
      if let gap { host = host.paced(by: gap) }
      if let rendezvous { host = host.asking(from: rendezvous) }
      return host
    }
  }

  func hostChanges() throws(Failure) -> HostChanges {
    var changes = HostChanges()
    if let gap {
      let time = try Names.time("--gap", gap)
      guard time <= .seconds(1) else { throw Failure(.usage, "--gap \(time): it is 0 to 1 s") }
      changes.gap = time
    }
    if let rendezvous { changes.rendezvous = try Names.size("--rendezvous", rendezvous) }
    return changes
  }
}
