package import Collectives

/// How a collective is cut into messages, where it is simulated: as ranks can do it alone, or with switches.
package enum SimulatedAlgorithm: RawRepresentable, CaseIterable, Sendable, Equatable {
  /// As ranks can do it alone.
  case ranks(Algorithm)
  /// Switches combine and copy; no transport reaches into one, so that this is never measured.
  case inNetwork

  /// How commands and records spell it.
  package static let inNetworkName = "in-network"

  /// The algorithm of that name.
  package init?(rawValue: String) {
    if rawValue == Self.inNetworkName {
      self = .inNetwork
    } else if let algorithm = Algorithm(rawValue: rawValue) {
      self = .ranks(algorithm)
    } else {
      return nil
    }
  }

  /// Its name.
  package var rawValue: String {
    switch self {
    case .ranks(let algorithm): algorithm.rawValue
    case .inNetwork: Self.inNetworkName
    }
  }

  /// Those of ranks, then in-network.
  package static let allCases = Algorithm.allCases.map { Self.ranks($0) } + [.inNetwork]
}
