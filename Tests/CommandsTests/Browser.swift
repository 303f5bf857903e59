import Foundation
import Testing

/// A real Chromium without a window, to open pages in as a reader would.
///
/// It is spoken to in the DevTools protocol over two pipes (`--remote-debugging-pipe`: the browser reads its
/// file descriptor 3 and writes 4, each message JSON ended by a zero byte), so that no port is open and no
/// library for web sockets is needed. When the pipes close, by ``close()`` or by this process's end, the
/// browser ends too.
actor Browser {
  /// One page's name in the protocol; nil for messages to and from the browser as a whole.
  typealias Session = String

  /// What the browser said without being asked.
  struct Event: Sendable {
    let method: String
    let message: Data
  }

  private let process: Process
  private let profile: Scratch
  private let input: FileHandle
  private let output: FileHandle
  private var reading: Task<Void, Never>?
  private var unfinished = Data()
  private var asked = 0
  private var waiting: [Int: CheckedContinuation<Data, any Error>] = [:]
  private var events: [Session: [Event]] = [:]
  private var hasEnded = false

  /// The program's path; nil where it is not installed.
  static let program = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .flatMap { folder in ["chromium", "chromium-browser", "google-chrome"].map { "\(folder)/\($0)" } }
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  /// Whether pages can be opened here.
  static let isInstalled = program != nil
  static let why: Comment = "Chromium is not installed: no page is opened"

  /// The browser of the suite that runs now; see ``InABrowser``.
  @TaskLocal static var current: Browser?

  /// Starts a browser with a profile of its own.
  init() async throws {
    guard let program = Self.program else { throw BrowserError(what: "Chromium is not installed") }
    profile = try Scratch()
    let (toBrowser, fromBrowser) = (Pipe(), Pipe())
    let log = profile.file("chromium.log")
    try Data().write(to: log)
    process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    // A child gets three descriptors only: the pipes come as its input and output, and move to where it
    // looks.
    process.arguments =
      ["-c", "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null", "sh", program]
      + Self.flags + ["--user-data-dir=\(profile.file("profile").path)", "about:blank"]
    process.standardInput = toBrowser
    process.standardOutput = fromBrowser
    process.standardError = try FileHandle(forWritingTo: log)
    (input, output) = (toBrowser.fileHandleForWriting, fromBrowser.fileHandleForReading)
    try process.run()
    let (chunks, more) = AsyncStream.makeStream(of: Data.self)
    output.readabilityHandler = { handle in
      let chunk = handle.availableData
      if chunk.isEmpty {
        handle.readabilityHandler = nil
        more.finish()
      } else {
        more.yield(chunk)
      }
    }
    reading = Task { [weak self] in
      for await chunk in chunks { await self?.take(chunk) }
      await self?.end()
    }
    // The first answer comes when it is up.
    try await send("Browser.getVersion", seconds: 60)
  }

  /// The sandbox needs another user than root, or user namespaces, which containers seldom allow.
  private static var flags: [String] {
    [
      "--headless=new", "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check",
      "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", "--disable-extensions", "--mute-audio",
      "--hide-scrollbars",
      "--force-device-scale-factor=1", "--font-render-hinting=none",
    ] + (geteuid() == 0 ? ["--no-sandbox"] : [])
  }

  /// Asks the browser to end, and ends it where it does not.
  func close() async {
    try? await send("Browser.close", seconds: 5)
    try? input.close()
    let limit = ContinuousClock.now + .seconds(5)
    while process.isRunning, ContinuousClock.now < limit { try? await Task.sleep(for: .milliseconds(20)) }
    if process.isRunning { process.terminate() }
    reading?.cancel()
  }

  /// Sends a message and waits for its answer.
  ///
  /// - Parameters:
  ///   - parameters: must have what the method asks for.
  ///   - session: the page that it is for.
  ///   - seconds: how long the answer may take.
  /// - Throws: ``BrowserError`` where the browser refuses, ends or is silent.
  func send<Parameters: Encodable & Sendable, Result: Decodable & Sendable>(
    _ method: String, _ parameters: Parameters, session: Session? = nil, seconds: Double = 30,
    as type: Result.Type = Result.self
  ) async throws -> Result {
    asked += 1
    let id = asked
    let message = try JSONEncoder().encode(
      Question(id: id, method: method, params: parameters, sessionId: session))
    guard !hasEnded else { throw BrowserError(what: "\(method): the browser has ended") }
    let late = Task { [weak self] in
      try await Task.sleep(for: .seconds(seconds))
      await self?.answer(id, .failure(BrowserError(what: "\(method): no answer within \(seconds) s")))
    }
    defer { late.cancel() }
    let data = try await withCheckedThrowingContinuation { continuation in
      waiting[id] = continuation
      do {
        try input.write(contentsOf: message + [0])
      } catch {
        answer(id, .failure(error))
      }
    }
    let reply = try JSONDecoder().decode(Reply<Result>.self, from: data)
    if let error = reply.error { throw BrowserError(what: "\(method): \(error.message)") }
    guard let result = reply.result else { throw BrowserError(what: "\(method): an answer without a result") }
    return result
  }

  /// Sends a message whose answer says nothing.
  func send(_ method: String, session: Session? = nil, seconds: Double = 30) async throws {
    _ = try await send(method, Nothing(), session: session, seconds: seconds, as: Nothing.self)
  }

  /// Sends a page a message whose answer says nothing.
  func tell(_ method: String, _ parameters: some Encodable & Sendable, _ session: Session) async throws {
    _ = try await send(method, parameters, session: session, as: Nothing.self)
  }

  /// What was said of a page so far, in its order.
  func events(of session: Session) -> [Event] { events[session] ?? [] }

  /// Forgets what was said of a page.
  func forget(_ session: Session) { events[session] = nil }

  private func take(_ chunk: Data) {
    unfinished.append(chunk)
    while let end = unfinished.firstIndex(of: 0) {
      take(message: Data(unfinished[..<end]))
      unfinished = Data(unfinished[unfinished.index(after: end)...])
    }
  }

  private func take(message: Data) {
    guard let envelope = try? JSONDecoder().decode(Envelope.self, from: message) else {
      Issue.record(
        "the browser sent what is no message: \(String(decoding: message.prefix(200), as: UTF8.self))")
      return
    }
    if let id = envelope.id {
      answer(id, .success(message))
    } else if let method = envelope.method, let session = envelope.sessionId {
      events[session, default: []].append(Event(method: method, message: message))
      // A dialog holds everything up until someone closes it; that it opened stays in the events.
      if method == "Page.javascriptDialogOpening" { dismissDialog(session) }
    }
  }

  private func dismissDialog(_ session: Session) {
    Task {
      struct Choice: Encodable { let accept = false }
      _ = try await send("Page.handleJavaScriptDialog", Choice(), session: session, as: Nothing.self)
    }
  }

  private func answer(_ id: Int, _ result: Result<Data, any Error>) {
    waiting.removeValue(forKey: id)?.resume(with: result)
  }

  private func end() {
    hasEnded = true
    let log = (try? String(contentsOf: profile.file("chromium.log"), encoding: .utf8)) ?? ""
    for (_, continuation) in waiting {
      continuation.resume(
        throwing: BrowserError(what: "the browser has ended; it said: \(log.suffix(1_000))"))
    }
    waiting = [:]
  }
}

/// What went wrong between a test and the browser.
struct BrowserError: Error, CustomStringConvertible {
  let what: String
  var description: String { what }
}

/// A message without parameters, or without a result.
struct Nothing: Codable, Sendable {}

private struct Question<Parameters: Encodable>: Encodable {
  let id: Int
  let method: String
  let params: Parameters
  let sessionId: String?
}

private struct Envelope: Decodable {
  let id: Int?
  let method: String?
  let sessionId: String?
}

private struct Reply<Result: Decodable>: Decodable {
  struct Refusal: Decodable { let message: String }

  let result: Result?
  let error: Refusal?
}

/// Gives the tests of a suite one browser, which ends with the suite.
struct InABrowser: SuiteTrait, TestScoping {
  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    let browser = try await Browser()
    do {
      try await Browser.$current.withValue(browser, operation: function)
    } catch {
      await browser.close()
      throw error
    }
    await browser.close()
  }
}

extension Trait where Self == InABrowser {
  /// One browser for all tests of the suite.
  static var inABrowser: Self { Self() }
}
