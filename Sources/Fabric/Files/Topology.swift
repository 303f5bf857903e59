import Quantities

/// A topology file that has been read: its fabric, and how the file describes it.
///
/// The format is documented in `docs/topologies.md`.
public struct Topology: Sendable {
  /// The network.
  public let fabric: Fabric
  /// The builder that the file names: `fat-tree`, `explicit`, ….
  public let builder: String
  /// The file's text, of which records keep a digest.
  public let text: String

  /// The names of all builders, in the order of the documentation.
  package static let builders = [
    SingleSwitch.name, LeafSpine.name, FatTree.name, RailOptimized.name, ExplicitGraph.name,
  ]

  /// Reads the file at `path`.
  ///
  /// - Throws: ``TopologyFileError`` with file, line, field, what was found and what was expected.
  public init(contentsOf path: String) throws(TopologyFileError) {
    try self.init(parsing: BoundedFile.text(at: path, limit: Document.sizeLimit), path: path)
  }

  /// Reads a topology file's text.
  ///
  /// - Parameter path: what errors call the file.
  /// - Throws: ``TopologyFileError`` with file, line, field, what was found and what was expected.
  public init(parsing text: String, path: String = "topology") throws(TopologyFileError) {
    let document = try Document(text, path: path)
    let fields = try Fields(
      document.root, path: path, what: "the fields 'name', 'builder' and the builder's parameters")
    let names = Self.builders.joined(separator: ", ")
    let builder = try fields.text("builder", expected: "a builder: \(names)")
    guard Self.builders.contains(builder) else {
      let nearest = nearestName(to: builder, among: Self.builders).map { "'\($0)', or another" } ?? "one"
      throw fields.error("builder", found: builder.quoted, expected: "\(nearest) of \(names)")
    }
    (self.text, self.builder) = (text, builder)
    fabric = try Self.fabric(builder, fields)
  }

  private static func fabric(_ builder: String, _ fields: Fields) throws(TopologyFileError) -> Fabric {
    if builder == ExplicitGraph.name { return try ExplicitGraph(fields).fabric }
    let name: String
    do {
      let made: any FabricBuilder
      switch builder {
      case SingleSwitch.name: made = try SingleSwitch(fields)
      case LeafSpine.name: made = try LeafSpine(fields)
      case FatTree.name: made = try FatTree(fields)
      default: made = try RailOptimized(fields)
      }
      name = try fields.name("name", expected: "the fabric's name")
      return try made.fabric(named: name)
    } catch let error as FabricError {
      throw fields.error(error)
    } catch let error as TopologyFileError {
      throw error
    } catch {
      throw TopologyFileError(path: fields.path, line: fields.line, "\(error)".oneLine)
    }
  }
}
