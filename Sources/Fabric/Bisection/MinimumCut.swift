public import Quantities
import Statistics

/// What crosses at the least between two halves of the hosts, however they are chosen: the capacity of the minimum
/// balanced cut.
///
/// Hosts are kept whole, so that NVLink inside a host never crosses, and halves have equal numbers of them (one more
/// on a side where the number is odd); endpoints are halved where there is one host. Switches stand where the least
/// crosses. To find the cut is NP-hard in general, so that it comes as an interval: above is a cut that was found,
/// below a bound that always holds. Where the two meet, the figure is exact, which they do on symmetric trees
/// and even tori.
///
/// - Source: see ``SymmetricTiers``, ``FlowBound``, ``SpectralBound`` for what bounds from below, ``Partitioning`` and
///   ``MinimumPlacement`` for what finds.
public struct MinimumCut: Sendable, Equatable {
  /// What bounds the cut from below.
  public enum Bound: String, Sendable, Equatable {
    /// Half of the narrowest tier, where tiers are symmetric.
    case tiers
    /// Flows between all pairs, all of which fit the links.
    case flows
    /// The second eigenvalue of the Laplacian; holds but for a chance of 1e-9 in the random start.
    case spectral
  }

  /// No cut is below this, one direction.
  public let low: Bandwidth
  /// A cut of this was found, one direction.
  public let high: Bandwidth
  /// Where `low` comes from.
  public let bound: Bound
  /// What half of the endpoints can send into the fabric.
  public let full: Bandwidth

  /// Whether the cut is known exactly, which is up to rounding.
  public var isExact: Bool { low.bytesPerSecond >= high.bytesPerSecond * (1 - 1e-6) }

  /// The cut over what half of the endpoints can send.
  public var fraction: (low: Double, high: Double) {
    (low.bytesPerSecond / full.bytesPerSecond, high.bytesPerSecond / full.bytesPerSecond)
  }

  /// The interval for `fabric`; nil with one endpoint.
  ///
  /// Linear for symmetric trees; for others up to some seconds at 10,000 links.
  ///
  /// - Parameter seed: where random starts of the search come from.
  public init?(_ fabric: Fabric, seed: UInt64 = 0) {
    guard fabric.endpoints.count >= 2 else { return nil }
    let rates = FlowPlacement.endpointRates(fabric)
    full = Bandwidth(bytesPerSecond: rates.reduce(0, +) / 2)
    var search = CutSearch(CutGraph(fabric, halving: .hosts))
    search.tryInOrder()
    var lower: (Double, Bound) = (SymmetricTiers(fabric)?.bound ?? 0, .tiers)
    if !search.meets(lower.0) {
      search.tryPeriodic(until: lower.0)
      let flows = FlowBound.capacity(of: search.graph, reaching: search.best)
      if flows > lower.0 { lower = (flows, .flows) }
    }
    if !search.meets(lower.0) {
      let spectral = SpectralBound(search.graph, seed: seed)
      if spectral.capacity > lower.0 { lower = (spectral.capacity, .spectral) }
      search.tryOrder(spectral.order)
      search.tryGrown(seed: seed, until: lower.0)
    }
    high = Bandwidth(bytesPerSecond: search.best)
    // Both are sums in different orders: a bound that meets the cut may be above it by rounding.
    low = search.meets(lower.0) ? high : Bandwidth(bytesPerSecond: lower.0)
    bound = lower.1
  }
}

extension MinimumCut {
  /// The bound from symmetric tiers alone, for tests.
  package static func tierBound(_ fabric: Fabric) -> Bandwidth? {
    SymmetricTiers(fabric).map { Bandwidth(bytesPerSecond: $0.bound) }
  }

  /// The bound from flows alone, for tests.
  package static func flowBound(_ fabric: Fabric) -> Bandwidth {
    Bandwidth(bytesPerSecond: FlowBound.capacity(of: CutGraph(fabric, halving: .hosts)))
  }

  /// The spectral bound alone, for tests.
  package static func spectralBound(_ fabric: Fabric) -> Bandwidth {
    Bandwidth(bytesPerSecond: SpectralBound(CutGraph(fabric, halving: .hosts)).capacity)
  }
}

/// The search for a cheap cut into halves, from starts of several kinds.
struct CutSearch {
  /// Halves grown around random terminals.
  private static let grownStarts = 8
  /// How many edges are looked at over all periodic starts; two starts at the least.
  private static let periodicWork = 4_000_000

  let graph: CutGraph
  /// The least that was found, in bytes a second.
  private(set) var best = Double.infinity
  /// Which side each vertex is on in that cut.
  private(set) var sides = [Bool]()

  private var placement: MinimumPlacement
  private var partitioning: Partitioning

  init(_ graph: CutGraph) {
    self.graph = graph
    placement = MinimumPlacement(graph)
    partitioning = Partitioning(graph)
  }

  /// Whether the best is as low as a bound, up to rounding.
  func meets(_ bound: Double) -> Bool { best <= bound * (1 + 1e-6) }

  private mutating func look(at candidate: [Bool]) {
    let capacity = graph.capacity(across: candidate)
    if capacity < best { (best, sides) = (capacity, candidate) }
  }

  /// Places switches for halves of the terminals, moves vertices while it helps, and places switches once more.
  private mutating func refine(_ terminalSides: [Bool]) {
    var candidate = placement.sides(for: terminalSides)
    look(at: candidate)
    partitioning.improve(&candidate)
    look(at: placement.sides(for: Array(candidate.prefix(graph.terminalCount))))
  }

  /// The first half of the hosts in their order, where a tree is cut.
  mutating func tryInOrder() {
    let half = graph.terminalCount / 2
    look(at: placement.sides(for: (0..<graph.terminalCount).map { $0 >= half }))
  }

  /// Halves that alternate in each even period that divides the hosts: across one dimension of a grid.
  mutating func tryPeriodic(until bound: Double) {
    let count = graph.terminalCount
    let periods = (2...count).filter { count.isMultiple(of: $0) && ($0.isMultiple(of: 2) || $0 == count) }
    for period in periods.reversed().prefix(max(2, Self.periodicWork / graph.edges.count)) where !meets(bound)
    {
      refine((0..<count).map { $0 % period >= period / 2 })
    }
  }

  /// The half with the lower values.
  mutating func tryOrder(_ values: [Double]) {
    var terminalSides = [Bool](repeating: true, count: graph.terminalCount)
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    for terminal in order.prefix(graph.terminalCount / 2) { terminalSides[terminal] = false }
    refine(terminalSides)
  }

  /// The half that is nearest to a random terminal.
  mutating func tryGrown(seed: UInt64, until bound: Double) {
    var generator = SplitMix64(seed: seed)
    for _ in 0..<Self.grownStarts where !meets(bound) {
      var isReached = [Bool](repeating: false, count: graph.vertexCount)
      var queue = [generator.index(below: graph.terminalCount)]
      isReached[queue[0]] = true
      var place = 0
      while place < queue.count {
        for index in graph.range(of: queue[place]) {
          let other = Int(graph.edges[index].to)
          if !isReached[other] {
            isReached[other] = true
            queue.append(other)
          }
        }
        place += 1
      }
      var terminalSides = [Bool](repeating: true, count: graph.terminalCount)
      let terminals = graph.terminalCount
      for terminal in queue.filter({ $0 < terminals }).prefix(terminals / 2) {
        terminalSides[terminal] = false
      }
      refine(terminalSides)
    }
  }
}
