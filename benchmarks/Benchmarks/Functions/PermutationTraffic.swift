import Fabric
import Quantities
import Statistics

/// Random permutation traffic over the k=16 fat-tree: each of 1,024 hosts always sends one flow.
///
/// In each of 64 rounds the hosts' targets are a fresh random permutation; a host whose flow drains goes on to its next
/// round by itself. Sizes are random, around 1 MB; paths are ECMP's. The network is the simulator's own source, which
/// is compiled into this module because it is no public API.
struct PermutationTraffic: ~Copyable {
  private var network: FluidNetwork
  /// The route of host *h* in round *r* is at `r * hosts + h`.
  private var routes: [Int32] = []
  private var rounds: [Int]
  private var generator = SplitMix64(seed: 1)
  private var tags: [Int32] = []

  init() throws {
    let hosts = 1_024
    let timing = LinkTiming(link: .nanoseconds(150), throughSwitch: .nanoseconds(300))
    let fabric = try FatTree(k: 16, rate: .gigabits(400), timing: timing).fabric(named: "k16")
    let router = Router(fabric, routing: .ecmp(seed: 1))
    network = FluidNetwork(capacities: fabric.links.map(\.bandwidth.bytesPerSecond))
    rounds = Array(repeating: 0, count: hosts)
    var path: [Int32] = []
    for round in 0..<64 {
      var targets = Array(0..<hosts)
      for place in targets.indices.dropFirst() {
        targets.swapAt(place, generator.index(below: place + 1))
      }
      for (source, target) in targets.enumerated() {
        path.removeAll(keepingCapacity: true)
        if source != target {
          router.appendPath(from: source, to: target, flow: UInt64(round), to: &path)
        }
        routes.append(network.addRoute(path.map { .init(link: $0, count: 1) }))
      }
    }
    tags.reserveCapacity(hosts)
    for host in 0..<hosts { start(from: host, at: 0) }
    network.settle(at: 0)
  }

  private mutating func start(from host: Int, at now: Int64) {
    let bytes = 500_000 + generator.index(below: 1_000_000)
    // A host that sends to itself does so over no link, at its own rate.
    network.start(
      route: routes[rounds[host] * rounds.count + host], bytes: bytes, cap: 50e9, tag: Int32(host), at: now)
  }

  /// Goes on for this many starts and drains.
  mutating func run(events: Int) {
    var count = 0
    while count < events {
      let now = network.nextDrain
      tags.removeAll(keepingCapacity: true)
      network.popDrained(at: now, to: &tags)
      for tag in tags {
        let host = Int(tag)
        rounds[host] = (rounds[host] + 1) % 64
        start(from: host, at: now)
      }
      network.settle(at: now)
      count += 2 * tags.count
    }
  }
}
