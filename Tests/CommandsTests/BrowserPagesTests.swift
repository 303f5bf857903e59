import Foundation
import Quantities
import Records
import Testing

/// The chart library, which pages of these tests are made with.
enum ChartLibraryFile {
  /// Where scripts/charts puts it, unless the environment says otherwise.
  static let path: String = {
    let environment = ProcessInfo.processInfo.environment
    if let path = environment["SYNCLINE_CHARTS"], !path.isEmpty { return path }
    let data =
      environment["XDG_DATA_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory() + "/.local/share"
    return data + "/syncline/charts.js"
  }()

  static let isInstalled = FileManager.default.fileExists(atPath: path)
  static let why: Comment = "the chart library is not there (scripts/charts gets it): no chart is looked at"
}

@Suite(
  "Pages work in a browser", .serialized, .enabled(if: Browser.isInstalled, Browser.why),
  .enabled(if: ChartLibraryFile.isInstalled, ChartLibraryFile.why), .inABrowser)
struct BrowserPagesTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  // MARK: Pages

  /// Makes a page by a command, and gives its file.
  private func page(_ name: String, _ arguments: [String], charts: String = ChartLibraryFile.path) throws
    -> URL
  {
    let file = scratch.file("\(name).html")
    let run = try CommandRun(arguments + ["-o", file.path, "--charts", charts], in: scratch.folder)
    try #require(run.status == 0, "\(run.errors)")
    return file
  }

  /// Three proposals side by side.
  private func proposals() throws -> URL {
    let records = try ["rail", "fat-tree", "two-level"].enumerated().map { place, name in
      let path = scratch.file("\(name).json").path
      try StepRecords.proposal(name, seed: UInt64(place)).write(to: path)
      return path
    }
    return try page("proposals", ["compare"] + records)
  }

  /// Two records, a measured and a predicted one, side by side.
  private func pair() throws -> URL {
    let paths = try [(1.0, "before"), (1.2, "after")].map { factor, name in
      let path = scratch.file("\(name).json").path
      try Measured.record(slower: factor, seed: UInt64(factor * 10)).write(to: path)
      return path
    }
    return try page("pair", ["compare"] + paths)
  }

  /// A report of measured records and a training step.
  private func report(_ count: Int = 3) throws -> URL {
    var paths = try (0..<count).map { place in
      let path = scratch.file("measured-\(place).json").path
      try Measured.record(slower: 1 + Double(place) / 50, seed: UInt64(place)).write(to: path)
      return path
    }
    let step = scratch.file("step.json").path
    try StepRecords.proposal("rail").write(to: step)
    paths.append(step)
    return try page("report", ["report"] + paths)
  }

  private func file(_ kind: Kind) throws -> URL {
    switch kind {
    case .proposals: try proposals()
    case .pair: try pair()
    case .report: try report()
    }
  }

  enum Kind: String, CaseIterable, Sendable { case proposals, pair, report }

  struct View: Sendable, CustomTestStringConvertible {
    let kind: Kind
    let viewport: BrowserPage.Viewport
    let colours: BrowserPage.Colours

    static let all = Kind.allCases.flatMap { kind in
      BrowserPage.Viewport.allCases.flatMap { viewport in
        BrowserPage.Colours.allCases.map { View(kind: kind, viewport: viewport, colours: $0) }
      }
    }

    var testDescription: String { "\(kind.rawValue)-\(viewport.rawValue)-\(colours.rawValue)" }
  }

  // MARK: What holds

  @Test(
    "A page is sound on a desk and on a phone, light and dark: its charts, its figures, and nothing from outside",
    arguments: View.all)
  func sound(_ view: View) async throws {
    let page = try await BrowserPage(file(view.kind), view.viewport, view.colours)
    try await page.expectSound("\(view.testDescription)")
    #expect(try await !page.charts.isEmpty)
    #expect(try await page.tableCount > 0)
    let paper: String = try await page.evaluate("getComputedStyle(document.body).backgroundColor")
    let brightness = paper.split { !$0.isNumber }.prefix(3).compactMap { Int($0) }.reduce(0, +) / 3
    #expect(view.colours == .dark ? brightness < 60 : brightness > 200, "\(paper)")
    try await page.screenshot(view.testDescription)
    try await page.close()
  }

  @Test("A series is drawn or not as its checkbox says, and comes back", arguments: [Kind.proposals, .pair])
  func toggles(_ kind: Kind) async throws {
    let page = try await BrowserPage(file(kind))
    try await page.drawAll()
    let before = try await page.charts
    let chart = try #require(before.first { $0.checkboxes > 1 }, "a chart has several series")
    let box = "#\(chart.id) input[type=checkbox]"
    try await page.click(box)
    let without = chart.marks - chart.rows / chart.checkboxes
    try await page.wait(until: "\(drawn(chart.id)) === \(without)")
    try await page.click(box)
    try await page.wait(until: "\(drawn(chart.id)) === \(chart.marks)")
    // All of them off, by hand: an empty chart is no error.
    for place in 1...chart.checkboxes {
      try await page.click("#\(chart.id) label:nth-of-type(\(place)) input")
    }
    try await page.wait(until: "\(drawn(chart.id)) === 0")
    #expect(try await page.errors == [])
    try await page.close()
  }

