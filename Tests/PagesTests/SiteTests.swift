import Foundation
import Pages
import Quantities
import Records
import Testing

/// A folder that is there as long as the value is, with a site of it.
final class SiteOfFolder {
  let folder: URL
  let site: Site

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("syncline-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("shown/sub"), withIntermediateDirectories: true)
    site = Site(
      try SiteFolder(folder.appendingPathComponent("shown").path), hosts: ["127.0.0.1", "localhost", "::1"],
      charts: nil
    ) {
      Report.Maker(version: "0", commit: nil, command: ["syncline", "serve"], time: "2026-01-01T00:00:00Z")
    }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func url(_ path: String) -> URL { folder.appendingPathComponent("shown/\(path)") }

  func get(_ target: String, method: String = "GET", host: String? = "localhost:8080") -> Site.Response {
    site.respond(to: Site.Request(method: method, target: target, host: host))
  }

  func text(_ target: String) -> String { String(decoding: get(target).body, as: UTF8.self) }

  func write(_ record: Record, _ path: String) throws { try record.write(to: url(path).path) }
}

/// A record of a ring of 4 ranks at 8 B and 1 MiB.
func siteRecord(
  started: String = "2026-01-02T03:04:05Z", host: String = "node0", microseconds: Double = 7,
  command: [String] = ["syncline", "bench"]
) -> Record {
  let time = Time(picoseconds: Int64(microseconds * 1e6))
  return Record(
    origin: .measured,
    environment: Record.Environment(
      command: command, started: started, version: "0.1.0", commit: nil,
      hosts: [
        .init(name: host, kernel: "Linux", processor: "P", processors: 4, memory: .gibibytes(1), nics: [])
      ],
      placement: [], transport: "mpi"),
    series: [
      Record.Series(
        collective: "all-reduce", algorithm: "ring", ranks: 4, datatype: "float32", operation: "sum",
        isInPlace: false, root: 0, channels: 1, chunk: nil, depth: 1,
        points: [
          Record.Point(size: ByteCount(8), count: 2, samples: [.microseconds(1)]),
          Record.Point(size: .mebibytes(1), count: 1 << 18, samples: [time, time, time]),
        ])
    ])
}

@Suite("A site of a folder")
struct SiteTests {
  @Test("lists its records, the latest first, with what they are")
  func index() throws {
    let site = try SiteOfFolder()
    try site.write(siteRecord(started: "2026-01-01T00:00:00Z", host: "early"), "b.json")
    try site.write(siteRecord(started: "2026-02-01T00:00:00Z", host: "late"), "sub/a.json")
    let text = site.text("/")
    let late = try #require(text.range(of: "late"))
    let early = try #require(text.range(of: "early"))
    #expect(late.lowerBound < early.lowerBound)
    for part in [
      "2 records", "all-reduce, ring, 4 ranks", "7 us at 1 MiB", "measured", "intact", "/report/sub/a.json",
      "/file/b.json",
    ] {
      #expect(text.contains(part), "\(part)")
    }
  }

  @Test("shows a record size by size, and its bytes as they are")
  func record() throws {
    let site = try SiteOfFolder()
    try site.write(siteRecord(), "sub/a.json")
    let page = site.get("/report/sub/a.json")
    #expect(page.status == .ok && page.field("Content-Type") == "text/html; charset=utf-8")
    #expect(String(decoding: page.body, as: UTF8.self).contains("1 MiB"))
    let file = site.get("/file/sub/a.json")
    #expect(file.status == .ok && file.field("Content-Type") == "application/json")
    #expect(file.body == (try Data(contentsOf: site.url("sub/a.json"))))
  }

