public import Quantities
import Statistics

/// Which endpoint each rank runs on.
public enum Placement: Sendable, Equatable {
  /// In the order of the endpoints: host by host, so that neighbours in rank are neighbours in the fabric.
  case packed
  /// Around the leaves in turn, so that consecutive ranks are on different leaves.
  case scattered
  /// In an order drawn from a seed, the same on every machine.
  case random(seed: UInt64)
  /// As the file of that path says: an endpoint's name a line, rank 0 first.
  case file(String)
}

extension Placement {
  /// Reads `packed`, `scattered`, `random:SEED` or `file:PATH`; files are read when endpoints are asked for.
  ///
  /// - Throws: ``QuantityError`` for any other text, or a seed that is no whole number below 2^64.
  public init(parsing text: String) throws(QuantityError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let detail = parts.count > 1 ? parts[1] : nil
    switch (parts[0], detail, detail.flatMap { UInt64($0) }) {
    case ("packed", nil, _): self = .packed
    case ("scattered", nil, _): self = .scattered
    case ("random", _, let seed?): self = .random(seed: seed)
    case ("file", let path?, _) where !path.isEmpty: self = .file(String(path))
    default:
      throw QuantityError(
        found: text,
        expected: "a placement: packed, scattered, random:SEED such as random:7, or file:PATH")
    }
  }

  /// The endpoint (its index into the fabric's endpoints) of each rank, each endpoint taken once at the most.
  ///
  /// - Throws: ``FabricError`` for fewer ranks than one, more than the fabric has endpoints, or a file that places
  ///   too few ranks, two on one endpoint, or one on an unknown endpoint; ``TopologyFileError`` for one that can't be read.
  public func endpoints(for ranks: Int, on fabric: Fabric) throws -> [Int] {
    let count = fabric.endpoints.count
    guard ranks >= 1 else {
      throw FabricError(.fabric, "found \(ranks) ranks, expected 1 to \(count) on fabric '\(fabric.name)'")
    }
    guard ranks <= count else {
      throw FabricError(
        .fabric, "\(ranks) ranks don't fit: fabric '\(fabric.name)' has \(count) endpoints, one a rank")
    }
    switch self {
    case .packed:
      return Array(0..<ranks)
    case .scattered:
      return Array(Self.aroundLeaves(fabric).prefix(ranks))
    case .random(let seed):
      var generator = SplitMix64(seed: seed)
      var order = Array(0..<count)
      generator.shuffle(&order)
      return Array(order.prefix(ranks))
    case .file(let path):
      return try PlacementFile(path: path).endpoints(for: ranks, on: fabric)
    }
  }

  /// All endpoints, one of each leaf in turn.
  ///
  /// Where leaves are rails, the leaf of rail r starts with its r-th endpoint, so that consecutive ranks are in
  /// different hosts too. Leaves with more endpoints than the others end the list.
  private static func aroundLeaves(_ fabric: Fabric) -> [Int] {
    var groups = [[Int]]()
    var groupOfLeaf = [Int: Int]()
    for endpoint in fabric.endpoints.indices {
      let leaf = fabric.leaf(of: endpoint)
      if let group = groupOfLeaf[leaf], leaf >= 0 {
        groups[group].append(endpoint)
      } else {
        groupOfLeaf[leaf] = groups.count
        groups.append([endpoint])
      }
    }
    var order = [Int]()
    order.reserveCapacity(fabric.endpoints.count)
    var remaining = Array(groups.indices)
    var round = 0
    while !remaining.isEmpty {
      for group in remaining {
        let members = groups[group]
        let offset = max(0, fabric.nodes[fabric.endpoints[members[0]]].rail)
        order.append(members[(round + offset) % members.count])
      }
      round += 1
      remaining.removeAll { groups[$0].count <= round }
    }
    return order
  }
}

extension Placement: CustomStringConvertible {
  /// The placement as it is read: `packed`, `scattered`, `random:7` or `file:ranks.txt`.
  public var description: String {
    switch self {
    case .packed: "packed"
    case .scattered: "scattered"
    case .random(let seed): "random:\(seed)"
    case .file(let path): "file:\(path)"
    }
  }
}
