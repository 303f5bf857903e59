import Fabric
import Quantities

/// How long the first byte takes from one node to the farthest of several, or from the farthest to it.
///
/// By the quickest way through the fabric, whatever stands on it, so that no routing and no relay is quicker.
///
/// - Source: Dijkstra, "A note on two problems in connexion with graphs", 1959; links by the logarithm of nodes.
struct LatencyReach {
  /// Which way the byte goes.
  enum Direction {
    case out
    case into
  }

  private let links: [Fabric.Link]
  private let outgoing: Adjacency
  private let nodeCount: Int

  init(_ fabric: Fabric) {
    (links, nodeCount) = (fabric.links, fabric.nodes.count)
    outgoing = Adjacency(nodes: fabric.nodes.count, links: fabric.links)
  }

  /// The time to the farthest of `others`, or from it; those that no way leads to don't count.
  func farthest(_ direction: Direction, of node: Int, among others: [Int]) -> Time {
    var reached = [Int64](repeating: .max, count: nodeCount)
    var queue = TimeQueue()
    var nodes: [Int32] = []
    reached[node] = 0
    queue.push(Int32(node), at: 0)
    while queue.next < .max {
      let now = queue.next
      nodes.removeAll(keepingCapacity: true)
      queue.popEarliest(to: &nodes)
      // A node may have been reached sooner since it was put in.
      for node in nodes where reached[Int(node)] == now {
        for index in outgoing[Int(node)] {
          // The way back of a link is its neighbour in the list.
          let way = direction == .out ? Int(index) : Int(index) ^ 1
          let (end, then) = (links[Int(index)].to, now + links[way].latency.picoseconds)
          guard then < reached[end] else { continue }
          reached[end] = then
          queue.push(Int32(end), at: then)
        }
      }
    }
    return Time(picoseconds: others.reduce(0) { reached[$1] < .max ? max($0, reached[$1]) : $0 })
  }
}
