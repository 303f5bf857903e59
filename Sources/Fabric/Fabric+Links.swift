package import Quantities

extension Fabric {
  /// The same fabric with other rates and latencies of its links.
  ///
  /// Paths are chosen by their lengths, so that they stay what they were. Near-linear in nodes and links.
  ///
  /// - Parameter change: what becomes of the link of an index.
  /// - Throws: ``FabricError`` for a rate or latency that no link has; its subject counts in this fabric's indices.
  package func changingLinks(
    _ change: (_ index: Int, _ link: Link) -> (bandwidth: Bandwidth, latency: Time)
  ) throws(FabricError) -> Fabric {
    try Fabric(
      name: name, nodes: nodes,
      links: links.enumerated().map { index, link in
        let changed = change(index, link)
        return Link(
          from: link.from, to: link.to, bandwidth: changed.bandwidth, latency: changed.latency,
          number: link.number, cableType: link.cableType)
      },
      endpoints: endpoints, cableTypes: cableTypes)
  }
}
