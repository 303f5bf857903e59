import HeapModule

/// Max-min fair rates of placed flows: all rise together, and a flow stays where one of its links is full.
///
/// No flow can have more without taking from one that has no more than it. Time in O(shares × log links).
///
/// - Source: Bertsekas and Gallager, Data Networks, 1992, section 6.5.2.
package struct ProgressiveFilling {
  /// The rate at which a link was full when that was last computed: it only rises, so an old one is a lower bound.
  private struct Level: Comparable {
    let rate: Double
    let link: Int32

    static func < (left: Level, right: Level) -> Bool {
      left.rate < right.rate || left.rate == right.rate && left.link < right.link
    }
  }

  /// The rate of each flow, in bytes a second.
  package private(set) var rates = [Double]()

  /// What is left of each link, and to how much of flows.
  private var room = [Double]()
  private var weight = [Double]()
  private var open = [Int32]()
  /// The flows on each link: `flows[starts[link]..<starts[link + 1]]`.
  private var starts = [Int32]()
  private var flows = [Int32]()
  private var next = [Int32]()
  private var levels = Heap<Level>()
  /// What a flow's links that it has to itself allow it, and the flows by that.
  private var bounds = [Double]()
  private var order = [Int32]()

  /// Memory that is used again from one placement to the next.
  package init() {}

  /// Fills the links with the flows of `placement`, all of which have a link.
  package mutating func fill(_ placement: borrowing FlowPlacement) {
    let links = placement.capacities.count
    index(placement, links: links)
    rates = [Double](repeating: -1, count: placement.count)
    bounds = [Double](repeating: .infinity, count: placement.count)
    for flow in 0..<placement.count {
      for place in placement.range(of: flow) {
        let link = Int(placement.shares[place].link)
        guard open[link] == 1 else { continue }
        bounds[flow] = min(bounds[flow], placement.capacities[link] / Double(placement.shares[place].share))
      }
    }
    order = (0..<Int32(placement.count)).sorted { bounds[Int($0)] < bounds[Int($1)] }
    var shared = [Level]()
    for link in 0..<links where open[link] > 1 {
      shared.append(Level(rate: room[link] / weight[link], link: Int32(link)))
    }
    levels = Heap(shared)

    var bounded = 0
    while true {
      while bounded < order.count, rates[Int(order[bounded])] >= 0 { bounded += 1 }
      let bound = bounded < order.count ? bounds[Int(order[bounded])] : .infinity
      guard let level = levels.min, level.rate < bound else {
        guard bound < .infinity else { return }
        freeze(Int(order[bounded]), at: bound, placement)
        continue
      }
      let link = Int(level.link)
      guard open[link] > 0 else {
        levels.removeMin()
        continue
      }
      let rate = max(level.rate, room[link] / weight[link])
      guard rate <= level.rate * (1 + 1e-12) else {
        levels.replaceMin(with: Level(rate: rate, link: level.link))
        continue
      }
      levels.removeMin()
      for place in Int(starts[link])..<Int(starts[link + 1]) where rates[Int(flows[place])] < 0 {
        freeze(Int(flows[place]), at: level.rate, placement)
      }
    }
  }

  private mutating func index(_ placement: borrowing FlowPlacement, links: Int) {
    starts = [Int32](repeating: 0, count: links + 1)
    for share in placement.shares { starts[Int(share.link) + 1] += 1 }
    open = Array(starts.dropFirst())
    for link in 0..<links { starts[link + 1] += starts[link] }
    (room, weight) = (placement.capacities, placement.loads)
    next = starts
    flows = [Int32](repeating: 0, count: placement.shares.count)
    for flow in 0..<placement.count {
      for place in placement.range(of: flow) {
        let link = Int(placement.shares[place].link)
        flows[Int(next[link])] = Int32(flow)
        next[link] += 1
      }
    }
  }

  private mutating func freeze(_ flow: Int, at rate: Double, _ placement: borrowing FlowPlacement) {
    rates[flow] = rate
    for place in placement.range(of: flow) {
      let share = placement.shares[place]
      let link = Int(share.link)
      room[link] = max(0, room[link] - rate * Double(share.share))
      weight[link] -= Double(share.share)
      open[link] -= 1
    }
  }
}
