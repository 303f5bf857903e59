import Fabric
import Quantities
import Records

extension BisectionReport {
  /// The figures that a step's record keeps, each of full unless it is a rate.
  var facts: [StepRecord.FabricFacts.Fact] {
    var facts: [StepRecord.FabricFacts.Fact] = []
    func add(_ title: String, _ value: StepRecord.Figure) {
      facts.append(.init(title: "\(title), of full", unit: "fraction", value: value))
    }
    func estimate(_ value: Double, _ margin: Double?) -> StepRecord.Figure {
      .init(value, low: margin.map { value - $0 }, high: margin.map { value + $0 })
    }
    if let rated {
      facts.append(
        .init(
          title: "rated bisection", unit: "bytes_per_second", value: .init(rated.bandwidth.bytesPerSecond)))
      add("rated bisection", .init(rated.fraction))
    }
    // The cut itself is somewhere between its bounds, and no better than the best that was found.
    add(
      "minimum cut",
      cut.isExact
        ? .init(cut.fraction.high)
        : .init(cut.fraction.high, low: cut.fraction.low, high: cut.fraction.high))
    if let rails { add("across rails", .init(rails.fraction)) }
    for one in routed {
      let routing = one.routing
      add("effective bisection, \(routing)", estimate(one.effective.fraction, one.effective.margin))
      add("worst shift, \(routing)", .init(one.shifts.worst.fraction))
      add("worst permutation found, \(routing)", .init(one.worst.fraction))
    }
    for one in degraded {
      guard case .success(let left) = one.outcome else { continue }
      for (whole, less) in zip(routed, left.effective) {
        let left = less.against(whole.effective)
        add("with \(one.loss) lost, effective, \(whole.routing)", estimate(left.fraction, left.margin))
      }
    }
    return facts
  }
}
