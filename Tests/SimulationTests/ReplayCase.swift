import Collectives
import Fabric
import Quantities
import Simulation
import Statistics

/// A replay drawn at random from the product of fabrics, failures, collectives, placements, routings and host models.
///
/// It stands on the public interface alone, so that other packages can draw the same cases.
struct ReplayCase {
  /// What is run.
  let simulation: Simulation
  let fabric: Fabric
  let jobs: [Simulation.Job]
  let elementSize: Int
  let host: HostModel
  /// All that was drawn, in one line.
  let description: String
  /// How many queue pairs or flowlets a flow has.
  let turns: Int

  /// Draws a case; nil for one that doesn't exist, such as more channels than a schedule can have.
  init?(drawing random: inout some RandomNumberGenerator) {
    let (fabric, failure) = BuiltFabrics.draw(from: &random)
    let routing = Self.routing(&random)
    let host = Self.host(&random)
    let elementSize = [1, 2, 4, 16][random.below(4)]
    let jobCount = random.below(5) == 0 ? 2 : 1
    var jobs: [Simulation.Job] = []
    var words = ["\(fabric.name)\(failure)", "\(routing)"]
    for _ in 0..<jobCount {
      let ranks = min(fabric.endpoints.count, 2 + random.below(random.below(3) == 0 ? 23 : 8))
      let placement = Self.placement(&random)
      guard
        let schedule = Self.schedule(ranks: ranks, &random),
        let endpoints = try? placement.endpoints(for: ranks, on: fabric)
      else { return nil }
      var job = Simulation.Job(schedule, endpoints: endpoints)
      if random.below(6) == 0 { job.start = Time(picoseconds: Int64(random.below(40_000_000))) }
      if random.below(6) == 0 {
        job.slowdowns = (0..<ranks).map { _ in [1, 1, 1.5, 3][random.below(4)] }
      }
      jobs.append(job)
      words.append(
        "\(schedule.collective) \(schedule.algorithm) \(ranks) ranks \(schedule.count) elements root \(schedule.root)"
          + " \(schedule.parameters.channels) channels chunk \(schedule.parameters.chunk)"
          + " depth \(schedule.parameters.depth) domain \(schedule.parameters.domain) \(placement) start \(job.start) slowdowns \(job.slowdowns)"
      )
    }
    words.append("\(elementSize) bytes, host \(host.regimes)")
    guard
      let simulation = try? Simulation(
        jobs, elementSize: elementSize, fabric: fabric, router: Router(fabric, routing: routing), host: host)
    else { return nil }
    (self.simulation, self.fabric, self.jobs, self.elementSize) = (simulation, fabric, jobs, elementSize)
    (self.host, turns, description) = (host, routing.period, words.joined(separator: "; "))
  }

  private static func schedule(ranks: Int, _ random: inout some RandomNumberGenerator) -> Schedule? {
    let collective = Collective.allCases[random.below(Collective.allCases.count)]
    let algorithms = Algorithm.allCases.filter { $0.serves(collective) }
    let algorithm = algorithms[random.below(algorithms.count)]
    let count: Int
    switch random.below(4) {
    case 0: count = ranks * (1 + random.below(400))
    case 1: count = random.below(2 * ranks)
    default: count = 1 + random.below(6_000)
    }
    // Few pieces mostly; sometimes so many that a rhythm can come about.
    let pieces = random.below(3) == 0 ? 40 : 1 + random.below(6)
    let chunk = random.below(4) == 0 ? Int.max >> 1 : max(1, count / pieces)
    let domains = (1...ranks).filter { ranks.isMultiple(of: $0) }
    let domain = domains[random.below(domains.count)]
    return try? Schedule(
      collective, algorithm, ranks: ranks, count: count, root: collective.isRooted ? random.below(ranks) : 0,
      parameters: .init(
        channels: 1 + random.below(3), chunk: chunk, depth: 1 + random.below(6), domain: domain))
  }

