import Statistics

/// Random halves of the hosts, with each endpoint of the one paired with an endpoint of the other.
///
/// Hosts are split, not endpoints, so that no pair stays inside a host; a fabric of one host pairs its endpoints.
/// With an odd number of hosts, one sits out of each pattern.
struct RandomHalves {
  /// Each pair twice, once each way.
  private(set) var sources = [Int]()
  private(set) var destinations = [Int]()

  /// The endpoints of each host; of each endpoint where there is one host.
  private var groups: [[Int]]
  private var left = [Int]()
  private var right = [Int]()

  init(_ fabric: Fabric) { groups = fabric.groupsByHost }

  mutating func draw(by generator: inout SplitMix64) {
    generator.shuffle(&groups)
    let half = groups.count / 2
    left.removeAll(keepingCapacity: true)
    right.removeAll(keepingCapacity: true)
    for group in groups[..<half] { left += group }
    for group in groups[half..<2 * half] { right += group }
    generator.shuffle(&left)
    generator.shuffle(&right)
    sources.removeAll(keepingCapacity: true)
    destinations.removeAll(keepingCapacity: true)
    // Hosts may differ in endpoints: those of the larger half that are left over sit out.
    for (one, other) in zip(left, right) {
      sources.append(one)
      sources.append(other)
      destinations.append(other)
      destinations.append(one)
    }
  }
}

extension Fabric {
  /// The endpoints of each host, hosts in the order of their numbers; each endpoint alone where there is one host.
  var groupsByHost: [[Int]] {
    guard hostCount > 1 else { return endpoints.indices.map { [$0] } }
    var members = [Int: [Int]]()
    for endpoint in endpoints.indices { members[host(of: endpoint), default: []].append(endpoint) }
    return members.sorted { $0.key < $1.key }.map(\.value)
  }
}
