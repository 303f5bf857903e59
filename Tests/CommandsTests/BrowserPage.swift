import Foundation
import Testing

/// A file that is open in a ``Browser``.
struct BrowserPage: Sendable {
  /// The size of the window that a page is read in, in CSS pixels.
  enum Viewport: String, CaseIterable, Sendable {
    case desk, phone

    var width: Int { self == .desk ? 1_280 : 390 }
    var height: Int { self == .desk ? 900 : 844 }
  }

  /// The colours that a reader asked the system for.
  enum Colours: String, CaseIterable, Sendable {
    case light, dark
  }

  /// The page's address, as the browser writes it.
  let address: String
  /// From the request to the load event's end.
  let opened: Duration

  private let browser: Browser
  private let session: Browser.Session
  private let target: String

  /// Opens a file, and waits until all of it is loaded.
  init(_ file: URL, _ viewport: Viewport = .desk, _ colours: Colours = .light) async throws {
    try await self.init(address: file.resolvingSymlinksInPath().absoluteString, viewport, colours)
  }

  /// Opens an address, and waits until all of it is loaded.
  init(address: String, _ viewport: Viewport = .desk, _ colours: Colours = .light) async throws {
    browser = try #require(Browser.current, "the suite has the trait .inABrowser")
    struct Blank: Encodable { let url = "about:blank" }
    struct Target: Decodable { let targetId: String }
    target = try await browser.send("Target.createTarget", Blank(), as: Target.self).targetId
    struct Attachment: Encodable {
      let targetId: String
      let flatten = true
    }
    struct Attached: Decodable { let sessionId: String }
    session = try await browser.send(
      "Target.attachToTarget", Attachment(targetId: target), as: Attached.self
    ).sessionId
    self.address = address
    for domain in ["Page", "Runtime", "Log", "Network"] {
      try await browser.send("\(domain).enable", session: session)
    }
    struct Metrics: Encodable {
      let width, height: Int
      let deviceScaleFactor = 1
      let mobile = false
    }
    try await browser.tell(
      "Emulation.setDeviceMetricsOverride", Metrics(width: viewport.width, height: viewport.height), session)
    struct Focus: Encodable { let enabled = true }
    try await browser.tell("Emulation.setFocusEmulationEnabled", Focus(), session)
    try await browser.tell("Emulation.setEmulatedMedia", Media(media: "", colours: colours), session)
    struct Address: Encodable { let url: String }
    struct Navigation: Decodable { let errorText: String? }
    let start = ContinuousClock.now
    let navigation = try await browser.send(
      "Page.navigate", Address(url: address), session: session, as: Navigation.self)
    if let error = navigation.errorText { throw BrowserError(what: "\(address): \(error)") }
    let limit = start + .seconds(60)
    while await !browser.events(of: session).contains(where: { $0.method == "Page.loadEventFired" }) {
      guard ContinuousClock.now < limit else {
        throw BrowserError(what: "\(address): not loaded within 60 s")
      }
      try await Task.sleep(for: .milliseconds(5))
    }
    opened = ContinuousClock.now - start
  }

  /// Closes the page.
  func close() async throws {
    struct Target: Encodable { let targetId: String }
    _ = try await browser.send("Target.closeTarget", Target(targetId: target), as: Nothing.self)
    await browser.forget(session)
  }

  /// Lays the page out for print, or for the screen again.
  func setMedia(print: Bool, _ colours: Colours = .light) async throws {
    try await browser.tell(
      "Emulation.setEmulatedMedia", Media(media: print ? "print" : "", colours: colours), session)
  }

  /// What an expression of JavaScript gives; where it is a promise, what that gives in the end.
  ///
  /// - Throws: ``BrowserError`` with the script's error.
  @discardableResult
  func evaluate<Value: Decodable & Sendable>(_ expression: String, as type: Value.Type = Value.self)
    async throws -> Value
  {
    let answer = try await browser.send(
      "Runtime.evaluate", Expression(expression: expression), session: session, as: Evaluated<Value>.self)
    if let exception = answer.exceptionDetails {
      throw BrowserError(what: "\(expression): \(exception.words)")
    }
    guard let value = answer.result.value else {
      throw BrowserError(what: "\(expression) gave nothing, where \(Value.self) is expected")
    }
    return value
  }

