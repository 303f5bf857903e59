import Collectives

/// How a collective is cut into messages, where it is simulated: as ranks can do it alone, or with switches.
enum SimulatedAlgorithm: RawRepresentable, CaseIterable, Sendable, Equatable {
  case ranks(Algorithm)
  /// Switches combine and copy; no transport reaches into one, so that this is never measured.
  case inNetwork

  static let inNetworkName = "in-network"

  init?(rawValue: String) {
    if rawValue == Self.inNetworkName {
      self = .inNetwork
    } else if let algorithm = Algorithm(rawValue: rawValue) {
      self = .ranks(algorithm)
    } else {
      return nil
    }
  }

  var rawValue: String {
    switch self {
    case .ranks(let algorithm): algorithm.rawValue
    case .inNetwork: Self.inNetworkName
    }
  }

  static let allCases = Algorithm.allCases.map { Self.ranks($0) } + [.inNetwork]
}
