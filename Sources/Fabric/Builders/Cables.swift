/// What a topology file says of all cables of a builder's network, whatever the builder's own are like.
struct Cables {
  /// What they are made of; the builder's own where nil.
  var medium: CableType.Medium?
  /// How long each is; not known where nil.
  var metres: Double?
  /// Links that a port of a switch is divided into, which share its transceiver.
  var breakout = 1

  /// The fabric with these cables; links inside hosts stay as they are.
  func applied(to fabric: Fabric) throws(FabricError) -> Fabric {
    guard medium != nil || metres != nil || breakout > 1 else { return fabric }
    // The end of a link at a host is no switch's port: each type becomes two, between switches and to endpoints.
    let own = fabric.cableTypes
    let types = own.map { changed($0, toEndpoint: false) } + own.map { changed($0, toEndpoint: true) }
    let links = fabric.links.map { link in
      let isToEndpoint = fabric.nodes[link.from].kind == .endpoint || fabric.nodes[link.to].kind == .endpoint
      return Fabric.Link(
        from: link.from, to: link.to, bandwidth: link.bandwidth, latency: link.latency, number: link.number,
        cableType: link.cableType + (isToEndpoint ? own.count : 0))
    }
    return try Fabric(
      name: fabric.name, nodes: fabric.nodes, links: links, endpoints: fabric.endpoints, cableTypes: types)
  }

  private func changed(_ type: CableType, toEndpoint: Bool) -> CableType {
    guard type.medium != .none else { return type }
    return CableType(
      medium: medium ?? type.medium, linksPerCable: type.linksPerCable,
      linksPerLowerTransceiver: type.linksPerLowerTransceiver * (toEndpoint ? 1 : breakout),
      linksPerUpperTransceiver: type.linksPerUpperTransceiver * breakout, metres: metres ?? type.metres)
  }
}