  private static func placement(_ random: inout some RandomNumberGenerator) -> Placement {
    switch random.below(3) {
    case 0: .packed
    case 1: .scattered
    default: .random(seed: random.next())
    }
  }

  private static func routing(_ random: inout some RandomNumberGenerator) -> Routing {
    let (pairs, usesPXN) = ([1, 1, 2, 3][random.below(4)], random.below(4) == 0)
    switch random.below(6) {
    case 0:
      return Routing(.ecmp(seed: random.next(), isPolarised: false), queuePairs: pairs, usesPXN: usesPXN)
    case 1: return Routing(.ecmp(seed: random.next(), isPolarised: true), queuePairs: pairs, usesPXN: usesPXN)
    case 2: return Routing(.random(seed: random.next()), queuePairs: pairs, usesPXN: usesPXN)
    case 3: return Routing(.flowlet(seed: random.next()), usesPXN: usesPXN)
    default: return Routing(.destinationModulo, queuePairs: pairs, usesPXN: usesPXN)
    }
  }

  /// Half of them cost nothing; the others have some of what a host model may have.
  private static func host(_ random: inout some RandomNumberGenerator) -> HostModel {
    guard random.below(2) == 0 else { return .ideal }
    let costsTime = random.below(3) > 0
    var regimes: [HostModel.Regime] = []
    var from = 0
    for _ in 0...random.below(3) {
      var regime = HostModel.Regime(from: ByteCount(from))
      from += 1 + random.below(3_000)
      if costsTime, random.below(2) == 0 { regime.sendOverhead = .nanoseconds(Int64(random.below(900))) }
      if costsTime, random.below(2) == 0 { regime.receiveOverhead = .nanoseconds(Int64(random.below(900))) }
      if costsTime, random.below(3) == 0 { regime.reduction = Double(random.below(100)) * 1e-12 }
      if costsTime, random.below(4) == 0 { regime.copying = Double(random.below(100)) * 1e-12 }
      if costsTime, random.below(4) == 0 { regime.gap = .nanoseconds(Int64(random.below(600))) }
      if random.below(3) == 0 { regime.latency = .nanoseconds(Int64(random.below(700))) }
      if random.below(3) == 0 { regime.bandwidth = .gigabytes(1 + Double(random.below(60))) }
      regime.asksFirst = random.below(3) == 0
      regimes.append(regime)
    }
    return HostModel(regimes: regimes)
  }
}

