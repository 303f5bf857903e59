/// A format of another tool that fabrics are imported from or exported to.
public enum FabricFormat: String, Sendable, CaseIterable {
  /// What `ibnetdiscover` prints of a live InfiniBand subnet; ibsim reads it too.
  case ibnetdiscover
  /// The topology files of ibutils (`ibdmchk`, `ibtopodiff`, `ibdiagnet -t`): systems and the cables between them.
  case topo
  /// What `lldpcli show neighbors -f json` prints, one file a device.
  case lldp
  /// SimGrid's platform XML.
  case simgrid
  /// The `network.yml` of ASTRA-sim's analytical backend: dimensions.
  case astraSim = "astra-sim"
  /// SimAI's topology text for its ns-3 backend.
  case simai
  /// GraphML, as yEd, Gephi and networkx read it.
  case graphml
  /// Graphviz DOT.
  case dot
  /// InfraGraph in YAML: devices, instances and edges.
  case infragraph

  /// Whether a fabric can be exported to it; what discovery tools print of live networks is only imported.
  public var isWritable: Bool { self != .topo && self != .lldp }

  /// Whether several files make one fabric.
  public var isOfSeveralFiles: Bool { self == .lldp }

  /// The format that `text` is most likely in, or nil where it looks like none.
  ///
  /// The first bytes that tell formats apart decide: an element's name for XML, keys for YAML and JSON, a line's shape for the
  /// others.
  public init?(guessing text: String) {
    let head = String(text.prefix(20_000))
    let start = head.drop(while: \.isWhitespace)
    if start.hasPrefix("<") {
      if head.contains("<graphml") {
        self = .graphml
      } else if head.contains("<platform") {
        self = .simgrid
      } else {
        return nil
      }
    } else if start.hasPrefix("{") {
      guard head.contains("\"lldp\"") else { return nil }
      self = .lldp
    } else if head.contains(#/(?m)^(Switch|Ca|Hca|Rt)\s+\d+\s+"/#) {
      self = .ibnetdiscover
    } else if head.contains(#/(?m)^\s+\S+\s+-\S*->\s+\S+\s+\S+\s+\S+/#) {
      self = .topo
    } else if head.contains(#/(?mi)^\s*(strict\s+)?(di)?graph\b[^\n:]*\{/#) {
      self = .dot
    } else if head.contains(#/(?m)^npus_count\s*:/#) {
      self = .astraSim
    } else if head.contains(#/(?m)^instances\s*:/#),
      head.contains(#/(?m)^edges\s*:/#) || text.contains("\nedges:")
    {
      self = .infragraph
    } else if start.prefix(while: { !$0.isNewline }).split(separator: " ").prefix(5).count(where: {
      Int($0) != nil
    })
      == 5
    {
      self = .simai
    } else {
      return nil
    }
  }
}
