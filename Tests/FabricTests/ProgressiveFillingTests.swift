import Fabric
import Quantities
import Statistics
import Testing

private let timing = LinkTiming(link: .nanoseconds(100), throughSwitch: .nanoseconds(300))

/// Max-min fair rates by the definition: raise all that are not held back together, and hold back those on a full link.
private func naive(_ fabric: Fabric, _ paths: [[LinkShare]]) -> [Double] {
  var rates = [Double](repeating: -1, count: paths.count)
  while rates.contains(-1) {
    var room = fabric.links.map(\.bandwidth.bytesPerSecond)
    var weight = [Double](repeating: 0, count: room.count)
    for (flow, path) in paths.enumerated() {
      for share in path {
        if rates[flow] < 0 {
          weight[Int(share.link)] += Double(share.share)
        } else {
          room[Int(share.link)] -= rates[flow] * Double(share.share)
        }
      }
    }
    let level = room.indices.filter { weight[$0] > 1e-9 }.map { room[$0] / weight[$0] }.min() ?? .infinity
    for (flow, path) in paths.enumerated() where rates[flow] < 0 {
      let isHeld = path.contains {
        room[Int($0.link)] / weight[Int($0.link)] <= level * (1 + 1e-9)
      }
      if isHeld { rates[flow] = level }
    }
  }
  return rates
}

@Suite("Max-min fair rates of placed flows")
struct ProgressiveFillingTests {
  @Test("They are those of the definition, on fabrics of unequal rates", arguments: 0..<20)
  func reference(seed: Int) throws {
    var generator = SplitMix64(seed: UInt64(seed))
    let spines = 1 + generator.index(below: 4)
    let fabric = try LeafSpine(
      leaves: 2 + generator.index(below: 4), hostsPerLeaf: 1 + generator.index(below: 5), spines: spines,
      hostRate: .gigabits(100), uplinkRate: .gigabits([40, 100, 150][generator.index(below: 3)]),
      timing: timing
    ).fabric(named: "random")
    var placement = FlowPlacement(fabric, Router(fabric, routing: .ecmp(seed: UInt64(seed))))
    let count = fabric.endpoints.count
    var (sources, destinations) = ([Int](), [Int]())
    for _ in 0..<3 * count {
      let (source, destination) = (generator.index(below: count), generator.index(below: count))
      guard source != destination else { continue }
      sources.append(source)
      destinations.append(destination)
    }
    placement.place(from: sources, to: destinations, number: 1)
    var filling = ProgressiveFilling()
    filling.fill(placement)
    let expected = naive(
      fabric, (0..<placement.count).map { Array(placement.shares[placement.range(of: $0)]) })
    for flow in expected.indices {
      #expect(abs(filling.rates[flow] / expected[flow] - 1) < 1e-9)
      #expect(filling.rates[flow] >= placement.bandwidth(of: flow) * (1 - 1e-9))
    }
    // Memory of an earlier placement leaves no trace.
    let first = filling.rates
    filling.fill(placement)
    #expect(filling.rates == first)
  }
}
