import Foundation
import Pages
import Records
import Testing

@Suite("A report page needs nothing else, and shows what was measured")
struct ReportPageTests {
  /// A library that draws nothing, with the one name that a page asks for.
  private func library(_ text: String = "window.vegaEmbed = () => {};") throws -> ChartLibrary {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("charts-\(UUID().uuidString).js")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(text.utf8).write(to: file)
    return try ChartLibrary(contentsOf: file.path)
  }

  @Test("The policy lets the page's own scripts run, by their digests, and nothing be loaded")
  func policy() throws {
    let html = Report(title: nil, inputs: [SampleInputs.record(0)], maker: SampleInputs.maker).page.html(
      charts: try library())
    let policy = try #require(html.parts(from: "Content-Security-Policy\" content=\"", to: "\">").first)
    #expect(policy.hasPrefix("default-src 'none'; script-src 'sha256-"))
    let scripts = html.parts(from: "\n<script>", to: "</script>")
    #expect(scripts.count == 2)
    for script in scripts {
      #expect(policy.contains("'sha256-\(Digest.sha256Base64(Data(script.utf8)))'"))
    }
    for attribute in [" src=", "href=\"http", "url(", "@import", " onload=", " onclick="] {
      #expect(!html.contains(attribute), "\(attribute)")
    }
  }

  @Test("Without the library every table is there, and a line says how to get the charts")
  func withoutLibrary() throws {
    let report = Report(title: nil, inputs: [SampleInputs.record(0)], maker: SampleInputs.maker)
    let (bare, full) = (report.page.html(charts: nil), report.page.html(charts: try library()))
    #expect(bare.contains("scripts/charts"))
    #expect(!full.contains("scripts/charts"))
    for part in ["<table>", "<figure class=\"chart\"", "type=\"application/json\""] {
      #expect(bare.parts(from: part, to: ">").count == full.parts(from: part, to: ">").count)
    }
    #expect(bare.contains("class=\"without-charts\""))
  }

  @Test("A file that is no chart library, or would end its script, is refused")
  func libraries() {
    #expect(throws: FileError.self) { try library("alert(1)") }
    #expect(throws: FileError.self) { try library("window.vegaEmbed = '</SCRIPT>'") }
    #expect(throws: FileError.self) { try library("window.vegaEmbed = '<!--'") }
    #expect(throws: FileError.self) { try ChartLibrary(contentsOf: "/nonexistent/charts.js") }
  }

  @Test("Every chart has its rows and its specification once, and every id is the only one")
  func identifiers() throws {
    let html = SampleInputs.html([
      SampleInputs.record(0, collectives: ["all-reduce", "all-gather"]),
      SampleInputs.record(1, origin: .simulated),
    ])
    let ids = html.parts(from: " id=\"", to: "\"")
    #expect(Set(ids).count == ids.count)
    let figures = html.parts(from: "<figure class=\"chart\" id=\"", to: "\"")
    #expect(figures.count >= 8)
    for figure in figures {
      #expect(ids.contains("data-\(figure)") && ids.contains("spec-\(figure)"))
    }
    for json in html.parts(from: "<script type=\"application/json\"", to: "</script>") {
      let text = json.drop { $0 != ">" }.dropFirst()
      #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(text.utf8)) }
    }
  }

  @Test("A measurement and its prediction are on one chart and share colour and shape")
  func pairs() throws {
    let html = SampleInputs.html([SampleInputs.record(0), SampleInputs.record(1, origin: .simulated)])
    #expect(html.parts(from: "<figure class=\"chart\" id=\"latency-", to: "\"").count == 1)
    let json = try #require(html.parts(from: "id=\"spec-latency-0\">", to: "</script>").first)
    let tree = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    let series = try #require(tree?["series"] as? [[String: Any]])
    #expect(series.map { $0["name"] as? String } == ["measured, ring", "simulated, ring"])
    #expect(series[0]["colour"] as? Int == series[1]["colour"] as? Int)
    #expect(series[0]["shape"] as? String == series[1]["shape"] as? String)
    #expect(series.map { $0["hollow"] as? Bool } == [false, true])
  }

