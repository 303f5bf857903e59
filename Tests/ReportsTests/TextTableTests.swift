import Reports
import Testing

@Suite("A text table")
struct TextTableTests {
  @Test("is aligned by what is shown and has no trailing spaces")
  func aligned() {
    var table = TextTable([("size", .right), ("name", .left), ("time", .right), ("note", .left)])
    table.addRow(["8 B", "ring", "1.5", ""])
    table.addRow(["16 MiB", "环", "12.25", "µs"])
    table.addRow(["1", "e\u{301}"])
    #expect(
      table.description == """
          size  name   time  note
           8 B  ring    1.5
        16 MiB  环    12.25  µs
             1  e\u{301}
        """)
  }

  @Test("without rows is its titles")
  func empty() {
    #expect(TextTable([("a", .right), ("b", .left)]).description == "a  b")
  }
}
