import Foundation
import Testing

/// A served folder, asked over the loopback interface byte for byte.
private struct Served {
  let scratch: Scratch
  let port: UInt16

  /// Serves a folder with one record while `body` runs, then ends the server by a signal.
  static func run(by signal: Int32 = SIGINT, _ body: (Served) throws -> Void) throws -> CommandRun {
    let scratch = try Scratch()
    let shown = scratch.file("shown")
    try FileManager.default.createDirectory(at: shown, withIntermediateDirectories: true)
    try Data("SECRET".utf8).write(to: scratch.file("secret.json"))
    let record = try CommandRun(
      [
        "simulate", "--topology", CommandRun.checkout.appendingPathComponent("topologies/pilot-4.yaml").path,
        "--sizes", "1M", "--record", shown.appendingPathComponent("p.json").path,
      ])
    try #require(record.status == 0, "\(record.errors)")
    let log = scratch.file("log")
    let shell = URL(fileURLWithPath: "/bin/sh")
    let command = "exec \"$1\" serve \"$2\" --port 0 > \"$3\""
    return try CommandRun(
      shell, ["-c", command, "sh", CommandRun.executable.path, shown.path, log.path], in: scratch.folder
    ) { process in
      var text = ""
      for _ in 0..<400 where !text.contains("Ctrl-C") {
        usleep(25_000)
        text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
      }
      let match = try #require(
        text.firstMatch(of: #/ is at http:\/\/127\.0\.0\.1:(\d+)\/ \(Ctrl-C ends it\)\n/#))
      try body(Served(scratch: scratch, port: try #require(UInt16(match.output.1))))
      kill(process, signal)
    }
  }

  /// Sends `bytes` and gives all that comes back until the server hangs up.
  func send(_ bytes: String) throws -> String {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    try #require(socket >= 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let isConnected = unsafe withUnsafePointer(to: &address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(isConnected == 0)
    let handle = FileHandle(fileDescriptor: socket, closeOnDealloc: false)
    try handle.write(contentsOf: Data(bytes.utf8))
    return String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self)
  }

  func get(_ target: String, method: String = "GET", host: String = "localhost") throws -> String {
    try send("\(method) \(target) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n")
  }
}

@Suite("syncline serve")
struct ServeCommandTests {
  @Test("answers every route over the loopback interface, and ends with 0 on Ctrl-C")
  func routes() throws {
    let run = try Served.run { served in
      for (target, part) in [
        ("/", "all-reduce, ring, 4 ranks"), ("/style.css", "text/css"), ("/histories", "Histories"),
        ("/report/p.json", "Syncline report"), ("/file/p.json", "syncline.record/1"),
      ] {
        let answer = try served.get(target)
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"), "\(target): \(answer.prefix(200))")
        #expect(answer.contains(part), "\(target)")
        #expect(answer.contains("X-Content-Type-Options: nosniff\r\n"))
      }
      let head = try served.get("/", method: "HEAD")
      #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n") && head.hasSuffix("\r\n\r\n"))
      #expect(!head.contains("<html") && !head.contains("Content-Length: 0\r\n"))
      #expect(try served.get("/none").hasPrefix("HTTP/1.1 404 Not Found\r\n"))
      #expect(try served.get("/", method: "POST").hasPrefix("HTTP/1.1 405 Method Not Allowed\r\n"))
      #expect(try served.get("/", host: "evil.example").hasPrefix("HTTP/1.1 421 "))
      try FileManager.default.removeItem(at: served.scratch.file("shown/p.json"))
      #expect(try served.get("/file/p.json").hasPrefix("HTTP/1.1 404 "))
      #expect(try served.get("/").contains("0 records"))
    }
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors == "")
  }

  @Test(
    "gives nothing from outside the folder, as addresses arrive on the wire, and ends with 0 when it is stopped"
  )
  func confined() throws {
    let run = try Served.run(by: SIGTERM) { served in
      try FileManager.default.createSymbolicLink(
        at: served.scratch.file("shown/link.json"), withDestinationURL: served.scratch.file("secret.json"))
      for target in [
        "/../secret.json", "/file/../secret.json", "/file/%2e%2e/secret.json", "/file/..%2fsecret.json",
        "/file//etc/passwd", "/file/%2fetc%2fpasswd", "/file/link.json", "/report/link.json", "//etc/passwd",
        "/file/p.json%00", "http://localhost/file/../secret.json", "/file/\\..\\secret.json",
      ] {
        let answer = try served.get(target)
        #expect(answer.hasPrefix("HTTP/1.1 40"), "\(target): \(answer.prefix(100))")
        #expect(!answer.contains("SECRET") && !answer.contains("root:"), "\(target)")
      }
      // What is no request at all gets no answer, and harms no other.
      #expect(try served.send("nonsense\r\n\r\n").isEmpty)
      #expect(try served.get("/").hasPrefix("HTTP/1.1 200 "))
    }
    #expect(run.status == 0, "\(run.errors)")
  }

  @Test(
    "says in one line why it can't serve",
    arguments: [
      (["none"], 66, "none: there is no such folder"),
      ([".", "--address", "example"], 64, "--address 'example' is no address such as 127.0.0.1"),
      ([".", "--address", "192.0.2.1"], 69, "this machine has no such address"),
      ([".", "--port", "70000"], 64, "70000"),
    ])
  func refused(arguments: [String], status: Int32, message: String) throws {
    let run = try CommandRun(["serve"] + arguments)
    #expect(run.status == status && run.errors.contains(message), "\(run.status): \(run.errors)")
    #expect(run.errors.split(separator: "\n").count == 1)
  }
}