  @Test("reads a file again when it changes, and lists one that is broken with its reason")
  func live() throws {
    let site = try SiteOfFolder()
    try site.write(siteRecord(host: "first"), "a.json")
    #expect(site.text("/").contains("first"))
    try site.write(siteRecord(host: "second"), "a.json")
    #expect(site.text("/").contains("second") && !site.text("/").contains("first"))
    let whole = try Data(contentsOf: site.url("a.json"))
    try whole.prefix(whole.count / 2).write(to: site.url("a.json"))
    #expect(site.text("/").contains("the file is cut short"))
    try Data(String(decoding: whole, as: UTF8.self).replacing("second", with: "secund").utf8)
      .write(to: site.url("a.json"))
    #expect(site.text("/").contains("environment.hosts[0].name"))
    try FileManager.default.removeItem(at: site.url("a.json"))
    #expect(site.text("/").contains("0 records"))
    #expect(site.get("/report/a.json").status == .notFound)
    #expect(site.get("/file/a.json").status == .notFound)
  }

  @Test(
    "gives nothing from outside its folder, whatever the address",
    arguments: [
      "/file/../secret.json", "/file/%2e%2e/secret.json", "/file/sub/../../secret.json",
      "/file/..%2fsecret.json",
      "/file/%2e%2e%2fsecret.json", "/file//secret.json", "/file/%2fetc/passwd", "/file//etc/passwd",
      "/file/%2Fetc%2Fpasswd", "/file/link.json", "/file/linked/secret.json", "/file/.hidden.json",
      "/file/%2ehidden.json", "/file/a.json%00", "/file/a.json/", "/file/.", "/file/sub", "/file/", "/file",
      "/file/pipe.json", "/file/sub/%5c..%5c..%5csecret.json", "/../secret.json", "/file/....//secret.json",
      "/report/../secret.json", "/report/link.json", "/report/.hidden.json", "/report/pipe.json",
      "/report/%252e%252e/secret.json", "/nothing", "/history/0000000000000000", "/history/x/y",
      "/style.css/x",
    ])
  func confined(target: String) throws {
    let site = try SiteOfFolder()
    let secret = site.folder.appendingPathComponent("secret.json")
    try siteRecord(host: "SECRET").write(to: secret.path)
    try siteRecord(host: "SECRET").write(to: site.url(".hidden.json").path)
    try siteRecord().write(to: site.url("a.json").path)
    try FileManager.default.createSymbolicLink(at: site.url("link.json"), withDestinationURL: secret)
    try FileManager.default.createSymbolicLink(at: site.url("linked"), withDestinationURL: site.folder)
    try #require(unsafe mkfifo(site.url("pipe.json").path, 0o600) == 0)
    let answer = site.get(target)
    if target == "/file/a.json/" {
      #expect(answer.status == .ok)
    } else {
      #expect(answer.status == .notFound, "\(answer.status)")
    }
    #expect(!String(decoding: answer.body, as: UTF8.self).contains("SECRET"))
    #expect(!site.text("/").contains("SECRET") && !site.text("/").contains("hidden"))
  }

  @Test(
    "refuses addresses that are no text", arguments: ["", "x", "/file/%", "/file/%zz", "/file/%ff.json", "*"])
  func malformed(target: String) throws {
    #expect(try SiteOfFolder().get(target).status == .badRequest)
  }

  @Test("finds a file by its encoded name, whatever is in it")
  func names() throws {
    let site = try SiteOfFolder()
    for name in ["a b.json", "%41.json", "é?#&\"'<>.json", "日本.json"] {
      try site.write(siteRecord(), name)
      #expect(site.get(Site.address(["file", name])).status == .ok)
      #expect(site.text("/").contains(Site.address(["report", name])))
    }
  }

  @Test("only reads", arguments: ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "get"])
  func methods(method: String) throws {
    let answer = try SiteOfFolder().get("/", method: method)
    #expect(answer.status == .methodNotAllowed && answer.field("Allow") == "GET, HEAD")
  }

  @Test("answers HEAD as GET, without the body")
  func head() throws {
    let site = try SiteOfFolder()
    try site.write(siteRecord(), "a.json")
    for target in ["/", "/file/a.json", "/report/a.json", "/style.css", "/histories", "/none"] {
      let (get, head) = (site.get(target), site.get(target, method: "HEAD"))
      #expect(head.status == get.status && head.body.isEmpty)
      #expect(head.fields.elementsEqual(get.fields) { $0 == $1 })
      #expect(head.field("Content-Length") == "\(get.body.count)")
    }
  }

