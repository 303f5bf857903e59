import Fabric
import Foundation
import Quantities
import Testing

private let timing = LinkTiming(link: .nanoseconds(100), throughSwitch: .nanoseconds(300))
private let rate = Bandwidth.gigabits(100)

@Suite("ECMP collides as often as balls in bins do, and more where all switches hash alike")
struct CollisionTests {
  /// Two leaves with `uplinks` spines between them, and the flows' loads on the first leaf's uplinks.
  private static func worstLoad(_ router: Router, flows: Int, trial: Int, _ loads: inout [Int32]) -> Int {
    for index in loads.indices { loads[index] = 0 }
    var path = [Int32]()
    for flow in 0..<flows {
      path.removeAll(keepingCapacity: true)
      router.appendPath(from: 0, to: 1, flow: UInt64(trial * flows + flow), to: &path)
      loads[Int(path[1])] += 1
    }
    return Int(loads.max() ?? 0)
  }

  // Flows over uplinks, and E[max load] × uplinks / flows from 1,500 trials of balls in bins, printed to two places.
  @Test(
    "The slowdown by the most loaded of m uplinks is that of n balls in m bins",
    arguments: [
      (1, [2.63, 3.09, 3.53, 3.95]), (2, [2.11, 2.43, 2.71, 2.98]), (4, [1.77, 1.98, 2.15, 2.34]),
      (8, [1.53, 1.69, 1.80, 1.92]), (16, [1.37, 1.46, 1.56, 1.63]), (32, [1.26, 1.32, 1.38, 1.44]),
    ])
  func collisions(flowsPerLink: Int, expected: [Double]) throws {
    for (uplinks, expected) in zip([8, 16, 32, 64], expected) {
      let fabric = try LeafSpine(
        leaves: 2, hostsPerLeaf: 1, spines: uplinks, hostRate: rate, uplinkRate: rate, timing: timing
      ).fabric(named: "two leaves")
      let router = Router(fabric, routing: .ecmp(seed: 3))
      let flows = flowsPerLink * uplinks
      let trials = max(60, 24_000 / flows)
      var loads = [Int32](repeating: 0, count: fabric.links.count)
      var (sum, squares) = (0.0, 0.0)
      for trial in 0..<trials {
        let worst = Double(Self.worstLoad(router, flows: flows, trial: trial, &loads)) / Double(flowsPerLink)
        sum += worst
        squares += worst * worst
      }
      let mean = sum / Double(trials)
      let deviation = ((squares / Double(trials) - mean * mean) / Double(trials - 1)).squareRoot()
      // Four standard errors of these trials and of the 1,500 that the figure is from, and half its last place.
      let error = deviation * (1 + Double(trials) / 1_500).squareRoot()
      #expect(abs(mean - expected) < 4 * error + 0.005, "\(uplinks) uplinks: \(mean), \(expected) expected")
    }
  }

  @Test("With one hash at both tiers a pod uses one core of each group, with salted ones it uses them all")
  func polarisation() throws {
    let half = 8
    let fabric = try FatTree(k: 2 * half, rate: rate, timing: timing).fabric(named: "tree")
    func cores(_ text: String) throws -> Set<Int32> {
      let router = Router(fabric, routing: try Routing(parsing: text))
      var used = Set<Int32>()
      var path = [Int32]()
      for flow in UInt64(0)..<4_000 {
        path.removeAll(keepingCapacity: true)
        router.appendPath(from: 0, to: 1_000, flow: flow, to: &path)
        used.insert(path[2])
      }
      return used
    }
    // 4,000 flows miss one of 64 cores with a chance of 64 × (63/64)^4000 < 1e-25.
    #expect(try cores("ecmp:9").count == half * half)
    #expect(try cores("ecmp:9,polarised").count == half)
  }

  @Test("Queue pairs of one pair spread over as many uplinks as they hit, each with its part")
  func queuePairs() throws {
    let fabric = try LeafSpine(
      leaves: 2, hostsPerLeaf: 1, spines: 64, hostRate: rate, uplinkRate: rate, timing: timing
    ).fabric(named: "two leaves")
    let router = Router(fabric, routing: try Routing(parsing: "ecmp:1,qps=16"))
    var (used, shares) = (0, [LinkShare]())
    for flow in UInt64(0)..<1_000 {
      shares.removeAll(keepingCapacity: true)
      router.appendShares(from: 0, to: 1, flow: flow, loads: [], to: &shares)
      let uplinks = shares.filter {
        fabric.nodes[fabric.links[Int($0.link)].to].kind == .networkSwitch(tier: 2)
      }
      #expect(abs(uplinks.reduce(0) { $0 + $1.share } - 1) < 1e-6)
      #expect(uplinks.allSatisfy { ($0.share * 16).rounded() == $0.share * 16 })
      used += uplinks.count
    }
    // 64 × (1 - (63/64)^16) = 14.25 bins on average; a count's deviation is 1.22, that of 1,000 flows' mean 0.039.
    #expect(abs(Double(used) / 1_000 - 14.25) < 0.16)
  }

  @Test("Messages take the queue pairs in turn, with the paths that the shares add up")
  func messagesInTurn() throws {
    let fabric = try FatTree(k: 8, rate: rate, timing: timing).fabric(named: "tree")
    for text in ["ecmp:1,qps=4", "d-mod-k,qps=4", "random:2,qps=4"] {
      let router = Router(fabric, routing: try Routing(parsing: text))
      var sums = [Int32: Float]()
      for message in 4..<8 {
        var path = [Int32]()
        router.appendPath(from: 3, to: 100, flow: 5, message: message, to: &path)
        for link in path { sums[link, default: 0] += 0.25 }
      }
      var shares = [LinkShare]()
      router.appendShares(from: 3, to: 100, flow: 5, loads: [], to: &shares)
      #expect(Dictionary(uniqueKeysWithValues: shares.map { ($0.link, $0.share) }) == sums, "\(text)")
    }
  }

  @Test(
    "Static random paths to one destination never part once they have met; flowlets change with the message")
  func staticRandom() throws {
    let fabric = try FatTree(k: 8, rate: rate, timing: timing).fabric(named: "tree")
    let router = Router(fabric, routing: try Routing(parsing: "random:4"))
    for destination in [0, 77, 127] {
      var next = [Int: Int32]()
      for source in fabric.endpoints.indices where source != destination {
        var path = [Int32]()
        router.appendPath(from: source, to: destination, flow: UInt64(source), to: &path)
        for link in path {
          let node = fabric.links[Int(link)].from
          #expect(next[node] == nil || next[node] == link)
          next[node] = link
        }
      }
    }
    let flowlets = Router(fabric, routing: try Routing(parsing: "flowlet:4"))
    let cores = (0..<200).map { message in
      var path = [Int32]()
      flowlets.appendPath(from: 0, to: 127, flow: 0, message: message, to: &path)
      return path[2]
    }
    // All 16 are hit by 200 messages but with a chance of 16 × (15/16)^200 = 4e-5.
    #expect(Set(cores).count == 16)
  }
}
