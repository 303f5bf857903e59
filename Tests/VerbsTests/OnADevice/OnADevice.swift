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

    /// A listener on the first device's address of this family.
    static func listener(_ family: GIDChoice.Family = .ipv4) throws -> Identifier {
      let context = try Context(device: try device())
      let entry = try GIDChoice.choose(
        among: context.gids(port: 1), linkLayer: .ethernet, asked: .automatic(family: family)
      ).entry
      let scope = entry.gid.isLinkLocal ? entry.interface.map { unsafe if_nametoindex($0) } ?? 0 : 0
      let bytes = family == .ipv4 ? Array(entry.gid.bytes.suffix(4)) : entry.gid.bytes
      let listener = try Identifier()
      try listener.bind(to: SocketAddress(bytes: bytes, port: 0, scope: scope))
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
      /// Open descriptors of RDMA: /dev/infiniband/…, and the kernel's files of events.
      ///
      /// Foundation's own come and go.
      let descriptors: Int
      /// How many of each kind the kernel holds for this thread, as `rdma resource show` has them.
      ///
      /// Other processes may use the device meanwhile, so its totals say nothing. What the kernel calls the pid is the
      /// thread that asked; a test has one, since it never suspends.
      let resources: [String: Int]

      init() throws {
        let files = FileManager.default
        // PID/task/TID
        let thread =
          try files.destinationOfSymbolicLink(atPath: "/proc/thread-self").split(separator: "/").last ?? ""
        var resources: [String: Int] = [:]
        for kind in ["ctx", "pd", "cq", "qp", "mr", "cm_id"] {
          let lines = try output(of: "/usr/bin/rdma", "resource", "show", kind).split(separator: "\n")
          resources[kind] = lines.count { $0.contains(" pid \(thread) ") }
        }
        self.resources = resources
        descriptors = try files.contentsOfDirectory(atPath: "/proc/self/fd").filter {
          (try? files.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)"))?.contains("infiniband")
            == true
        }.count
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
