/// What a collective costs in messages, bytes and reduced bytes along its longest path, apart from any machine.
///
/// Time is linear in a machine's α (seconds a message), β (seconds a byte) and γ (seconds to reduce a byte), so that a
/// fit can use these numbers as its coefficients.
///
/// - Source: Hockney, "The communication challenge for MPP: Intel Paragon and Meiko CS-2" (1994), for α and β; Thakur,
///   Rabenseifner and Gropp (2005) for γ.
public struct Cost: Sendable, Hashable {
  /// What α is multiplied with: messages, one after the other.
  public var latencies: Double
  /// What β is multiplied with: bytes that pass through one port, one after the other.
  public var bytes: Double
  /// What γ is multiplied with: bytes that one processor reduces.
  public var reducedBytes: Double

  /// A cost; nothing unless said otherwise.
  public init(latencies: Double = 0, bytes: Double = 0, reducedBytes: Double = 0) {
    (self.latencies, self.bytes, self.reducedBytes) = (latencies, bytes, reducedBytes)
  }

  /// The time of a machine with these parameters, in their unit.
  public func time(alpha: Double, beta: Double, gamma: Double) -> Double {
    latencies * alpha + bytes * beta + reducedBytes * gamma
  }

  /// One after the other.
  public static func + (left: Cost, right: Cost) -> Cost {
    Cost(
      latencies: left.latencies + right.latencies, bytes: left.bytes + right.bytes,
      reducedBytes: left.reducedBytes + right.reducedBytes)
  }
}

/// What no algorithm can beat where each rank has one port in each direction, and one processor.
///
/// - Source: Chan, Heimlich, Purkayastha and van de Geijn, "Collective communication: theory, practice, and
///   experience" (2007), table 1; Patarasuk and Yuan, "Bandwidth optimal all-reduce algorithms for clusters of
///   workstations" (2009), theorem 1.
public struct LowerBound: Sendable, Hashable {
  /// The three published bounds, each of its own: their sum is none, since they may overlap.
  ///
  /// ⌈log2 n⌉ latencies are needed only if a sender is busy for all of α. Where α is time on the wire, a rank
  /// has several messages under way, and no more than one latency is sure.
  public let parts: Cost

  /// The bounds of `collective`.
  ///
  /// - Parameters:
  ///   - collective: what is wanted.
  ///   - ranks: one or more; one rank costs nothing.
  ///   - bytes: the whole vector's, as nccl-tests counts it; zero costs nothing.
  public init(_ collective: Collective, ranks: Int, bytes: Double) {
    guard ranks > 1, bytes > 0 else {
      parts = Cost()
      return
    }
    let others = bytes * Double(ranks - 1) / Double(ranks)
    let moved: Double
    switch collective {
    case .allReduce: moved = 2 * others
    case .allGather, .reduceScatter, .allToAll: moved = others
    case .broadcast, .reduce: moved = bytes
    }
    parts = Cost(
      latencies: Double(ceilingOfLog2(ranks)), bytes: moved, reducedBytes: collective.reduces ? others : 0)
  }

  /// The least time, in the unit of the parameters, even where latencies overlap: one α, and then the greater of what
  /// the busiest port carries and the busiest processor reduces, as the last byte still has its way before it.
  public func time(alpha: Double, beta: Double, gamma: Double) -> Double {
    guard parts.latencies > 0 else { return 0 }
    return alpha + max(parts.bytes * beta, parts.reducedBytes * gamma)
  }
}

/// How often 1 must be doubled to reach `number`, which is one or more.
func ceilingOfLog2(_ number: Int) -> Int { Int.bitWidth - (number - 1).leadingZeroBitCount }
