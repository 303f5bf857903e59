import Foundation
import Testing

/// One run of the built executable: what it printed, and how it ended.
struct CommandRun {
  let status: Int32
  let output: String
  let errors: String

  /// The executable that was built together with these tests.
  static let executable = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    .deletingLastPathComponent().appendingPathComponent("syncline")

  /// The checkout.
  static let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Runs `syncline` to its end.
  ///
  /// - Parameters:
  ///   - arguments: its command line.
  ///   - path: replaces PATH.
  ///   - folder: where it runs.
  ///   - meanwhile: is called with its process number while it runs.
  init(
    _ arguments: [String], path: String? = nil, in folder: URL? = nil,
    meanwhile: (Int32) throws -> Void = { _ in }
  ) throws {
    try self.init(Self.executable, arguments, path: path, in: folder, meanwhile: meanwhile)
  }

  /// Runs any program to its end.
  init(
    _ program: URL, _ arguments: [String], path: String? = nil, in folder: URL? = nil,
    meanwhile: (Int32) throws -> Void = { _ in }
  ) throws {
    let scratch = try Scratch()
    let (out, err) = (scratch.file("out"), scratch.file("err"))
    for file in [out, err] { try Data().write(to: file) }
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = folder ?? scratch.folder
    if let path {
      var environment = ProcessInfo.processInfo.environment
      environment["PATH"] = path
      process.environment = environment
    }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: out)
    process.standardError = try FileHandle(forWritingTo: err)
    try process.run()
    do {
      try meanwhile(process.processIdentifier)
    } catch {
      process.terminate()
      throw error
    }
    process.waitUntilExit()
    status = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    output = try String(contentsOf: out, encoding: .utf8)
    errors = try String(contentsOf: err, encoding: .utf8)
  }
}

/// A folder that is there as long as the value is.
final class Scratch {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("syncline-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func file(_ name: String) -> URL { folder.appendingPathComponent(name) }
}

/// Whether ranks can be started here, by this build.
enum OpenMPI {
  #if MPI
    static let isInstalled = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .contains {
        FileManager.default.isExecutableFile(atPath: "\($0)/mpirun")
      }
    static let why: Comment = "mpirun is not installed: nothing is run over MPI"
  #else
    static let isInstalled = false
    static let why: Comment = "this build has no MPI: nothing is run over it"
  #endif
}
