/// What shifts get: permutations in which every endpoint sends to the one that is the same number of places on.
///
/// Rings and many all-to-alls are made of them. With d-mod-k a full-bisection fat tree carries each of them at 1,
/// where ranks are in the order of the endpoints (Zahavi 2012).
public struct ShiftPermutations: Sendable, Equatable {
  /// One shift: how far, and the mean of its flows' fractions of their NIC rate.
  public struct Shift: Sendable, Equatable {
    /// Places from each source to its destination.
    public let distance: Int
    /// The mean over flows, of which none counts for more than 1, as those inside a host would.
    public let fraction: Double
    /// The worst flow.
    public let worstFlow: Double
  }

  /// The shift with the largest mean; the shortest of equal ones.
  public let best: Shift
  /// The shift with the smallest mean; the shortest of equal ones.
  public let worst: Shift
  /// The mean over the shifts that were looked at.
  public let mean: Double
  /// How many were looked at.
  public let count: Int
  /// How many there are.
  public let all: Int

  /// Looks at all shifts, or at `limit` of them, evenly spaced from 1 on; nil with one endpoint.
  ///
  /// - Parameter ranks: the endpoint of each rank, every endpoint once; in the order of the endpoints unless given.
  public init?(_ fabric: Fabric, _ router: Router, limit: Int, ranks: [Int]? = nil) {
    precondition(limit >= 1, "a mean takes a shift")
    let endpoints = fabric.endpoints.count
    guard endpoints >= 2 else { return nil }
    var placement = FlowPlacement(fabric, router)
    all = endpoints - 1
    count = min(limit, all)
    let sources = ranks ?? Array(0..<endpoints)
    var shifts = [Shift]()
    for place in 0..<count {
      let distance = 1 + place * all / count
      placement.place(from: sources, to: Array(sources[distance...] + sources[..<distance]), number: 0)
      let flows = FlowFractions(placement, limit: 1)
      shifts.append(Shift(distance: distance, fraction: flows.mean, worstFlow: flows.worst))
    }
    var (best, worst) = (shifts[0], shifts[0])
    for shift in shifts {
      if shift.fraction > best.fraction { best = shift }
      if shift.fraction < worst.fraction { worst = shift }
    }
    (self.best, self.worst) = (best, worst)
    mean = shifts.reduce(0) { $0 + $1.fraction } / Double(count)
  }
}
