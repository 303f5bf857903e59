import Fabric
import Foundation
import Quantities
import Testing

/// Writes a file that lasts as long as `body`.
func withFile<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
  let path = FileManager.default.temporaryDirectory.appending(path: "fabric-\(UUID().uuidString)").path
  try Data(text.utf8).write(to: URL(filePath: path))
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try body(path)
}

@Suite("A placement gives each rank an endpoint of its own")
struct PlacementTests {
  private func fabric(_ name: String) throws -> Fabric {
    try Topology(contentsOf: "\(shipped)/\(name).yaml").fabric
  }

  @Test(
    "Every text reads back as it prints",
    arguments: ["packed", "scattered", "random:18446744073709551615", "file:a:b"])
  func roundTrip(text: String) throws {
    #expect(try Placement(parsing: text).description == text)
  }

  @Test(
    "What is no placement is refused",
    arguments: [
      "", "Packed", "random", "random:", "random:-1", "random:1.5", "file:", "packed:1",
      "random:18446744073709551616",
    ])
  func refused(text: String) {
    #expect(throws: QuantityError.self) { try Placement(parsing: text) }
  }

  @Test("Routings read back as they print", arguments: ["d-mod-k", "ecmp:7", "ecmp:0"])
  func routing(text: String) throws {
    #expect(try Routing(parsing: text).description == text)
    #expect(try Routing(parsing: "ecmp") == .ecmp(seed: 0))
  }

  @Test("What is no routing is refused", arguments: ["", "ecmp:", "ecmp:x", "dmodk", "d-mod-k:1", "ecmp:-1"])
  func refusedRouting(text: String) {
    #expect(throws: QuantityError.self) { try Routing(parsing: text) }
  }

  @Test(
    "All ranks of a full fabric take all endpoints once",
    arguments: ["fat-tree-k4", "rail-32x8", "pilot-4"], [Placement.packed, .scattered, .random(seed: 5)])
  func permutation(name: String, placement: Placement) throws {
    let fabric = try fabric(name)
    let count = fabric.endpoints.count
    let all = try placement.endpoints(for: count, on: fabric)
    #expect(all.sorted() == Array(0..<count))
    #expect(try placement.endpoints(for: 3, on: fabric) == Array(all.prefix(3)))
  }

  @Test(
    "Scattered ranks have neighbours on other leaves and other hosts",
    arguments: ["fat-tree-k4", "rail-32x8", "rail-128x8", "pilot-4"])
  func scattered(name: String) throws {
    let fabric = try fabric(name)
    let places = try Placement.scattered.endpoints(for: fabric.endpoints.count, on: fabric)
    for (one, other) in zip(places, places.dropFirst()) {
      #expect(fabric.leaf(of: one) != fabric.leaf(of: other))
      #expect(fabric.host(of: one) != fabric.host(of: other))
    }
  }

  @Test("A seed gives its order for ever")
  func random() throws {
    let fabric = try fabric("fat-tree-k4")
    #expect(try Placement.random(seed: 1).endpoints(for: 6, on: fabric) == [6, 0, 15, 1, 3, 7])
    #expect(
      try Placement.random(seed: 1).endpoints(for: 16, on: fabric)
        != Placement.random(seed: 2).endpoints(for: 16, on: fabric))
  }

  @Test(
    "Too many ranks, or none, are refused with both numbers",
    arguments: [Placement.packed, .scattered, .random(seed: 1)])
  func counts(placement: Placement) throws {
    let fabric = try fabric("pilot-4")
    let tooMany = #expect(throws: FabricError.self) { try placement.endpoints(for: 5, on: fabric) }
    #expect(tooMany?.description.contains("5 ranks") == true)
    #expect(tooMany?.description.contains("4 endpoints") == true)
    #expect(throws: FabricError.self) { try placement.endpoints(for: 0, on: fabric) }
    #expect(throws: FabricError.self) { try placement.endpoints(for: .min, on: fabric) }
    #expect(throws: FabricError.self) { try placement.endpoints(for: .max, on: fabric) }
  }

  @Test("A file names an endpoint a line")
  func file() throws {
    let fabric = try fabric("pilot-4")
    let (three, two) = try withFile("# my ranks\nhost3\n\n host0 # the second\r\nhost2\r\n") { path in
      (
        try Placement(parsing: "file:\(path)").endpoints(for: 3, on: fabric),
        try Placement.file(path).endpoints(for: 2, on: fabric)
      )
    }
    #expect(three == [3, 0, 2])
    #expect(two == [3, 0])
  }

  @Test(
    "A wrong file gets its line",
    arguments: [
      ("host0\nhots1\n", 2, "'hots1', expected an endpoint of fabric 'pilot-4' such as 'host1'"),
      ("host0\n\nhost0\n", 3, "'host0' for rank 1, which rank 0 has"),
      ("host0\n", nil, "found 1 endpoints, expected one for each of 2 ranks"),
      ("", nil, "empty"),
    ])
  func wrongFile(text: String, line: Int?, message: String) throws {
    let fabric = try fabric("pilot-4")
    try withFile(text) { path in
      let error = #expect(throws: TopologyFileError.self) {
        try Placement.file(path).endpoints(for: 2, on: fabric)
      }
      #expect(error?.line == line)
      #expect(error?.path == path)
      #expect(error?.cause == .contents)
      #expect(error?.message.contains(message) == true, "found: \(error?.message ?? "")")
    }
  }

  @Test(
    "A file that is not there is unreadable, and so is a folder", arguments: ["/nonexistent/ranks", "/tmp"])
  func missingFile(path: String) throws {
    let fabric = try fabric("pilot-4")
    let error = #expect(throws: TopologyFileError.self) {
      try Placement.file(path).endpoints(for: 2, on: fabric)
    }
    #expect(error?.cause == .unreadable)
  }
}
