import Fabric
import Quantities
import Testing

@Suite("Over several networks paths are whole and the shortest, and shares are parts of flows")
struct NetworkPathTests {
  private static let routings = [
    "d-mod-k", "d-mod-k,qps=3", "ecmp:5", "ecmp:5,qps=4", "ecmp:5,polarised", "random:6", "flowlet:7",
    "adaptive",
    "spray",
  ]

  private static func fabrics(_ seed: UInt64) -> [Fabric] {
    (0..<8).compactMap { try? RandomNetworks.fabric(seed: 8 * seed + $0) }
  }

  @Test(
    "Most drawings are fabrics; of those some are tiered and some not, and some need forwarding over NVLink")
  func drawings() {
    let fabrics = (UInt64(0)..<24).flatMap(Self.fabrics)
    #expect(fabrics.count > 100)
    let tiered = fabrics.count { Router($0, routing: .destinationModulo).isTiered }
    #expect(tiered > 20 && fabrics.count - tiered > 20)
    let forwarding = fabrics.count { fabric in
      let reference = PathReference(fabric)
      return fabric.endpoints.indices.contains { destination in
        let distances = reference.distances(to: destination)
        return fabric.endpoints.contains { distances[$0] == nil }
      }
    }
    #expect(forwarding > 20)
  }

  @Test("Each path is a walk of the fewest links, forwarded over NVLink only", arguments: UInt64(0)..<24)
  func paths(seed: UInt64) throws {
    for fabric in Self.fabrics(seed) {
      let reference = PathReference(fabric)
      let routers = try Self.routings.map { Router(fabric, routing: try Routing(parsing: $0)) }
      for destination in fabric.endpoints.indices {
        let distances = reference.distances(to: destination)
        for source in fabric.endpoints.indices where source != destination {
          let shortest = distances[fabric.endpoints[source]]
          let expected = try #require(shortest ?? reference.forwarded(from: source, to: destination))
          for (index, router) in routers.enumerated() {
            var path = [Int32]()
            router.appendPath(from: source, to: destination, flow: seed, message: index, to: &path)
            let nodes = try #require(visited(path, from: source, on: fabric))
            #expect(nodes.last == fabric.endpoints[destination])
            let isLocal = nodes.count == 3 && fabric.nodes[nodes[1]].kind == .nvSwitch
            #expect(path.count == expected || isLocal, "\(router.routing) \(source) to \(destination)")
            for place in nodes.indices.dropFirst().dropLast()
            where fabric.nodes[nodes[place]].kind == .endpoint {
              let around = [nodes[place - 1], nodes[place + 1]].map { fabric.nodes[$0].kind }
              #expect(around.contains(.nvSwitch), "an endpoint forwards from network to network")
            }
          }
        }
      }
    }
  }

  @Test(
    "Shares are whole: as much leaves each node as reaches it, and each link is named once",
    arguments: UInt64(0)..<24)
  func conservation(seed: UInt64) throws {
    var generator = SmallGenerator(state: seed)
    for fabric in Self.fabrics(seed) {
      let loads = fabric.links.map { _ in Double(Int.random(in: 0...3, using: &generator)) }
      for text in Self.routings {
        let router = Router(fabric, routing: try Routing(parsing: text))
        for source in fabric.endpoints.indices {
          for destination in fabric.endpoints.indices {
            var shares = [LinkShare(link: -1, share: 1)]
            router.appendShares(from: source, to: destination, flow: seed, loads: loads, to: &shares)
            #expect(shares.removeFirst() == LinkShare(link: -1, share: 1))
            #expect(Set(shares.map(\.link)).count == shares.count)
            var balance = [Float](repeating: 0, count: fabric.nodes.count)
            for share in shares {
              balance[fabric.links[Int(share.link)].from] -= share.share
              balance[fabric.links[Int(share.link)].to] += share.share
            }
            balance[fabric.endpoints[source]] += 1
            balance[fabric.endpoints[destination]] -= 1
            #expect(balance.allSatisfy { abs($0) < 1e-5 }, "\(text) \(source) to \(destination)")
          }
        }
      }
    }
  }

  @Test(
    "Spray is the even split at each node; adaptive takes a least loaded link of those",
    arguments: UInt64(0)..<24)
  func spreading(seed: UInt64) throws {
    var generator = SmallGenerator(state: seed)
    for fabric in Self.fabrics(seed) {
      let reference = PathReference(fabric)
      let loads = fabric.links.map { _ in Double(Int.random(in: 0...3, using: &generator)) }
      let (spray, adaptive) = (Router(fabric, routing: .spray), Router(fabric, routing: .adaptive))
      for destination in fabric.endpoints.indices {
        let distances = reference.distances(to: destination)
        for source in fabric.endpoints.indices {
          guard source != destination, distances[fabric.endpoints[source]] != nil else { continue }
          var shares = [LinkShare]()
          spray.appendShares(from: source, to: destination, flow: 0, loads: [], to: &shares)
          // An NVSwitch comes before the network.
          if fabric.nodes[fabric.links[Int(shares[0].link)].to].kind == .nvSwitch { continue }
          let expected = reference.spray(from: source, to: destination)
          #expect(shares.count == expected.count)
          #expect(shares.allSatisfy { abs(Double($0.share) - (expected[$0.link] ?? 0)) < 1e-6 })

          shares.removeAll()
          adaptive.appendShares(from: source, to: destination, flow: 0, loads: loads, to: &shares)
          for share in shares {
            let hops = reference.hops(from: fabric.links[Int(share.link)].from, distances)
            #expect(hops.contains(Int(share.link)) && share.share == 1)
            #expect(loads[Int(share.link)] == hops.map { loads[$0] }.min())
          }
        }
      }
    }
  }
}
