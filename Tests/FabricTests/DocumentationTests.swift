import Fabric
import Foundation
import Testing

@Suite("The documentation's examples are right")
struct DocumentationTests {
  @Test("Every YAML example of docs/topologies.md makes a fabric")
  func examples() throws {
    let path = URL(filePath: shipped).deletingLastPathComponent().appending(path: "docs/topologies.md")
    let blocks = try String(contentsOf: path, encoding: .utf8).components(separatedBy: "```yaml\n")
      .dropFirst()
    let examples = blocks.compactMap { $0.components(separatedBy: "\n```").first }
    #expect(examples.count == 2)
    for example in examples { #expect(try Topology(parsing: example).fabric.endpoints.count == 4) }
  }
}
