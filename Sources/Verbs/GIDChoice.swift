package enum GIDChoice {
  package enum Family: String { case any, ipv4, ipv6 }
  package enum Asked { case index(Int), automatic(version: Int?, family: Family) }
  package static func choose(among entries: [GIDEntry], linkLayer: PortAttributes.LinkLayer, asked: Asked)
    throws(VerbsError) -> (entry: GIDEntry, why: String)
  {
    if case .index(let n) = asked, let e = entries.first(where: { $0.index == n }) { return (e, "asked") }
    if case .automatic = asked, let e = entries.first(where: { $0.gid.isIPv4 }) { return (e, "ipv4") }
    throw VerbsError("gid", code: 0, device: nil, detail: "none")
  }
}
