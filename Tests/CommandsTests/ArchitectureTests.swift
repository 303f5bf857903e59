import Foundation
import Testing

@Suite("The architecture's page matches the package")
struct ArchitectureTests {
  /// The rooms of `Package.swift`, with the rooms that each stands on.
  private func manifestRooms() throws -> [String: Set<String>] {
    let manifest = try String(
      contentsOf: CommandRun.checkout.appendingPathComponent("Package.swift"), encoding: .utf8)
    var rooms: [String: Set<String>] = [:]
    // Each entry of the list of targets, without the packages that it uses.
    let targets = manifest.split(separator: "targets: [\n    // Floor 0").last ?? ""
    for entry in targets.split(separator: /\n    (?=[a-z.\/])/) where entry.hasPrefix("room(") {
      let own = entry.split(separator: "using:").first ?? ""
      let names = own.matches(of: /"(\w+)"/).map { String($0.1) }
      guard let room = names.first else { continue }
      rooms[room] = Set(names.dropFirst()).subtracting(["MPI", "RDMA"])
    }
    return rooms
  }

  /// The rows of the page's table: floor, room and what it stands on.
  private func rows() throws -> [(floor: Int, room: String, below: Set<String>)] {
    let page = try String(
      contentsOf: CommandRun.checkout.appendingPathComponent("docs/architecture.md"), encoding: .utf8)
    return page.matches(of: /\n\| (\d) \| ([^|]*)\|([^|]*)\|/).flatMap { match in
      match.2.matches(of: /`(\w+)`/).map { room in
        (Int(match.1) ?? -1, String(room.1), Set(match.3.matches(of: /`(\w+)`/).map { String($0.1) }))
      }
    }
  }

  @Test("Every room of the package is in the table, with what it stands on")
  func rooms() throws {
    let (rows, rooms) = (try rows(), try manifestRooms())
    #expect(rooms.count == 18)
    for (room, below) in rooms where room != "Commands" {
      let row = try #require(rows.first { $0.room == room }, "\(room) is not in the table")
      #expect(row.below == below, "\(room)")
    }
  }

  @Test("Arrows point down")
  func arrows() throws {
    let floors = Dictionary(uniqueKeysWithValues: try rows().map { ($0.room, $0.floor) })
    for (room, below) in try manifestRooms() {
      for lower in below {
        let (high, low) = (try #require(floors[room]), try #require(floors[lower]))
        // Within a floor, the transport's executor stands on the schedules.
        #expect(high > low || (room == "Transport" && lower == "Collectives"), "\(room) stands on \(lower)")
      }
    }
  }
}
