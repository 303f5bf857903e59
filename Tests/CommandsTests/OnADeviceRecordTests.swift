import Foundation
import Records
import Testing

@Suite("on a device: records", .enabled(if: SoftRoCE.isHere, SoftRoCE.why))
struct OnADeviceRecordTests {
  @Test("A record names the host's RDMA devices")
  func namesDevices() throws {
    let scratch = try Scratch()
    let path = scratch.file("record.json").path
    let run = try CommandRun(
      [
        "bench", "--transport", "in-process", "--ranks", "2", "--sizes", "1K", "--iterations", "2",
        "--record", path,
      ]
    )
    #expect(run.status == 0 && run.errors == "", "\(run.errors)")
    let host = try #require(try Record.read(path).environment.hosts.first)
    #expect(host.nics.contains { $0.hasPrefix("rxe0") }, "\(host.nics)")
  }
}

/// The device that `scripts/guest` makes.
enum SoftRoCE {
  static let isHere = FileManager.default.fileExists(atPath: "/sys/class/infiniband/rxe0")
  static let why: Comment = "no soft-RoCE device here: scripts/test runs this in a guest that has one"
}
