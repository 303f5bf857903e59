import Fabric
import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Reads XML into elements, without anything that a document could blow up with.
///
/// Foundation's streaming parser does the work: it comes with Swift's toolchain, so nobody has one more package to trust.
/// Entities that a document declares are refused before it is parsed, and none is fetched.
enum XMLText {
  /// How deep elements may be nested.
  static let depthLimit = 32

  /// The document's outermost element.
  static func root(of source: SourceText) throws(TopologyFileError) -> XMLElement {
    var line = 1
    for text in source.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      guard !text.contains("<!ENTITY") else {
        throw source.error(line, found: "an entity of the document's own", expected: "each value in full")
      }
      line += 1
    }
    let collector = Collector()
    // As a stream, since libxml2 refuses more than 10 MB at once.
    let parser = XMLParser(stream: InputStream(data: Data(source.text.utf8)))
    parser.shouldResolveExternalEntities = false
    parser.delegate = collector
    let isWhole = parser.parse()
    if let line = collector.tooDeep {
      throw source.error(
        line, found: "an element inside of \(depthLimit) others", expected: "at most that many")
    }
    guard isWhole, let root = collector.root else {
      throw source.error(
        max(1, min(parser.lineNumber, line - 1)), found: "text that is no well-formed XML",
        expected: "tags that are closed and attributes in quotes")
    }
    return root
  }

  /// Builds the elements that are open from what the parser reports.
  private final class Collector: NSObject, XMLParserDelegate {
    private var open = [XMLElement]()
    private(set) var root: XMLElement?
    private(set) var tooDeep: Int?

    func parser(
      _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?,
      qualifiedName qName: String?, attributes attributeDict: [String: String]
    ) {
      guard open.count < XMLText.depthLimit else {
        tooDeep = parser.lineNumber
        return parser.abortParsing()
      }
      open.append(XMLElement(name: elementName, attributes: attributeDict, line: parser.lineNumber))
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
      guard !open.isEmpty else { return }
      open[open.count - 1].text += string
    }

    func parser(
      _ parser: XMLParser, didEndElement elementName: String, namespaceURI: String?,
      qualifiedName qName: String?
    ) {
      guard let element = open.popLast() else { return }
      if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
    }
  }
}

extension XMLElement {
  /// An attribute's value, or an error that names the element.
  func required(_ attribute: String, _ source: SourceText) throws(TopologyFileError) -> String {
    guard let value = attributes[attribute], !value.isEmpty else {
      throw source.error(line, found: "<\(name)> without '\(attribute)'", expected: "a value for it")
    }
    return value
  }

  func place(_ source: SourceText) -> Survey.Place { Survey.Place(path: source.path, line: line) }
}
