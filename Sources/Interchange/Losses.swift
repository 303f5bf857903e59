import Fabric
import Quantities

/// What differs between a fabric and what is read back of its export: the losses, found rather than declared.
struct Losses {
  private(set) var counts = [FabricAspect: Int]()

  /// The losses in the order of ``FabricAspect``.
  var notes: [InterchangeNote] {
    FabricAspect.allCases.compactMap { aspect in
      counts[aspect].map { InterchangeNote(.lost, aspect.rawValue, count: $0, of: aspect.unit) }
    }
  }

  /// Compares `fabric` with `survey`, which was read from `draft`.
  ///
  /// What the text leaves open counts as lost, even where the usual assumption would hit it; only tiers are inferred.
  ///
  /// - Throws: ``FabricError`` where nodes or cables are not those that were written.
  init(_ fabric: Fabric, _ draft: Draft, _ survey: Survey) throws(FabricError) {
    guard survey.nodes.count == draft.nodes.count, survey.cables.count == draft.cables.count else {
      throw FabricError(
        .fabric,
        "\(survey.nodes.count) nodes and \(survey.cables.count) cables are read back of the export,"
          + " expected the \(draft.nodes.count) and \(draft.cables.count) that were written")
    }
    var survey = survey
    survey.inferTiers()
    if survey.name != fabric.name { counts[.name] = 1 }
    compareNodes(fabric, draft, survey)
    try compareCables(fabric, draft, survey)
  }

  private mutating func count(_ aspect: FabricAspect, _ count: Int = 1) {
    if count > 0 { counts[aspect, default: 0] += count }
  }

  private mutating func compareNodes(_ fabric: Fabric, _ draft: Draft, _ survey: Survey) {
    count(.nvLink, fabric.nodes.count - draft.nodes.count)
    let read = survey.fabricNodes()
    var (hosts, readHosts) = ([Int: Int](), [Int: Int]())
    for (place, node) in draft.nodes.enumerated() {
      let (ours, theirs) = (fabric.nodes[node], read[place])
      if ours.id != theirs.id { count(.nodeNames) }
      if ours.rail != theirs.rail { count(.rails) }
      if ours.plane != theirs.plane { count(.planes) }
      if ours.kind != theirs.kind { count(ours.isOfKind(theirs) ? .tiers : .nvLink) }
      // Hosts are the same where nodes share them alike, whatever their numbers.
      switch (ours.host >= 0, theirs.host >= 0) {
      case (true, true):
        let first = hosts[ours.host] ?? place
        (hosts[ours.host], readHosts[theirs.host]) = (first, readHosts[theirs.host] ?? place)
        if first != readHosts[theirs.host] { count(.hosts) }
      case (false, false): break
      default: count(.hosts)
      }
    }
    let places = Dictionary(uniqueKeysWithValues: draft.nodes.enumerated().map { ($0.element, $0.offset) })
    let order = fabric.endpoints.compactMap { places[$0] }
    if order != order.sorted() { count(.order) }
  }

  private mutating func compareCables(_ fabric: Fabric, _ draft: Draft, _ survey: Survey) throws(FabricError)
  {
    var numbers = [UInt64: Int]()
    for (cable, links) in zip(survey.cables, draft.cables) {
      let there = links[0]
      guard fabric.links[there].from == draft.nodes[cable.from],
        fabric.links[there].to == draft.nodes[cable.to]
      else {
        throw FabricError(
          .link(there), "cable '\(fabric.name(ofLink: there))' has other ends where the export is read back")
      }
      var differs = (rates: false, latencies: false)
      if links.count > 1 { count(.parallelLinks, links.count) }
      let ways = [cable.there, cable.back ?? cable.there]
      for (turn, way) in ways.enumerated() {
        // The other link of a pair is the way back.
        let ours = links.map { fabric.links[$0 ^ turn] }
        if way.rate?.bytesPerSecond != ours.reduce(0, { $0 + $1.bandwidth.bytesPerSecond }) {
          differs.rates = true
        }
        if ours.contains(where: { $0.latency != way.latency }) { differs.latencies = true }
      }
      count(.rates, differs.rates ? 1 : 0)
      count(.latencies, differs.latencies ? 1 : 0)
      let type = survey.cableTypes[cable.type]
      count(.cableTypes, links.count { fabric.cableTypes[fabric.links[$0].cableType] != type })
      let number = numbers[cable.pair, default: 0] + 1
      numbers[cable.pair] = number
      if links.count == 1, number != fabric.links[there].number { count(.linkNumbers) }
    }
  }
}

extension Fabric.Node {
  /// Whether both are switches of a network, of whatever tier.
  fileprivate func isOfKind(_ other: Fabric.Node) -> Bool {
    kind.isNetworkSwitch && other.kind.isNetworkSwitch
  }
}
