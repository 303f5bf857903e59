package import Atlas
package import Fabric
package import Records

extension StepRecord.Cost {
  /// What 1,000 tokens cost: `N × price of a GPU hour × step time / 3600` and the step's electricity, by its
  /// tokens.
  ///
  /// Nil where the list has no GPU hours.
  ///
  /// - Parameters:
  ///   - step: one step's time in seconds; its interval carries over.
  ///   - energy: what it draws; nil where that isn't known.
  ///   - workload: says which of the list's GPUs it is.
  /// - Throws: ``TopologyFileError`` where the list has GPU hours, but not the workload's.
  package init?(
    step: StepRecord.Figure, energy: StepRecord.Energy?, gpus: Int, tokensPerStep: Int, workload: Workload,
    prices: PriceList
  ) throws(TopologyFileError) {
    guard !prices.gpuHours.isEmpty else { return nil }
    let thousands = Double(tokensPerStep) / 1_000
    let hour = try workload.gpuHour(in: prices).value
    let hours = step.rising { Double(gpus) * hour * $0 / 3_600 / thousands }
    var electricity: StepRecord.Figure?
    if let energy, let price = prices.kilowattHour {
      electricity = energy.perThousandTokens.rising { $0 / 3.6e6 * price.value }
    }
    func sum(_ end: (StepRecord.Figure) -> Double?) -> Double? {
      guard let first = end(hours) else { return nil }
      guard let electricity else { return first }
      return end(electricity).map { first + $0 }
    }
    self.init(
      currency: prices.currency, gpus: hours, electricity: electricity,
      perThousandTokens: StepRecord.Figure(
        hours.value + (electricity?.value ?? 0), low: sum(\.low), high: sum(\.high)))
  }
}

extension Workload {
  /// What an hour of the workload's GPU costs by a list that has any.
  fileprivate func gpuHour(in prices: PriceList) throws(TopologyFileError) -> PriceList.Figure {
    let named = prices.gpuHours.compactMap(\.model)
    guard let gpu else {
      if prices.gpuHours.count == 1, let only = prices.gpuHours.first { return only.price }
      throw TopologyFileError(
        path: path, line: gpuLine,
        "field 'gpu': found nothing, expected one of \(named.joined(separator: ", ")), which the price list has"
      )
    }
    guard let hour = prices.gpuHours.first(where: { $0.model == gpu }) else {
      let known = named.isEmpty ? "no field 'gpu'" : "one of \(named.joined(separator: ", "))"
      throw TopologyFileError(
        path: path, line: gpuLine,
        "field 'gpu': found \(gpu.quoted), expected \(known), since the price list \(prices.name.quoted) has no other"
      )
    }
    return hour.price
  }
}
