#if RDMA
  import Foundation
  import Testing
  import Verbs

  /// All that needs an RDMA device, one at a time, since they count what the process and the kernel hold:
  /// `--filter OnADevice`.
  @Suite(
    "on a device:", .serialized,
    .enabled(if: !Device.all().isEmpty, "no RDMA device here: run in a guest with rdma_rxe"))
  enum OnADevice {
    /// The first device's name.
    static func device() throws -> String { try #require(Device.all().first?.name) }

    /// A listener on the first device's IPv4 address.
    static func listener() throws -> Identifier {
      let context = try Context(device: try device())
      let choice = try GIDChoice.choose(
        among: context.gids(port: 1), linkLayer: .ethernet, asked: .automatic(family: .ipv4))
      let listener = try Identifier()
      try listener.bind(to: SocketAddress(bytes: choice.entry.gid.bytes.suffix(4), port: 0))
      try listener.listen(backlog: 8)
      return listener
    }

    /// Where it is called.
    static func address(of listener: borrowing Identifier) throws -> SocketAddress {
      let address = listener.localAddress
      return try #require(address)
    }

    /// What a program prints.
    static func output(of program: String, _ arguments: String...) throws -> String {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: program)
      process.arguments = arguments
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      let data = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      try #require(process.terminationStatus == 0, "\(program) \(arguments)")
      return String(decoding: data, as: UTF8.self)
    }

    /// What the process and the kernel hold for it.
    struct Holdings: Equatable {
      /// Open descriptors.
      let descriptors: Int
      /// Each device's line of `rdma resource show`.
      let resources: [String]

      init() throws {
        resources = try output(of: "/usr/bin/rdma", "resource", "show").split(separator: "\n").map(
          String.init)
        descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
      }
    }

    /// The process's memory in KiB.
    static func residentKibibytes() throws -> Int {
      let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
      let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
      return try #require(line.split(separator: " ").dropLast().last.flatMap { Int($0.filter(\.isNumber)) })
    }
  }
#endif
