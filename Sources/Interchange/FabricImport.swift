public import Fabric

/// A fabric from another tool's files, and what was assumed and left out on the way.
public struct FabricImport: Sendable {
  /// The fabric.
  public let fabric: Fabric
  /// The format that was read.
  public let format: FabricFormat
  /// Whether the format was guessed.
  public let isGuess: Bool
  /// What was assumed and left out, one note a kind of thing.
  public let notes: [InterchangeNote]

  /// Reads files that together describe one fabric.
  ///
  /// - Parameters:
  ///   - sources: one, or several where the format has one a device.
  ///   - format: guessed from the first file's text where nil.
  ///   - name: the fabric's name where the file has none; the first file's name unless given.
  /// - Throws: ``TopologyFileError`` with file, line, what was found and what was expected.
  public init(
    _ sources: [SourceText], from format: FabricFormat? = nil, named name: String? = nil,
    assuming assumptions: Assumptions = Assumptions()
  ) throws(TopologyFileError) {
    precondition(!sources.isEmpty, "there is a file to import from")
    let known = FabricFormat.allCases.map(\.rawValue).joined(separator: ", ")
    isGuess = format == nil
    guard let format = format ?? FabricFormat(guessing: sources[0].text) else {
      throw TopologyFileError(
        path: sources[0].path, line: 1, "found a text of no known format, expected one of \(known)")
    }
    guard sources.count == 1 || format.isOfSeveralFiles else {
      throw TopologyFileError(
        path: sources[1].path,
        "found a second file, expected one for \(format.rawValue), which has a whole fabric in it")
    }
    self.format = format
    let survey = try format.read(sources)
    (fabric, notes) = try survey.fabric(
      named: name ?? sources[0].stem, path: sources[0].path, assuming: assumptions)
  }
}

extension FabricFormat {
  /// What the files of this format tell.
  func read(_ sources: [SourceText]) throws(TopologyFileError) -> Survey {
    switch self {
    case .ibnetdiscover: try IBNetDiscoverReader.survey(sources[0])
    case .topo: try TopoReader.survey(sources[0])
    case .lldp: try LLDPReader.survey(sources)
    case .simgrid: try SimGridReader.survey(sources[0])
    case .astraSim: try AstraSimReader.survey(sources[0])
    case .simai: try SimAIReader.survey(sources[0])
    case .graphml: try GraphMLReader.survey(sources[0])
    case .dot: try DOTReader.survey(sources[0])
    case .infragraph: try InfraGraphReader.survey(sources[0])
    }
  }
}