  @Test("tells browsers to trust nothing that it shows")
  func policies() throws {
    let site = try SiteOfFolder()
    try site.write(siteRecord(), "a.json")
    try Data("<script>1</script>".utf8).write(to: site.url("b.html"))
    for target in ["/", "/file/a.json", "/file/b.html", "/report/a.json", "/none"] {
      let answer = site.get(target)
      #expect(answer.field("X-Content-Type-Options") == "nosniff")
      #expect(answer.field("Content-Security-Policy")?.contains("default-src 'none'") == true)
    }
    #expect(site.get("/file/b.html").field("Content-Security-Policy")?.contains("sandbox") == true)
  }

  @Test("answers only to its own names")
  func hosts() throws {
    let site = try SiteOfFolder()
    for host in [nil, "localhost", "localhost:1", "127.0.0.1:8080", "[::1]:8080", "LOCALHOST"] as [String?] {
      #expect(site.get("/", host: host).status == .ok)
    }
    for host in ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", ""] {
      #expect(site.get("/", host: host).status == .misdirected)
    }
  }

  @Test("shows names that look like markup as text")
  func hostile() throws {
    let site = try SiteOfFolder()
    let evil = "</td><script>alert(1)</script>\" onload='x'"
    try site.write(siteRecord(started: evil, host: evil, command: [evil]), "<img src=x>.json")
    try site.write(siteRecord(started: evil + "2", host: evil), "b.json")
    try Data("{\"schema\": \"syncline.<b>\"}".utf8).write(to: site.url("c.json"))
    try Data("{\"schema\": \"<b>\"}".utf8).write(to: site.url("d.json"))
    let id = try #require(site.text("/histories").firstMatch(of: #/\/history\/([0-9a-f]+)/#)?.output.1)
    for target in ["/", "/histories", "/history/\(id)"] {
      let text = site.text(target)
      #expect(!text.contains("<script") && !text.contains("<img") && !text.contains("<b>"), "\(target)")
      #expect(!text.contains("onload='"), "\(target)")
    }
    // A report has scripts of its own.
    let report = site.text(Site.address(["report", "<img src=x>.json"]))
    #expect(
      report.contains("alert(1)") && !report.contains("<script>alert") && !report.contains("<img src=x"))
  }

  @Test("marks the run from which on a benchmark takes longer")
  func history() throws {
    let site = try SiteOfFolder()
    var generator = SystemlessNoise()
    for run in 0..<30 {
      let level = run < 20 ? 100.0 : 125
      try site.write(
        siteRecord(
          started: "2026-03-\(run < 9 ? "0" : "")\(run + 1)T00:00:00Z", microseconds: level + generator.next()
        ),
        "run\(run).json")
    }
    let index = site.text("/")
    #expect(
      index.contains("2 benchmarks with a history</a>, 1 with a change of level"), "\(index.prefix(900))")
    let histories = site.text("/histories")
    #expect(histories.contains("since 2026-03-21T00:00:00Z"))
    let id = try #require(histories.firstMatch(of: #/\/history\/([0-9a-f]+)/#)?.output.1)
    let page = site.text("/history/\(id)")
    #expect(page.contains("1.25 times as long since 2026-03-21T00:00:00Z"))
    #expect(page.matches(of: #/class="change"/#).count == 1)
    #expect(page.matches(of: #/<circle/#).count == 30)
  }

  @Test("keeps apart what is not the same benchmark")
  func benchmarks() throws {
    let site = try SiteOfFolder()
    try site.write(siteRecord(host: "node0"), "a.json")
    try site.write(siteRecord(host: "node1"), "b.json")
    #expect(site.text("/histories").contains("No benchmark was run more than once"))
    try site.write(siteRecord(host: "node1"), "c.json")
    #expect(site.text("/histories").contains("node1"))
  }

  @Test("is of a folder that is there")
  func missing() throws {
    #expect(throws: FileError.self) { _ = try SiteFolder("/nothing/here") }
    #expect(throws: FileError.self) { _ = try SiteFolder("/etc/passwd") }
  }
}

/// Small numbers, the same each time, that look like noise.
private struct SystemlessNoise {
  private var state: UInt64 = 7

  mutating func next() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 40) / Double(1 << 24)
  }
}