/// Small fabrics of every builder, sometimes with a link that has failed.
enum BuiltFabrics {
  private static let latencies = "link-latency: 150 ns\nswitch-latency: 300 ns\n"
  private static let nvLink = "nvlink-rate: 450 GB/s\nnvlink-latency: 250 ns\n"
  static let texts = [
    "builder: single-switch\nhosts: 12\nrate: 400 Gbit/s\n" + latencies,
    "builder: single-switch\nhosts: 24\nrate: 50 GB/s\nlink-latency: 0 ns\nswitch-latency: 0 ns\n",
    "builder: fat-tree\nk: 4\nrate: 400 Gbit/s\n" + latencies,
    "builder: leaf-spine\nleaves: 4\nhosts-per-leaf: 4\nspines: 2\nhost-rate: 100 Gbit/s\nuplink-rate: 100 Gbit/s\n"
      + latencies,
    "builder: leaf-spine\nleaves: 3\nhosts-per-leaf: 3\nspines: 1\nhost-rate: 100 Gbit/s\nuplink-rate: 70 Gbit/s\n"
      + latencies,
    "builder: leaf-spine\npods: 2\nleaves: 2\nhosts-per-leaf: 4\nspines: 2\noversubscription: 2\ncores: 2\n"
      + "spine-oversubscription: 2\nhost-rate: 100 Gbit/s\nuplink-rate: 100 Gbit/s\n" + latencies,
    "builder: pgft\nchildren: [4, 4]\nparents: [1, 2]\nparallel: [1, 1]\nrates: [100 Gbit/s, 130 Gbit/s]\n"
      + latencies,
    "builder: rail-optimized\nhosts: 6\ngpus-per-host: 4\nhosts-per-unit: 2\nswitch-ports: 32\nrate: 400 Gbit/s\n"
      + nvLink + latencies,
    "builder: rail-only\nhosts: 4\ngpus-per-host: 4\nrate: 400 Gbit/s\n" + nvLink + latencies,
    "builder: rail-only\nhosts: 4\ngpus-per-host: 4\nhosts-per-unit: 2\nuplinks: 1\nrate: 400 Gbit/s\n"
      + nvLink
      + latencies,
    "builder: hpn\nsegments: 2\nhosts-per-segment: 2\naggregation-switches: 2\n" + nvLink + latencies,
    "builder: multi-plane\nhosts: 4\ngpus-per-host: 4\nplanes: 4\nplanes-per-gpu: 1\nswitch-ports: 4\nrate: 400 Gbit/s\n"
      + nvLink + latencies,
    "builder: multi-plane\nhosts: 4\ngpus-per-host: 4\nplanes: 2\nswitch-ports: 16\nrate: 200 Gbit/s\n"
      + nvLink
      + latencies,
    "builder: dragonfly\nhosts-per-router: 2\nrouters-per-group: 2\nglobal-links: 1\nrate: 200 Gbit/s\n"
      + "global-latency: 150 ns\n" + latencies,
    "builder: dragonfly-plus\nleaves-per-group: 2\nhosts-per-leaf: 2\nspines-per-group: 2\nglobal-links: 1\n"
      + "rate: 200 Gbit/s\n" + latencies,
    "builder: torus\ndimensions: [3, 3]\nrate: 50 GB/s\n" + latencies,
    "builder: torus\ndimensions: [2, 2, 3]\nrate: 50 GB/s\nhost-rate: 120 GB/s\n" + latencies,
    "builder: superpod\nmodel: h100-ndr\nunits: 1\nhosts: 3\nnvlink-latency: 250 ns\n" + latencies,
    "builder: superpod\nmodel: b300-ethernet\nunits: 1\nhosts: 2\nnvlink-latency: 250 ns\n" + latencies,
    "builder: nvlink-domain\nhosts-per-domain: 3\n" + nvLink,
    "builder: nvlink-domain\ndomains: 2\nhosts-per-domain: 2\nhosts-per-unit: 4\nrate: 400 Gbit/s\n" + nvLink
      + latencies,
    "builder: meta-roce\npods: 2\nracks-per-pod: 2\nhosts-per-rack: 1\ngpus-per-host: 4\n" + nvLink
      + latencies,
  ]

  /// All of them, whole, each with its text; a text that is refused is a fault of this list.
  static let all: [(text: String, fabric: Fabric)] = texts.map { text in
    do {
      let builder = text.prefix { $0 != "\n" }.dropFirst("builder: ".count)
      return (text, try Topology(parsing: "name: \(builder)\n" + text).fabric)
    } catch {
      fatalError("\(error)")
    }
  }

  /// One of them, and what has failed in it: nothing more often than not.
  static func draw(from random: inout some RandomNumberGenerator) -> (fabric: Fabric, failure: String) {
    let (text, fabric) = all[random.below(all.count)]
    guard random.below(4) == 0 else { return (fabric, "") }
    let link = fabric.name(ofLink: random.below(fabric.links.count))
    let broken = try? Topology(parsing: "name: \(fabric.name)\n\(text)failed-links: ['\(link)']\n").fabric
    return broken.map { ($0, " without \(link)") } ?? (fabric, "")
  }
}

extension RandomNumberGenerator {
  /// A whole number from 0 up to `bound`, which is above zero.
  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