  @Test("Series have names of their own, by what sets them apart")
  func names() throws {
    let html = SampleInputs.html([
      SampleInputs.record(0), SampleInputs.record(1, algorithm: "tree"), SampleInputs.record(2, ranks: 4),
      SampleInputs.record(3), SampleInputs.record(3),
    ])
    let json = try #require(html.parts(from: "id=\"spec-latency-0\">", to: "</script>").first)
    let tree = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    let names = try #require(tree?["series"] as? [[String: Any]]).compactMap { $0["name"] as? String }
    #expect(
      names == [
        "measured, ring, 8 ranks, r0.json", "measured, tree, 8 ranks", "measured, ring, 4 ranks",
        "measured, ring, 8 ranks, r3.json", "measured, ring, 8 ranks, r3.json (2)",
      ])
  }

  @Test(
    "Hostile names are shown as text",
    arguments: [
      "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'; --", "</script>", "\u{2028}<!--",
      "a\u{0}b",
    ])
  func hostile(name: String) throws {
    let html = SampleInputs.html(
      [SampleInputs.record(0, collectives: [name], algorithm: name, host: name)], title: name)
    #expect(html.parts(from: "<script", to: ">").count == html.parts(from: "</script", to: ">").count)
    #expect(!html.contains("<img") && !html.contains("<!--") && !html.contains("<script>alert"))
    #expect(html.contains("<h1>\(Markup(text: name).description)</h1>"))
    #expect(!html.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" && $0 != "\t" })
  }

  @Test("A name of a megabyte doesn't fill the page")
  func longName() {
    let name = String(repeating: "x", count: 1 << 20)
    let html = SampleInputs.html([SampleInputs.record(0, collectives: [name], algorithm: name, host: name)])
    #expect(html.utf8.count < 400_000)
    #expect(html.contains("(1,048,576 characters)"))
  }

  @Test("200 records make a page of less than 5 MB")
  func many() {
    let inputs = (0..<200).map {
      SampleInputs.record(
        $0, collectives: ["all-reduce", "all-gather"], host: "node\($0)", ranks: 4, samples: 60)
    }
    let html = SampleInputs.html(inputs)
    #expect(html.utf8.count < 5_000_000)
    #expect(html.parts(from: "<figure class=\"chart\"", to: ">").count < 20)
  }

  @Test("The same inputs make the same page")
  func deterministic() {
    let inputs = (0..<5).map { SampleInputs.record($0, collectives: ["all-reduce", "broadcast", "reduce"]) }
    #expect(SampleInputs.html(inputs) == SampleInputs.html(inputs))
  }

  /// A record of two ranks, one on each of two hosts.
  private func pair(_ place: Int, _ hosts: [String]) -> ReportInput {
    let input = SampleInputs.record(place, ranks: 2)
    guard case .record(var record) = input.content, let host = record.environment.hosts.first else {
      return input
    }
    record.environment.hosts = hosts.map { name in
      var named = host
      named.name = name
      return named
    }
    record.environment.placement = (0..<2).map { .init(rank: $0, host: $0, processors: "0") }
    return ReportInput(path: input.path, digest: "\(place)", content: .record(record))
  }

  @Test("Records of pairs make a map with each pair in both of its places; two pairs make none")
  func pairMap() throws {
    let inputs = [["a", "b"], ["a", "c"], ["c", "b"]].enumerated().map { pair($0, $1) }
    let html = SampleInputs.html(inputs)
    let figure = try #require(
      html.parts(from: "<figure class=\"chart\" id=\"pairs-0\"", to: ">").first, "no map")
    #expect(figure.contains("data-marks=\"6\""))
    #expect(html.contains("at 512 KiB"))
    #expect(!SampleInputs.html(Array(inputs.prefix(2))).contains("pairs-0"))
  }

  @Test("A page of no series at all still has its provenance")
  func empty() {
    let html = SampleInputs.html([SampleInputs.record(0, collectives: [])])
    #expect(html.contains("id=\"provenance\"") && !html.contains("<figure"))
  }
}
