/// What a bill comes to by a list, and what the list has nothing on.
package struct Estimate: Sendable {
  /// The sum of what the list has, in its currency or in watts.
  package let sum: Double
  /// What it leaves out.
  package let missing: [BillOfMaterials.Line]

  /// Whether the sum is of all parts.
  package var isComplete: Bool { missing.isEmpty }

  /// The sum of `figure` over the parts of `bill`.
  package init(
    _ bill: BillOfMaterials, figure: (BillOfMaterials.Part) -> PriceList.Figure?
  ) {
    var sum = 0.0
    var missing = [BillOfMaterials.Line]()
    for line in bill.lines {
      if let figure = figure(line.part) {
        sum += Double(line.count) * figure.value
      } else {
        missing.append(line)
      }
    }
    (self.sum, self.missing) = (sum, missing)
  }
}
