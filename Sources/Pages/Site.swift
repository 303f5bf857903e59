package import Foundation
import Records

/// A folder of records as pages: an index, the record's page, its bytes, and each benchmark's history.
///
/// It knows nothing of sockets: a request comes in as its first line and host, and an answer goes out as status, fields and
/// bytes. Nothing is written, and nothing is told that does not come from the folder.
package final class Site: Sendable {
  /// What was asked.
  package struct Request: Sendable {
    /// `GET` and so on.
    package var method: String
    /// As it was sent, percent-encoded, with what follows `?`.
    package var target: String
    /// The field `Host`; nil where there was none.
    package var host: String?

    package init(method: String, target: String, host: String? = nil) {
      (self.method, self.target, self.host) = (method, target, host)
    }
  }

  /// What is answered.
  package struct Response: Sendable {
    /// The status and its phrase.
    package var status: Status
    /// The fields in their order.
    package var fields: [(name: String, value: String)]
    package var body: Data

    package func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }
  }

  /// The codes that a site answers with.
  package enum Status: Int, Sendable {
    case ok = 200
    case badRequest = 400
    case notFound = 404
    case methodNotAllowed = 405
    case misdirected = 421
    case tooLarge = 413
    case unreadable = 403

    /// As RFC 9110 has it.
    package var phrase: String {
      switch self {
      case .ok: "OK"
      case .badRequest: "Bad Request"
      case .notFound: "Not Found"
      case .methodNotAllowed: "Method Not Allowed"
      case .misdirected: "Misdirected Request"
      case .tooLarge: "Content Too Large"
      case .unreadable: "Forbidden"
      }
    }
  }

  private let folder: SiteFolder
  private let catalogue: SiteCatalogue
  private let cache = HistoryCache()
  /// The hosts that a request may name; nil for any.
  private let hosts: Set<String>?
  private let charts: ChartLibrary?
  private let maker: @Sendable () -> Report.Maker

  /// The site of a folder.
  ///
  /// - Parameters:
  ///   - hosts: the names that it goes by, in lower case. On a machine's own address others are refused: a page of the web
  ///     whose name was made to mean this machine would otherwise read the folder through its visitor's browser.
  ///   - charts: for reports; nil leaves them with their tables.
  ///   - maker: by what and when a report is made; asked once for each.
  package init(
    _ folder: SiteFolder, hosts: Set<String>?, charts: ChartLibrary?,
    maker: @escaping @Sendable () -> Report.Maker
  ) {
    (self.folder, self.hosts, self.charts, self.maker) = (folder, hosts, charts, maker)
    catalogue = SiteCatalogue(folder)
  }

  /// Answers a request.
  package func respond(to request: Request) -> Response {
    var response = answer(request)
    response.fields += [
      ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
      ("Cross-Origin-Resource-Policy", "same-origin"), ("Cache-Control", "no-cache"),
      ("Content-Length", "\(response.body.count)"),
    ]
    if request.method == "HEAD" { response.body = Data() }
    return response
  }

  private func answer(_ request: Request) -> Response {
    guard request.method == "GET" || request.method == "HEAD" else {
      var response = problem(.methodNotAllowed, "This site is read only: GET and HEAD are possible.")
      response.fields.append(("Allow", "GET, HEAD"))
      return response
    }
    if let hosts, let host = request.host, !hosts.contains(Self.name(ofHost: host)) {
      return problem(.misdirected, "This site doesn't go by that name.")
    }
    guard let names = Self.names(in: request.target) else {
      return problem(.badRequest, "An address is percent-encoded UTF-8.")
    }
    switch (names.first, names.dropFirst()) {
    case (nil, _): return index()
    case ("style.css"?, let rest) where rest.isEmpty:
      return Response(
        status: .ok, fields: [("Content-Type", "text/css; charset=utf-8")], body: SitePage.style)
    case ("histories"?, let rest) where rest.isEmpty:
      return page(SitePage.histories(histories()))
    case ("history"?, let rest) where rest.count == 1:
      guard let history = histories().first(where: { $0.benchmark.id == rest.first }) else { break }
      return page(SitePage.history(history))
    case ("report"?, let rest) where !rest.isEmpty: return report(Array(rest))
    case ("file"?, let rest) where !rest.isEmpty: return file(Array(rest))
    default: break
    }
    return problem(.notFound, "There is nothing here.")
  }

  private func index() -> Response {
    let (items, isWhole) = catalogue.items()
    return page(SitePage.index(items, isWhole: isWhole, histories: History.all(in: items, cache: cache)))
  }

  private func histories() -> [History] {
    History.all(in: catalogue.items().items, cache: cache).filter { $0.runs.count > 1 }
  }

  private func report(_ names: [String]) -> Response {
    do throws(SiteFolder.Refusal) {
      let data = try folder.read(names)
      do throws(FileError) {
        let input = try ReportInput(parsing: data, path: names.joined(separator: "/"))
        let html = Report(title: nil, inputs: [input], maker: maker()).page.html(charts: charts)
        return Response(
          status: .ok,
          fields: [
            ("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", Self.reportPolicy),
          ], body: Data(html.utf8))
      } catch {
        return page(SitePage.broken(names: names, reason: error.reason))
      }
    } catch {
      return refused(error)
    }
  }

  private func file(_ names: [String]) -> Response {
    do throws(SiteFolder.Refusal) {
      let data = try folder.read(names)
      let kind = Self.kind(of: names.last ?? "")
      return Response(
        status: .ok,
        fields: [("Content-Type", kind.type), ("Content-Security-Policy", kind.policy)], body: data)
    } catch {
      return refused(error)
    }
  }

  private func refused(_ refusal: SiteFolder.Refusal) -> Response {
    switch refusal {
    case .absent: problem(.notFound, "There is no such file.")
    case .tooLarge: problem(.tooLarge, "The file is too large to be shown.")
    case .unreadable: problem(.unreadable, "The file may not be read.")
    }
  }

  private func page(_ page: SitePage, status: Status = .ok) -> Response {
    Response(
      status: status,
      fields: [("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", Self.ownPolicy)],
      body: Data(page.html.utf8))
  }

  private func problem(_ status: Status, _ text: String) -> Response {
    page(SitePage.problem("\(status.rawValue) \(status.phrase)", text), status: status)
  }

  // MARK: - Addresses

  /// The names in a target's path, decoded; a slash at the end counts for nothing.
  ///
  /// Nil for bytes that are no text.
  /// Each name is decoded by itself, so that an encoded slash stays in its name and is refused with it.
  package static func names(in target: String) -> [String]? {
    guard target.hasPrefix("/"),
      let path = target.split(separator: "?", omittingEmptySubsequences: false).first
    else { return nil }
    var parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    if parts.last?.isEmpty == true { parts.removeLast() }
    var names: [String] = []
    for part in parts {
      guard let name = part.removingPercentEncoding else { return nil }
      names.append(name)
    }
    return names
  }

  /// An address of the site, from its top, with every name encoded.
  package static func address(_ names: [String]) -> String {
    "/"
      + names.map { name in
        name.utf8.map { byte in
          let isPlain =
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
              UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
              true
            default: false
            }
          if isPlain { return String(UnicodeScalar(byte)) }
          return "%" + String(byte >> 4, radix: 16, uppercase: true)
            + String(byte & 15, radix: 16, uppercase: true)
        }.joined()
      }.joined(separator: "/")
  }

  /// A host's name without its port, in lower case.
  private static func name(ofHost field: String) -> String {
    let host = field.lowercased()
    if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
      return String(host[host.index(after: host.startIndex)..<end])
    }
    return host.split(separator: ":", omittingEmptySubsequences: false).first.map(String.init) ?? host
  }

  // MARK: - Policies

  /// Of pages that the site makes: its own style, no script, nothing from elsewhere.
  private static let ownPolicy =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

  /// Of a report, whose own head is stricter: it names its scripts by their digests.
  private static let reportPolicy =
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none';"
    + " form-action 'none'; frame-ancestors 'none'"

  /// How a file of the folder is shown.
  ///
  /// Whatever it holds runs apart from the site: it can read no other page of it.
  private static func kind(of name: String) -> (type: String, policy: String) {
    let apart = "default-src 'none'; sandbox"
    switch (name as NSString).pathExtension.lowercased() {
    case "json": return ("application/json", apart)
    case "jsonl": return ("application/jsonl", apart)
    case "csv": return ("text/csv; charset=utf-8", apart)
    case "txt", "md", "yaml", "yml": return ("text/plain; charset=utf-8", apart)
    case "svg": return ("image/svg+xml", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
    case "html":
      return (
        "text/html; charset=utf-8",
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; sandbox allow-scripts allow-downloads"
      )
    default: return ("application/octet-stream", apart)
    }
  }
}