  /// Waits until an expression is true.
  func wait(until expression: String, seconds: Double = 20) async throws {
    let limit = ContinuousClock.now + .seconds(seconds)
    while try await !evaluate("Boolean(\(expression))", as: Bool.self) {
      guard ContinuousClock.now < limit else {
        throw BrowserError(what: "not within \(seconds) s: \(expression)")
      }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  /// Brings the first element of a selector into view and clicks on its middle, as a mouse does.
  func click(_ selector: String) async throws {
    let place: [Double] = try await evaluate(
      """
      (() => {
        const element = document.querySelector(\(quoted(selector)));
        element.scrollIntoView({block: 'center', behavior: 'instant'});
        const box = element.getBoundingClientRect();
        return [box.x + box.width / 2, box.y + box.height / 2];
      })()
      """)
    struct Mouse: Encodable {
      let type: String
      let x, y: Double
      let button = "left"
      let clickCount = 1
    }
    for type in ["mousePressed", "mouseReleased"] {
      try await browser.tell("Input.dispatchMouseEvent", Mouse(type: type, x: place[0], y: place[1]), session)
    }
  }

  /// Moves the pointer over the middle of the first element of a selector.
  func point(at selector: String) async throws {
    let place: [Double] = try await evaluate(
      """
      (() => {
        const element = document.querySelector(\(quoted(selector)));
        element.scrollIntoView({block: 'center', behavior: 'instant'});
        const box = element.getBoundingClientRect();
        return [box.x + box.width / 2, box.y + box.height / 2];
      })()
      """)
    struct Mouse: Encodable {
      let type = "mouseMoved"
      let x, y: Double
    }
    try await browser.tell("Input.dispatchMouseEvent", Mouse(x: place[0], y: place[1]), session)
  }

  /// A key that moves or chooses.
  enum Key: String, Sendable {
    case tab = "Tab"
    case enter = "Enter"
    case space = "Space"

    fileprivate var code: Int {
      switch self {
      case .tab: 9
      case .enter: 13
      case .space: 32
      }
    }

    fileprivate var text: String? {
      switch self {
      case .tab: nil
      case .enter: "\r"
      case .space: " "
      }
    }
  }

  /// Presses a key and lets it go.
  func press(_ key: Key) async throws {
    struct Stroke: Encodable {
      let type: String
      let key, code: String
      let windowsVirtualKeyCode: Int
      let text: String?
    }
    for type in [key.text == nil ? "rawKeyDown" : "keyDown", "keyUp"] {
      try await browser.tell(
        "Input.dispatchKeyEvent",
        Stroke(
          type: type, key: key == .space ? " " : key.rawValue, code: key.rawValue,
          windowsVirtualKeyCode: key.code, text: type == "keyUp" ? nil : key.text), session)
    }
  }

  /// Keeps a picture of the page in `out/screenshots`, as high as the page unless that is very much.
  func screenshot(_ name: String) async throws {
    struct Form: Encodable {
      struct Clip: Encodable {
        let x = 0.0
        let y = 0.0
        let width, height: Double
        let scale = 1
      }

      let format = "png"
      let captureBeyondViewport = true
      let clip: Clip
    }
    struct Picture: Decodable { let data: String }
    let size: [Double] = try await evaluate(
      "[innerWidth, Math.min(document.documentElement.scrollHeight, 12000)]")
    let picture = try await browser.send(
      "Page.captureScreenshot", Form(clip: .init(width: size[0], height: size[1])), session: session,
      as: Picture.self)
    let folder = CommandRun.checkout.appendingPathComponent("out/screenshots")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let png = try #require(Data(base64Encoded: picture.data), "a picture comes as base 64")
    try png.write(to: folder.appendingPathComponent("\(name).png"))
  }

  /// What the page's scripts threw or called an error, and what the browser reported as one, policies
  /// included.
  var errors: [String] {
    get async throws {
      try await browser.events(of: session).compactMap { event in
        switch event.method {
        case "Runtime.exceptionThrown":
          try event.parameters(as: Thrown.self).exceptionDetails.words
        case "Runtime.consoleAPICalled":
          try event.parameters(as: Logged.self).error
        case "Log.entryAdded":
          try event.parameters(as: Entry.self).entry.error
        default: nil
        }
      }
    }
  }

  /// The addresses of all that the page asked for, in order, without what is in the page itself (`data:`,
  /// `blob:`).
  var requests: [String] {
    get async throws {
      try await browser.events(of: session).compactMap { event in
        guard event.method == "Network.requestWillBeSent" else { return nil }
        let url = try event.parameters(as: Requested.self).request.url
        return url.hasPrefix("data:") || url.hasPrefix("blob:") ? nil : url
      }
    }
  }

  /// What dialogs the page opened said; they were dismissed.
  var dialogs: [String] {
    get async throws {
      try await browser.events(of: session).compactMap { event in
        guard event.method == "Page.javascriptDialogOpening" else { return nil }
        return try event.parameters(as: Dialog.self).message
      }
    }
  }
}

/// A string as JavaScript has it.
func quoted(_ text: String) throws -> String {
  String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
}

extension Browser.Event {
  /// Its parameters.
  func parameters<Parameters: Decodable>(as type: Parameters.Type) throws -> Parameters {
    try JSONDecoder().decode(Notice<Parameters>.self, from: message).params
  }
}

private struct Notice<Parameters: Decodable>: Decodable { let params: Parameters }

private struct Media: Encodable {
  struct Feature: Encodable { let name, value: String }

  let media: String
  let features: [Feature]

  init(media: String, colours: BrowserPage.Colours) {
    self.media = media
    features = [Feature(name: "prefers-color-scheme", value: colours.rawValue)]
  }
}

private struct Expression: Encodable {
  let expression: String
  let returnByValue = true
  let awaitPromise = true
  let userGesture = true
}

private struct Evaluated<Value: Decodable & Sendable>: Decodable, Sendable {
  struct Object: Decodable, Sendable { let value: Value? }

  let result: Object
  let exceptionDetails: Exception?
}

private struct Exception: Decodable, Sendable {
  struct Object: Decodable, Sendable { let description: String? }

  let text: String
  let exception: Object?

  var words: String { [text, exception?.description ?? ""].joined(separator: " ") }
}

private struct Thrown: Decodable { let exceptionDetails: Exception }

private struct Logged: Decodable {
  struct Argument: Decodable { let description: String? }

  let type: String
  let args: [Argument]

  var error: String? {
    guard type == "error" || type == "assert" else { return nil }
    return "console.\(type): " + args.map { $0.description ?? "…" }.joined(separator: " ")
  }
}

private struct Entry: Decodable {
  struct Item: Decodable {
    let level, source, text: String

    var error: String? { level == "error" ? "\(source): \(text)" : nil }
  }

  let entry: Item
}

private struct Requested: Decodable {
  struct Request: Decodable { let url: String }

  let request: Request
}

private struct Dialog: Decodable { let message: String }
