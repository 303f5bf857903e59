import Atlas
import Fabric
import Testing

@Suite("Lint names the cells of a table that can't be right")
struct TableLintTests {
  private static let published: [(String, ConstructionRule?)] = [
    (PublishedTables.h100, .superPODH100), (PublishedTables.b200, .superPODB200),
    (PublishedTables.b300, .superPODB300), (PublishedTables.xdr, .superPODB300XDR),
    (PublishedTables.deepSeek, nil), (PublishedTables.fatTrees, .fatTree), (PublishedTables.hpn, .hpn),
  ]

  @Test("Published rows have no finding, by their rule and by the one that is inferred", arguments: published)
  func publishedRows(table: String, rule: ConstructionRule?) throws {
    for rule in Set([rule, nil]) {
      let lint = try TableLint(parsing: table, path: "t.csv", rule: rule)
      #expect(lint.findings == [])
      #expect(lint.checked >= 8)
    }
  }

  @Test("The row of 18 units of B300 XDR has one wrong cell: 9,216 GPUs")
  func xdr() throws {
    let lint = try TableLint(parsing: "\(PublishedTables.xdr)\n\(PublishedTables.xdrOf18)", path: "t.csv")
    let finding = try #require(lint.findings.first)
    #expect(lint.findings.count == 1)
    #expect(finding.line == 5 && finding.column == "GPUs" && finding.found == "9,216")
    #expect(finding.expected == "10,368")
    #expect(finding.reason == "superpod-b300-xdr: 8 GPUs a host, 1,296 hosts")
    #expect(lint.notes.contains { $0.hasPrefix("rule superpod-b300-xdr inferred") })
  }

  @Test("A Slim Fly of q = 28 has no graph; 27 and 29 have")
  func slimFly() throws {
    let lint = try TableLint(
      parsing: "\(PublishedTables.deepSeek)\n\(PublishedTables.slimFly)", path: "t.csv")
    let finding = try #require(lint.findings.first)
    #expect(lint.findings.count == 1)
    #expect(finding.line == 6 && finding.column == "switches" && finding.found == "1568")
    #expect(finding.expected.contains("q = 28, a prime power"))
    #expect(finding.expected.hasSuffix("the nearest q are 27 (1,458 routers) and 29 (1,682 routers)"))
  }

  @Test("Slim Flies of prime powers have none", arguments: [3, 4, 5, 7, 8, 9, 11, 13, 16, 25, 27, 29, 32])
  func primePowers(order: Int) throws {
    // δ is what makes q - δ divisible by 4; a router has (3q - δ)/2 links to others.
    let delta = [0, 1, 0, -1][order % 4]
    let degree = (3 * order - delta) / 2
    let routers = 2 * order * order
    let row = "\(order),\(routers),\(routers * ((degree + 1) / 2)),\(routers * degree / 2)"
    let lint = try TableLint(
      parsing: "q,routers,endpoints,links\n\(row)", path: "t.csv", rule: .slimFly)
    #expect(lint.findings == [])
    #expect(lint.checked == 4)
  }

  @Test(
    "Orders that are no prime powers of the right form are named", arguments: [6, 10, 12, 14, 15, 18, 21, 28])
  func otherOrders(order: Int) throws {
    let lint = try TableLint(
      parsing: "q,routers\n\(order),\(2 * order * order)", path: "t.csv", rule: .slimFly)
    #expect(lint.findings.map(\.column) == ["q"])
  }

  @Test(
    "Whichever cell of a published row is changed, that cell is found, with what stood there",
    arguments: published)
  func damage(table: String, rule: ConstructionRule?) throws {
    let rows = try SeparatedText(parsing: table, path: "t.csv").rows
    for row in rows.dropFirst() {
      for (column, name) in rows[0].cells.enumerated() {
        guard CountedThing(header: name) != nil,
          let value = Int(row.cells[column].filter { $0 != "," })
        else { continue }
        for change in [-1, 1, 7] where value + change > 0 {
          var cells = row.cells.map { "\"\($0)\"" }
          cells[column] = "\(value + change)"
          let text = rows[0].cells.joined(separator: ",") + "\n" + cells.joined(separator: ",")
          let lint = try TableLint(parsing: text, path: "t.csv", rule: rule)
          let finding = lint.findings.first
          #expect(lint.findings.map(\.column) == [name], "\(text)")
          #expect(finding?.found == "\(value + change)")
          #expect(finding?.expected.contains(value.grouped) == true, "\(text): \(finding?.expected ?? "")")
        }
      }
    }
  }

