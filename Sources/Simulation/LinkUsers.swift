package import Collectives
package import Fabric

/// Which ranks' messages cross some links, from the router's paths of every message of a schedule.
package struct LinkUsers: Sendable {
  /// The sender and the receiver.
  package struct Pair: Sendable, Hashable, Comparable {
    /// The sending rank.
    package let from: Int
    /// The receiving rank.
    package let to: Int

    package static func < (left: Pair, right: Pair) -> Bool { (left.from, left.to) < (right.from, right.to) }
  }

  /// For each of the links asked for, the pairs that use it, in order.
  package let pairs: [[Pair]]

  /// Looks at every step of the schedule once.
  ///
  /// - Parameters:
  ///   - links: the links asked for, as indices into the fabric's; few.
  ///   - router: one whose routing gives each message a path.
  ///   - endpoints: for each rank, the index of its place in the fabric's endpoints.
  package init(of links: [Int], schedule: Schedule, router: Router, endpoints: [Int]) {
    let period = router.routing.period
    var users = links.map { _ in Set<Pair>() }
    var path: [Int32] = []
    for rank in 0..<schedule.ranks {
      for lane in 0..<schedule.lanes {
        for traffic in schedule.traffic(rank: rank, lane: lane) {
          for turn in 0..<min(period, traffic.messages) {
            path.removeAll(keepingCapacity: true)
            router.appendPath(
              from: endpoints[rank], to: endpoints[traffic.peer], flow: UInt64(lane), message: turn, to: &path
            )
            for (place, link) in links.enumerated() where path.contains(Int32(link)) {
              users[place].insert(Pair(from: rank, to: traffic.peer))
            }
          }
        }
      }
    }
    pairs = users.map { $0.sorted() }
  }

  /// The nodes of a tree of switches at both ends of its links; switches are numbered after the ranks.
  ///
  /// - Parameter used: whether a link has carried anything.
  package init(of links: [Int], over tree: SwitchTree, used: (_ link: Int) -> Bool) {
    var users = links.map { _ in [Pair]() }
    for (node, link) in tree.links.enumerated() where link >= 0 {
      for (place, asked) in links.enumerated() where asked | 1 == link | 1 && used(asked) {
        let parent = tree.tree.parents[node]
        users[place].append(asked == link ? Pair(from: node, to: parent) : Pair(from: parent, to: node))
      }
    }
    pairs = users.map { $0.sorted() }
  }
}
