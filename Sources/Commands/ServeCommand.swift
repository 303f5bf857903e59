import ArgumentParser
import CPlatform
import Dispatch
import FlyingFox
import FlyingSocks
import Foundation
import Pages
import Records
import Synchronization

/// `syncline serve DIR`.
struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Show a folder of records as pages, with each benchmark's history.",
    discussion: """
      Read only, and on this machine's own address unless told otherwise: whoever reaches the address reads the folder, \
      without a password. Files are read again when they change; hidden ones and symbolic links are not shown. A benchmark \
      that was run several times has a page with its medians over time, on which changes of level are marked. Ctrl-C ends \
      it. docs/serve.md has the details.

      EXAMPLES:
        syncline serve results
        syncline serve /shared/results --port 0
        syncline serve results --address 10.0.0.5 --port 9000
      """)

  @Argument(help: "The folder.")
  var dir: String

  @Option(help: "The IPv4 or IPv6 address to listen on; 0.0.0.0 for all of this machine's.")
  var address = "127.0.0.1"

  @Option(help: "The port; 0 for one that is free, which is printed.")
  var port: UInt16 = 8080

  @Option(
    help: ArgumentHelp(
      "The chart library; default: $SYNCLINE_CHARTS, else where scripts/charts puts it.", valueName: "file"))
  var charts: String?

  func run() throws {
    let folder = try Failure.asFailure { () throws(FileError) in try SiteFolder(dir) }
    let place = try ServedAddress(address, port: port)
    let site = Site(folder, hosts: place.hosts, charts: try ChartLibrary(forCommand: charts)) {
      Report.Maker(
        version: Version.number, commit: Version.commit, command: CommandLine.arguments,
        time: Date().ISO8601Format())
    }
    let server = HTTPServer(config: place.configuration, handler: SiteHandler(site: site))
    let stopped = Atomic<Bool>(false)
    let ended = DispatchSemaphore(value: 0)
    let reason = Mutex<String?>(nil)
    syncline_accept_signals()
    let signals = [SIGINT, SIGTERM].map { number in
      // A signal that is not ignored would end the program before the source sees it.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        stopped.store(true, ordering: .sequentiallyConsistent)
        Task { await server.stop() }
      }
      source.resume()
      return source
    }
    Task {
      do { try await server.run() } catch { reason.withLock { $0 = Self.words(error) } }
      ended.signal()
    }
    Task {
      // A server that can't listen has said so by ending.
      guard (try? await server.waitUntilListening()) != nil, let found = await server.listeningAddress else {
        return
      }
      let line = "\(folder.path) is at \(ServedAddress.link(found)) (Ctrl-C ends it)\n"
      FileHandle.standardOutput.write(Data(line.utf8))
    }
    ended.wait()
    for source in signals { source.cancel() }
    guard !stopped.load(ordering: .sequentiallyConsistent) else { return }
    let why = reason.withLock { $0 } ?? "the server ended"
    throw Failure(.unavailable, "can't listen on \(address), port \(port): \(why)")
  }

  private static func words(_ error: any Error) -> String {
    if case SocketError.failed(_, let code, let message)? = error as? SocketError {
      switch code {
      case EADDRINUSE: return "another program does; name another --port, or 0 for one that is free"
      case EADDRNOTAVAIL: return "this machine has no such address"
      case EACCES: return "that is not permitted; ports from 1024 on are"
      default: return message
      }
    }
    return error.localizedDescription
  }
}

/// Where a site is served.
struct ServedAddress {
  let configuration: HTTPServer.Configuration
  /// The names that a request may call it by; nil for any, where others than this machine are to reach it.
  let hosts: Set<String>?

  /// Seconds that an answer may take.
  private static let patience = 60.0

  init(_ address: String, port: UInt16) throws(Failure) {
    let address = address.lowercased() == "localhost" ? "127.0.0.1" : address
    if let place = try? sockaddr_in.inet(ip4: address, port: port) {
      configuration = HTTPServer.Configuration(
        address: place, timeout: Self.patience, logger: DisabledLogger.disabled)
    } else if let place = try? sockaddr_in6.inet6(ip6: address, port: port) {
      configuration = HTTPServer.Configuration(
        address: place, timeout: Self.patience, logger: DisabledLogger.disabled)
    } else {
      throw Failure(
        .usage, "--address '\(address)' is no address such as 127.0.0.1, 0.0.0.0 or ::1")
    }
    let isLoopback = address.hasPrefix("127.") || address == "::1"
    hosts = isLoopback ? ["127.0.0.1", "localhost", "::1", address] : nil
  }

  /// The address as a browser takes it.
  static func link(_ address: Socket.Address) -> String {
    switch address {
    case .ip4(let host, let port): "http://\(host):\(port)/"
    case .ip6(let host, let port): "http://[\(host)]:\(port)/"
    case .unix(let path): path
    }
  }
}

/// Hands requests to a site, and its answers back.
private struct SiteHandler: HTTPHandler {
  let site: Site

  func handleRequest(_ request: HTTPRequest) async throws -> HTTPResponse {
    let answer = site.respond(
      to: Site.Request(
        method: request.method.rawValue, target: request.target.rawValue, host: request.headers[.host]))
    var headers = HTTPHeaders()
    for field in answer.fields { headers[HTTPHeader(field.name)] = field.value }
    return HTTPResponse(
      statusCode: HTTPStatusCode(answer.status.rawValue, phrase: answer.status.phrase), headers: headers,
      body: answer.body)
  }
}
