public import Fabric

/// A fabric in another tool's format, and what that format can't hold of it.
///
/// The text is read back before it is given away: what is listed as lost is what differs, so the list can't be wrong. Only
/// ASTRA-sim's dimensions, which are no graph, have a list of their own.
public struct FabricExport: Sendable {
  /// The file's contents.
  public let text: String
  /// What the format can't hold, one note a kind of thing; empty where reading it gives the fabric again.
  public let losses: [InterchangeNote]

  /// Writes `fabric` in `format`; near-linear in nodes and links.
  ///
  /// - Throws: ``FabricError`` for a format that is only imported, a fabric that the format can't express at all, and one
  ///   whose text is larger than ``SourceText/sizeLimit``.
  public init(_ fabric: Fabric, to format: FabricFormat) throws(FabricError) {
    // Dimensions are no graph that could be compared with the fabric: what they leave out is always the same.
    if format == .astraSim {
      let writer = try AstraSimWriter(fabric)
      (text, losses) = (writer.text, writer.losses)
      return
    }
    let draft = try Self.draft(fabric, format)
    let survey: Survey
    do {
      survey = try format.read([SourceText(path: "export", text: draft.text)])
    } catch {
      throw FabricError(.fabric, "can't be held by \(format.rawValue): \(error.message)")
    }
    text = draft.text
    losses = try Losses(fabric, draft, survey).notes
  }

  private static func draft(_ fabric: Fabric, _ format: FabricFormat) throws(FabricError) -> Draft {
    switch format {
    case .graphml: return GraphMLWriter(fabric).draft
    case .dot: return DOTWriter(fabric).draft
    case .simgrid: return SimGridWriter(fabric).draft
    case .ibnetdiscover: return IBNetDiscoverWriter(fabric).draft
    case .simai: return SimAIWriter(fabric).draft
    case .infragraph: return InfraGraphWriter(fabric).draft
    case .topo, .lldp, .astraSim:
      throw FabricError(.fabric, "\(format.rawValue) is only imported, expected another format to export to")
    }
  }
}
