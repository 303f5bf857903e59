/// The least of `values` at or below which lies the share `probability` of all weight.
///
/// The inverse of the weighted distribution function, which never lies between two values. A caller's bug: no values,
/// unequal counts, or weights below zero. Takes n log n.
public func weightedQuantile(_ values: [Double], weights: [Double], probability: Double) -> Double {
  precondition(!values.isEmpty && values.count == weights.count, "one weight a value")
  precondition((0...1).contains(probability), "a probability is from 0 to 1")
  let order = values.indices.sorted { values[$0] < values[$1] }
  let total = weights.reduce(0, +)
  var seen = 0.0
  for place in order {
    seen += weights[place]
    if weights[place] > 0, seen >= probability * total { return values[place] }
  }
  return values[order[order.count - 1]]
}

extension SplitMix64 {
  /// A place in `weights`, drawn in proportion to them; weights below zero, or a sum of zero, are the caller's bug.
  public mutating func index(weights: [Double]) -> Int {
    let total = weights.reduce(0, +)
    precondition(total > 0, "something has a weight")
    var rest = uniform() * total
    for (place, weight) in weights.enumerated() where weight > 0 {
      rest -= weight
      if rest < 0 { return place }
    }
    return weights.lastIndex { $0 > 0 } ?? 0
  }
}
