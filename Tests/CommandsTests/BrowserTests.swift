import Foundation
import Testing

/// What the other suites rely on when they say that a page is sound.
@Suite(
  "A browser reports what a page does", .serialized, .enabled(if: Browser.isInstalled, Browser.why),
  .inABrowser)
struct BrowserTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func page(_ body: String, head: String = "") throws -> URL {
    let file = scratch.file("page.html")
    try Data(
      "<!DOCTYPE html><html><head><meta charset=utf-8>\(head)</head><body>\(body)</body></html>".utf8
    ).write(to: file)
    return file
  }

  @Test("A quiet page has no error, no dialog, and no request but for itself")
  func quiet() async throws {
    let file = try page("<h1>Quiet</h1><img src='data:image/gif;base64,R0lGODlhAQABAAAAACw=' alt=''>")
    let page = try await BrowserPage(file)
    #expect(try await page.errors.isEmpty)
    #expect(try await page.dialogs.isEmpty)
    #expect(try await page.requests == [page.address])
    try await page.close()
  }

  @Test(
    "Each kind of error is seen",
    arguments: [
      ("", "<script>throw new Error('thrown here')</script>", "thrown here"),
      ("", "<script>console.error('said here', new Error('an object'))</script>", "an object"),
      ("", "<script>Promise.reject(new Error('left alone'))</script>", "left alone"),
      ("", "<img src=missing.png>", "ERR_FILE_NOT_FOUND"),
      (
        "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'\">",
        "<script>document.title = 'ran'</script>", "Content Security Policy"
      ),
    ])
  func errors(_ head: String, _ body: String, _ words: String) async throws {
    let page = try await BrowserPage(page(body, head: head))
    try await Task.sleep(for: .milliseconds(200))
    let errors = try await page.errors
    #expect(errors.contains { $0.contains(words) }, "\(errors)")
    try await page.close()
  }

  @Test("A request that leaves the file is seen, and so is a dialog")
  func requests() async throws {
    let page = try await BrowserPage(
      page("<script>fetch('http://127.0.0.1:9/figures').catch(() => 0); alert('opened')</script>"))
    try await page.wait(until: "true")
    #expect(try await page.requests.contains("http://127.0.0.1:9/figures"))
    #expect(try await page.dialogs == ["opened"])
    try await page.close()
  }

  @Test(
    "The window has the size and the colours that a test asks for", arguments: BrowserPage.Viewport.allCases,
    BrowserPage.Colours.allCases)
  func window(_ viewport: BrowserPage.Viewport, _ colours: BrowserPage.Colours) async throws {
    let page = try await BrowserPage(page("<p>Window</p>"), viewport, colours)
    #expect(try await page.evaluate("[innerWidth, innerHeight]") == [viewport.width, viewport.height])
    let isDark: Bool = try await page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    #expect(isDark == (colours == .dark))
    #expect(try await !page.evaluate("matchMedia('print').matches", as: Bool.self))
    try await page.setMedia(print: true)
    #expect(try await page.evaluate("matchMedia('print').matches", as: Bool.self))
    try await page.close()
  }

  @Test("Keys and clicks reach the page as a reader's do")
  func input() async throws {
    let page = try await BrowserPage(
      page(
        """
        <label><input type=checkbox id=box> box</label>
        <button id=button onclick="this.textContent = 'pressed'">press</button>
        """))
    try await page.press(.tab)
    #expect(try await page.evaluate("document.activeElement.id") == "box")
    try await page.press(.space)
    #expect(try await page.evaluate("document.querySelector('#box').checked", as: Bool.self))
    try await page.press(.tab)
    try await page.press(.enter)
    #expect(try await page.evaluate("document.querySelector('#button').textContent") == "pressed")
    try await page.click("#box")
    #expect(try await !page.evaluate("document.querySelector('#box').checked", as: Bool.self))
    try await page.close()
  }

  @Test("A script's error ends an evaluation")
  func evaluation() async throws {
    let page = try await BrowserPage(page(""))
    await #expect(throws: BrowserError.self) { try await page.evaluate("missing.field", as: Int.self) }
    #expect(try await page.evaluate("new Promise(done => setTimeout(() => done(7), 20))") == 7)
    try await page.close()
  }
}