  @Test("More units than two tiers reach are named, however well their cells agree")
  func tooManyUnits() throws {
    let lint = try TableLint(
      parsing: "SU,nodes,GPUs,leaf,spine\n8,255,2040,64,32\n9,287,2296,72,36", path: "t.csv",
      rule: .superPODH100)
    #expect(lint.findings.map(\.line) == [3])
    #expect(lint.findings.first?.column == "SU")
    #expect(
      lint.findings.first?.expected == "at most 8 units, since a spine has 64 ports, one for each leaf")
  }

  @Test("A bill of materials is a row turned upright, each item with its line")
  func bill() throws {
    let lint = try TableLint(
      parsing: """
        item,quantity
        # a comment
        Leaf switches,32
        Spine switches,12
        GPUs,"1,024"
        Node-leaf cables,1024
        Rack,20
        """, path: "t.csv")
    #expect(lint.findings.map(\.line) == [4])
    #expect(lint.findings.first?.column == "Spine switches")
    #expect(lint.findings.first?.expected == "16")
    #expect(lint.notes.contains("not looked at: 'Rack'"))
  }

  @Test("A count that is no number is found")
  func noNumber() throws {
    let lint = try TableLint(
      parsing: "k,hosts,switches\n4,sixteen,20\n4,16.5,20", path: "t.csv", rule: .fatTree)
    #expect(lint.findings.map(\.found) == ["sixteen", "16.5"])
    #expect(lint.findings.allSatisfy { $0.expected == "a whole number" })
  }

  @Test(
    "What is no table gets one line that says what would be right",
    arguments: [
      ("", "found no rows"), ("a,b\n1,2", "expected two or more such as 'SU'"),
      ("k,hosts\n4", "found 1 cells, expected 2"), ("k,hosts\n\"4,16", "found a quote that is not closed"),
      ("k,hosts\n\"4\"x,16", "found 'x' after a quote"),
      ("k,radix,hosts\n4,4,16", "found the columns 'k' and 'radix', expected one of the two"),
      ("k,hosts,switches\n4,17,23", "found counts that no rule explains, expected those of superpod-h100"),
      ("item,count\nleaf,4\nGPUs,3\nLeaf switches,4", "expected it once: line 2 counts leaves too"),
      ("k,hosts\n" + String(repeating: "4,16\n", count: 201), "found more than 200 rows"),
      (String(repeating: "k,", count: 100) + "k\n", "found 101 columns, expected at most 100"),
      ("planes,hosts\n9223372036854775807,9223372036854775807", "found counts that no rule explains"),
      ("rule,k,hosts\nfat-tre,4,16", "found 'fat-tre', expected one of superpod-h100"),
    ])
  func noTable(text: String, message: String) {
    let error = #expect(throws: TopologyFileError.self) { try TableLint(parsing: text, path: "t.csv") }
    #expect(error?.message.contains(message) == true, "\(error?.description ?? "")")
    #expect(error?.line != nil)
  }

  @Test("Random bytes make findings or an error, never a crash")
  func noise() {
    var generator = SmallGenerator(state: 7)
    let alphabet = Array("0123456789,,,\n\n\"#;\tkSUGPleafpin -.é×".unicodeScalars)
    for _ in 0..<2_000 {
      var text = String.UnicodeScalarView("k,hosts,GPUs,leaf\n".unicodeScalars)
      for _ in 0..<Int.random(in: 0...60, using: &generator) {
        text.append(alphabet[Int.random(in: alphabet.indices, using: &generator)])
      }
      do throws(TopologyFileError) {
        _ = try TableLint(parsing: String(text), path: "t.csv")
      } catch {
        #expect(!error.description.contains { $0.isNewline })
      }
    }
  }
}
