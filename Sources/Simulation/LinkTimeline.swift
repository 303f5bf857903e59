package import Quantities

/// How much of their capacity some links carried, in each of several equal spans of a run.
///
/// The bytes of a flow count as spread evenly from its start to its drain. That is exact for a flow whose
/// rate was constant; where it shared links with others that came and went, bytes may count in a neighbouring
/// span. Sums over the whole run are exact.
package struct LinkTimeline: Sendable {
  /// The links, as indices into the fabric's.
  package let links: [Int]
  /// How many spans there are.
  package let spans: Int
  private let total: Double
  private let capacities: [Double]
  /// Link by link, and within a link span by span.
  private var bytes: [Double]

  /// Spans of a run of which nothing has been seen.
  ///
  /// - Parameters:
  ///   - links: indices into the fabric's links; few, since each flow's path is searched for them.
  ///   - capacities: what each of `links` carries, in bytes a second.
  ///   - total: how long the run takes, above zero.
  ///   - spans: one or more.
  package init(links: [Int], capacities: [Double], total: Time, spans: Int) {
    precondition(links.count == capacities.count && spans > 0 && total > .zero, "there is a time to cut")
    (self.links, self.capacities, self.spans) = (links, capacities, spans)
    self.total = Double(total.picoseconds)
    bytes = Array(repeating: 0, count: links.count * spans)
  }

  /// When span `index` starts, in picoseconds; the end for `index == spans`.
  package func start(of index: Int) -> Double { total * Double(index) / Double(spans) }

  /// Takes a flow in.
  package mutating func add(_ flow: SimulatedFlow) {
    let (start, end) = (Double(flow.start.picoseconds), Double(flow.drained.picoseconds))
    guard end > start else { return }
    for (place, link) in links.enumerated() where flow.path.contains(Int32(link)) {
      let rate = Double(flow.size.bytes) / (end - start)
      // The division may have been rounded up to the next span.
      var span = min(Int(start / total * Double(spans)), spans - 1)
      if self.start(of: span) > start { span -= 1 }
      while span < spans, self.start(of: span) < end {
        let overlap = min(end, self.start(of: span + 1)) - max(start, self.start(of: span))
        bytes[place * spans + span] += rate * max(0, overlap)
        span += 1
      }
    }
  }

  /// The bytes that the link at `place` of ``links`` carried in a span.
  package func bytes(ofLinkAt place: Int, in span: Int) -> Double { bytes[place * spans + span] }

  /// The same over what it could have carried.
  package func utilisation(ofLinkAt place: Int, in span: Int) -> Double {
    bytes(ofLinkAt: place, in: span) / (capacities[place] * total / Double(spans) * 1e-12)
  }
}