  @Test("A scale's button changes the axis and not the points", arguments: Kind.allCases)
  func scales(_ kind: Kind) async throws {
    let page = try await BrowserPage(file(kind))
    try await page.drawAll()
    let chart = try #require(
      try await page.charts.first { $0.scaleButtons > 1 }, "a chart has several scales")
    // Where the points stand, in pixels: another scale puts them elsewhere.
    let places = """
      [...document.querySelectorAll('#\(chart.id) .plot svg .data_marks > *')].map(mark => {
        const box = mark.getBoundingClientRect(), plot = mark.ownerSVGElement.getBoundingClientRect();
        return Math.round(box.x - plot.x) + ',' + Math.round(box.y - plot.y);
      }).join(' ')
      """
    let before: String = try await page.evaluate(places)
    let button = "#\(chart.id) button[data-axis][aria-pressed=false]"
    let name: String = try await page.evaluate("document.querySelector(\(quoted(button))).textContent")
    try await page.click(button)
    try await page.wait(until: "\(places) !== \(quoted(before)) && \(drawn(chart.id)) === \(chart.marks)")
    #expect(
      try await page.evaluate(
        "[...document.querySelectorAll('#\(chart.id) button[aria-pressed=true]')].map(one => one.textContent)",
        as: [String].self
      ).contains(name))
    #expect(try await page.errors == [])
    try await page.close()
  }

  @Test("Every control is reached and worked by the keyboard", arguments: Kind.allCases)
  func keyboard(_ kind: Kind) async throws {
    let page = try await BrowserPage(file(kind))
    try await page.drawAll()
    try await page.evaluate("(scrollTo(0, 0), document.activeElement.blur(), true)", as: Bool.self)
    let controls: Int = try await page.evaluate(
      """
      (window.reached = new Set(),
       [...document.querySelectorAll('button, input, summary, a[href]')].filter(one => one.checkVisibility()).length)
      """)
    for _ in 0..<(controls + 60) {
      try await page.press(.tab)
      try await page.evaluate("(reached.add(document.activeElement), true)", as: Bool.self)
    }
    let missed: [String] = try await page.evaluate(
      """
      [...document.querySelectorAll('button, input, summary, a[href]')]
        .filter(one => one.checkVisibility() && !reached.has(one)).map(one => one.outerHTML.slice(0, 100))
      """)
    #expect(missed == [], "\(controls) controls")
    let chart = try #require(try await page.charts.first { $0.checkboxes > 1 }, "a chart has several series")
    try await page.evaluate("(document.querySelector('#\(chart.id) input').focus(), true)", as: Bool.self)
    try await page.press(.space)
    try await page.wait(until: "\(drawn(chart.id)) < \(chart.marks)")
    #expect(try await page.errors == [])
    try await page.close()
  }

  @Test("Print has all sections and all charts, and no controls", arguments: Kind.allCases)
  func print(_ kind: Kind) async throws {
    let page = try await BrowserPage(file(kind))
    try await page.setMedia(print: true)
    // What a browser tells the page when somebody prints it.
    try await page.evaluate("dispatchEvent(new Event('beforeprint'))", as: Bool.self)
    try await page.wait(
      until: "[...document.querySelectorAll('figure.chart')].every(one => one.querySelector('.plot svg'))")
    #expect(
      try await page.evaluate(
        "[...document.querySelectorAll('section, section > .data, figure.chart .plot')]"
          + ".filter(one => one.getBoundingClientRect().height < 10).map(one => one.outerHTML.slice(0, 100))")
        == [String]())
    #expect(
      try await page.evaluate(
        "[...document.querySelectorAll('button, nav')].filter(one => one.checkVisibility()).length") == 0)
    for chart in try await page.charts { #expect(chart.drawn == chart.marks, "chart \(chart.id)") }
    #expect(try await page.errors == [])
    try await page.screenshot("\(kind.rawValue)-print")
    try await page.close()
  }

  @Test("A page of 200 records opens soon")
  func many() async throws {
    let file = try report(200)
    let page = try await BrowserPage(file)
    let bytes = try Data(contentsOf: file).count
    Swift.print("a report of 200 records, \(bytes / 1_000_000) MB, opened in \(page.opened)")
    // The aim is 2 s; a machine that does other things meanwhile may take longer.
    #expect(page.opened < .seconds(10))
    #expect(try await page.errors == [])
    #expect(try await page.overhang == 0)
    try await page.close()
  }

  @Test("Without the chart library every table is there, and how to get charts")
  func withoutCharts() async throws {
    let none = scratch.file("none").path
    let paths = try ["one", "two"].map { name in
      let path = scratch.file("\(name).json").path
      try StepRecords.proposal(name).write(to: path)
      return path
    }
    // A library that is named must be there; one that is looked for need not.
    let missing = try CommandRun(
      ["compare"] + paths + ["-o", "x.html", "--charts", none], in: scratch.folder)
    #expect(missing.status == 66)
    let file = scratch.file("plain.html")
    let plain = try CommandRun(
      URL(fileURLWithPath: "/usr/bin/env"),
      ["XDG_DATA_HOME=\(none)", "SYNCLINE_CHARTS=", CommandRun.executable.path, "compare"] + paths
        + ["-o", file.path])
    try #require(plain.status == 0, "\(plain.errors)")
    let page = try await BrowserPage(file, .phone)
    #expect(try await page.wrongCells == [])
    #expect(try await page.overhang == 0)
    #expect(try await page.errors == [])
    #expect(try await page.evaluate("document.body.innerText.includes('scripts/charts')", as: Bool.self))
    #expect(
      try await page.evaluate(
        "[...document.querySelectorAll('table')].filter(one => one.closest('details') === null).every("
          + "one => one.checkVisibility())", as: Bool.self))
    try await page.close()
  }

  /// What somebody could put into a record to do harm, or by accident.
  static let hostile: [String] = [
    "<img src=x onerror=alert(1)>", "\"><script>alert(2)</script>", "</script><script>alert(3)</script>",
    "' onmouseover='alert(4)", "<!-- <script> -->", "a\u{2028}b\u{2029}c",
    "\u{0}\u{1}\u{1B}[31mred\u{7F}\u{9B}",
    "javascript:alert(5)", "\u{202E}txt.exe", "${alert(6)}{{alert(7)}}",
    String(repeating: "wide", count: 250_000),
    "]]>&lt;b&gt;&amp;", "é\u{301}\u{301}日本語🚀",
  ]

  @Test("What a record holds is text, whatever it looks like", arguments: Kind.allCases)
  func hostile(_ kind: Kind) async throws {
    let step = scratch.file("step.json").path
    let record = scratch.file("record.json").path
    let other = scratch.file("other.json").path
    var hostileStep = StepRecords.proposal(Self.hostile.joined(separator: " "))
    hostileStep.workload.name = Self.hostile[0]
    hostileStep.workload.model = Self.hostile[10]
    hostileStep.workload.sources = Self.hostile
    hostileStep.assumptions = Self.hostile
    hostileStep.environment.warnings = Self.hostile
    hostileStep.environment.command = Self.hostile
    hostileStep.fabric.unlisted = Self.hostile
    hostileStep.fabric.currency = Self.hostile[1]
    for (place, text) in Self.hostile.enumerated() {
      hostileStep.fabric.counts.append(.init(title: text, unit: text, value: .init(Double(place))))
      hostileStep.fabric.parts.append(.init(title: text, unit: "count", value: .init(Double(place))))
      hostileStep.step.exposedBy.append(.init(kind: text, time: 0))
      hostileStep.variations.append(
        .init(axis: "failure", value: text, time: .init(1), syncExposure: .init(0.1)))
    }
    hostileStep.curves[0].algorithm = Self.hostile[2]
    try hostileStep.write(to: step)
    try Measured.hostile(Self.hostile).write(to: record)
    try Measured.record(slower: 1.1, seed: 7).write(to: other)
    let clean = scratch.file("clean.json").path
    try StepRecords.proposal("clean").write(to: clean)
    let file =
      switch kind {
      case .proposals: try page("hostile", ["compare", clean, step])
      case .pair: try page("hostile", ["compare", record, other])
      case .report: try page("hostile", ["report", record, step])
      }
    #expect(try Data(contentsOf: file).count < 20_000_000)
    let page = try await BrowserPage(file)
    try await page.expectSound("hostile \(kind)")
    #expect(
      try await page.evaluate(
        """
        [...document.querySelectorAll('img, iframe, object, embed, [onerror], [onmouseover], a[href^="javascript:"]')]
          .map(one => one.outerHTML.slice(0, 100))
        """) == [String]())
    #expect(
      try await page.evaluate(
        "document.body.innerText.includes('<img src=x onerror=alert(1)>')", as: Bool.self))
    // A pointer over every tenth point shows what the record holds, which is text there too.
    if let chart = try await page.charts.first {
      try await page.point(at: "#\(chart.id) .plot svg .data_marks > *")
      try await page.wait(until: "document.querySelector('#vg-tooltip-element.visible') !== null")
      #expect(try await page.evaluate("document.querySelectorAll('#vg-tooltip-element img').length") == 0)
    }
    #expect(try await page.dialogs == [])
    try await page.screenshot("hostile-\(kind.rawValue)")
    try await page.close()
  }

  private func drawn(_ id: String) -> String {
    "document.querySelectorAll('#\(id) .plot svg .data_marks > *').length"
  }
}
