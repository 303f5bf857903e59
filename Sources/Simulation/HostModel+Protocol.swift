package import Quantities

extension HostModel {
  /// The same hosts with at least this time between the starts of two messages at a sender's adapter.
  package func paced(by gap: Time) -> HostModel {
    HostModel(
      regimes: regimes.map { regime in
        var regime = regime
        regime.gap = gap
        return regime
      })
  }

  /// The same hosts where messages of `size` and more ask first whether their receive is posted, and others don't.
  package func asking(from size: ByteCount) -> HostModel {
    var result: [Regime] = []
    for (number, regime) in regimes.enumerated() {
      let end = number + 1 < regimes.count ? regimes[number + 1].from : nil
      var eager = regime
      eager.asksFirst = false
      if regime.from < size { result.append(eager) }
      guard end.map({ $0 > size }) ?? true else { continue }
      var asking = regime
      (asking.from, asking.asksFirst) = (max(regime.from, size), true)
      result.append(asking)
    }
    return HostModel(regimes: result)
  }
}
