package import Collectives
package import Simulation

/// One kind of call: the same collective, of the same size, by many groups of GPUs at the same time.
package struct CallKind: Sendable, Hashable {
  /// Whose groups and what they move, for people: `data: gradients`.
  package var name: String
  /// The collective; nil for a send to the next stage, which each pair of neighbours does both ways.
  package var collective: Collective?
  /// How it is cut into messages.
  package var algorithm: SimulatedAlgorithm
  /// The whole vector of one call.
  package var bytes: Int
  /// Whose groups.
  package var groups: GroupKind

  /// A kind of call.
  package init(
    name: String, collective: Collective?, algorithm: SimulatedAlgorithm, bytes: Int, groups: GroupKind
  ) {
    (self.name, self.collective, self.algorithm) = (name, collective, algorithm)
    (self.bytes, self.groups) = (bytes, groups)
  }

  /// The same call, whatever it is for.
  var unnamed: CallKind {
    var kind = self
    kind.name = ""
    return kind
  }
}

extension SimulatedAlgorithm: Hashable {
  /// By name.
  package func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}
