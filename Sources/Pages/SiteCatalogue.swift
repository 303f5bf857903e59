import Foundation
package import Records
import Synchronization

/// What is known of the files in a folder; a file is read when it is new, and again when it has changed.
package final class SiteCatalogue: Sendable {
  /// A file, with what it holds.
  package struct Item: Sendable {
    package let entry: SiteFolder.Entry
    package let seal: Seal.Verdict
    package let content: Content
  }

  /// What a file holds.
  package enum Content: Sendable {
    case record(SiteRecord)
    /// Another document of ours, by its schema.
    case document(schema: String)
    /// A page of HTML.
    case page
    /// Nothing that can be shown, and why, in one line.
    case broken(String)
  }

  private let folder: SiteFolder
  private let known = Mutex<[String: Item]>([:])

  package init(_ folder: SiteFolder) { self.folder = folder }

  /// The items in the order of their paths, and whether there are more files than are listed.
  package func items() -> (items: [Item], isWhole: Bool) {
    let (entries, isWhole) = folder.files(["json", "html"])
    // Two requests at a time may both read a new file: each gets the same.
    let before = known.withLock { $0 }
    let items = entries.map { entry in
      if let item = before[entry.path], item.entry == entry { return item }
      return item(entry)
    }
    known.withLock { $0 = Dictionary(items.map { ($0.entry.path, $0) }, uniquingKeysWith: { $1 }) }
    return (items, isWhole)
  }

  private func item(_ entry: SiteFolder.Entry) -> Item {
    func broken(_ reason: String) -> Item { Item(entry: entry, seal: .absent, content: .broken(reason)) }
    do throws(SiteFolder.Refusal) {
      let data = try folder.read(entry.names)
      return Item(entry: entry, seal: Seal.verify(data), content: Self.content(data, entry))
    } catch {
      switch error {
      case .absent: return broken("it has vanished")
      case .unreadable: return broken("it can't be read")
      case .tooLarge(let bytes):
        return broken("it has \(bytes) bytes; up to \(SiteFolder.sizeLimit) are shown")
      }
    }
  }

  private static func content(_ data: Data, _ entry: SiteFolder.Entry) -> Content {
    if entry.names.last?.lowercased().hasSuffix(".html") == true { return .page }
    let schema = (try? JSONDecoder().decode(Header.self, from: data))?.schema
    if let schema, schema != Record.schema, schema.hasPrefix("syncline.") { return .document(schema: schema) }
    do throws(FileError) {
      return .record(SiteRecord(try Record(parsing: data, path: entry.path)))
    } catch {
      return .broken(error.reason)
    }
  }

  private struct Header: Decodable {
    var schema: String
  }
}
