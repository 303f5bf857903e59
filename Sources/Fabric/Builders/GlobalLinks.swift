/// How groups of switches are joined by global links: each with each, evenly.
///
/// Group i's ports lead to groups i + 1, i + 2, … in turn (modulo the number of groups), and begin again until too few
/// are left for a whole round. What is left goes in pairs to groups i ± 1, i ± 2, …, and a last odd port to the
/// opposite group, or stays free where the number of groups is odd. So every group looks the same.
struct GlobalLinks {
  /// Groups.
  let groups: Int
  /// Global ports of each.
  let ports: Int

  /// Distances that a whole round leads to, and those of what is left.
  private var rounds: Int { groups > 1 ? ports / (groups - 1) : 0 }
  private var rest: [Int] {
    guard groups > 1 else { return [] }
    let left = ports % (groups - 1)
    let pairs = (1...groups).prefix(left / 2).flatMap { [$0, groups - $0] }
    return pairs + (left.isMultiple(of: 2) || !groups.isMultiple(of: 2) ? [] : [groups / 2])
  }

  /// Ports of a group that are in use.
  var used: Int { rounds * (groups - 1) + rest.count }

  /// Links in all, both directions counted as one.
  var count: Int { groups * used / 2 }

  /// Calls `body` once for each link: two groups, and the port of each.
  ///
  /// Ports with neighbouring numbers lead to different groups, as switches have runs of them.
  func forEach(_ body: (_ from: (group: Int, port: Int), _ to: (group: Int, port: Int)) -> Void) {
    let distances = (0..<rounds).flatMap { _ in Array(1..<groups) } + rest
    // The port of a link's other end: that of the distance back, in the same round.
    var ports = [Int: [Int]]()
    for (port, distance) in distances.enumerated() { ports[distance, default: []].append(port) }
    for group in 0..<groups {
      var seen = [Int: Int]()
      for (port, distance) in distances.enumerated() {
        let round = seen[distance, default: 0]
        seen[distance] = round + 1
        let other = (group + distance) % groups
        // Each link is met from both its ends; its lower group tells of it.
        guard group < other, let back = ports[groups - distance]?[round] else { continue }
        body((group, port), (other, back))
      }
    }
  }
}
