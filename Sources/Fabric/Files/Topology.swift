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
  /// Ports of a switch of each tier, from tier 1, at the rate in use; empty where the builder does not know them.
  public let switchPorts: [Int]
  /// Cables that the design counts though they lead to no endpoint: those of the fabric's management.
  public let managementCables: Int

  /// All builders but that of explicit graphs, in the order of the documentation.
  private static let makers: [any FileBuilder.Type] = [
    SingleSwitch.self, LeafSpine.self, FatTree.self, PGFT.self, RailOptimized.self, RailOnly.self,
    SuperPOD.self,
    HPN.self, MetaRoCE.self, MultiPlane.self, NVLinkDomain.self, Dragonfly.self, DragonflyPlus.self,
    Torus.self,
  ]

  /// The names of all builders, in the same order.
  package static let builders = makers.map { $0.name } + [ExplicitGraph.name]

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
    guard let maker = Self.makers.first(where: { $0.name == builder }) else {
      fabric = try fields.withoutFailures(ExplicitGraph(fields).fabric)
      (switchPorts, managementCables) = ([], 0)
      return
    }
    do {
      let made = try maker.init(fields)
      let name = try fields.name("name", expected: "the fabric's name")
      let whole = try fields.cables().applied(to: made.fabric(named: name))
      fabric = try fields.withoutFailures(whole)
      (switchPorts, managementCables) = (made.switchPorts, made.managementCables)
    } catch let error as FabricError {
      throw fields.error(error)
    } catch let error as TopologyFileError {
      throw error
    } catch {
      throw TopologyFileError(path: fields.path, line: fields.line, "\(error)".oneLine)
    }
  }
}
