import Foundation
import Pages
import Testing

@Suite("A table's figures are the same wherever they stand")
struct DataTableTests {
  private func sample() -> DataTable {
    var table = DataTable(
      id: "t", title: "T",
      columns: [
        .init("name", "name"), .init("size_bytes", "size", .bytes),
        .init("median_us", "median", unit: "us", .microseconds),
        .init("share", "share", .percent(1)),
      ])
    table.addRow([.text("ring, \"a\""), .number(65_536), .number(1234.56789), .number(0.125)])
    table.addRow([.text("ring, \"a\""), .none, .number(0.1), .none])
    table.addRow([.number(3), .text("unknown"), .none, .number(1e-7)])
    return table
  }

  /// The rows as the page's script decodes them.
  private func decoded(_ table: DataTable) throws -> [[any Sendable]] {
    let tree = try #require(
      try JSONSerialization.jsonObject(with: Data(table.json.text.utf8)) as? [String: Any])
    let texts = try #require(tree["texts"] as? [String])
    let columns = try #require(tree["columns"] as? [[String: Any]])
    let rows = try #require(tree["rows"] as? [[Any]])
    return rows.map { row in
      zip(row, columns).map { cell, column -> any Sendable in
        let isText = column["text"] as? Bool == true
        if let list = cell as? [Double] { return isText ? list[0] : texts[Int(list[0])] }
        guard let number = cell as? Double else { return "null" }
        return isText ? texts[Int(number)] : number
      }
    }
  }

  @Test("JSON has every number with all its digits, and a repeated text once")
  func json() throws {
    let rows = try decoded(sample())
    #expect(
      rows.map { $0.map { "\($0)" } } == [
        ["ring, \"a\"", "65536.0", "1234.56789", "0.125"], ["ring, \"a\"", "null", "0.1", "null"],
        ["3.0", "unknown", "null", "1e-07"],
      ])
    #expect(sample().json.text.parts(from: "ring, ", to: "a").count == 1)
  }

  @Test("CSV has all digits, what does not apply is empty")
  func csv() {
    #expect(
      sample().csv == "name,size_bytes,median_us,share\r\n\"ring, \"\"a\"\"\",65536,1234.56789,0.125\r\n"
        + "\"ring, \"\"a\"\"\",,0.1,\r\n3,unknown,,1e-07\r\n")
  }

  @Test("What is shown is the number in its column's form")
  func shown() {
    let cells = sample().html.description.parts(from: "<td", to: "</td>").map {
      $0.drop { $0 != ">" }.dropFirst()
    }
    #expect(
      cells == [
        "ring, &quot;a&quot;", "64 KiB", "1234.6", "12.5 %", "ring, &quot;a&quot;", "–", "0.10", "–", "3",
        "unknown", "–",
        "0.0 %",
      ])
    #expect(DataTable.Form.microseconds.shown(1_234_567.8) == "1,234,568")
    #expect(DataTable.Form.percent(1, isSigned: true).shown(0.05) == "+5.0 %")
    #expect(DataTable.Form.count.shown(.infinity) == "inf")
  }

  @Test("A long table shows its first rows and says so; the data has all")
  func long() throws {
    var table = DataTable(id: "t", title: "T", columns: [.init("n", "n", .count)])
    for row in 0..<1_000 { table.addRow([.number(Double(row))]) }
    let html = table.html.description
    #expect(html.parts(from: "<td", to: "</td>").count == DataTable.shownRows)
    #expect(html.contains("The first 200 of 1,000 rows are shown; the CSV has all of them."))
    #expect(try decoded(table).count == 1_000)
  }

  @Test(
    "JSON in a page can't end its element, start a comment or break a script",
    arguments: [
      "</script><script>alert(1)</script>", "<!-- <script>", "\u{2028}\u{2029}", "]]>&amp;",
      "\u{0}\u{1F}\u{7F}\\\"\n",
    ])
  func hostile(text: String) throws {
    var table = DataTable(id: "t", title: text, columns: [.init("n", "n")])
    table.addRow([.text(text)])
    let json = table.json.text
    #expect(
      !json.unicodeScalars.contains {
        "<>&\u{2028}\u{2029}\u{7F}".unicodeScalars.contains($0) || $0.value < 0x20
      })
    #expect(try decoded(table)[0].map { "\($0)" } == [text])
  }

  @Test("Text without an end is shortened, with its length said")
  func shortening() {
    let long = String(repeating: "x", count: 1 << 20)
    #expect(long.shortened(to: 10) == "xxxxxxxxxx… (1,048,576 characters)")
    #expect("short".shortened(to: 5) == "short")
    let marks = "e" + String(repeating: "\u{301}", count: 100_000)
    #expect(marks.shortened(to: 20).unicodeScalars.count < 60)
    var table = DataTable(id: "t", title: long, columns: [.init("n", "n")])
    table.addRow([.text(long)])
    #expect(table.html.description.utf8.count < 5_000)
  }
}
