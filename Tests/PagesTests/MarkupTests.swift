import Pages
import Testing

@Suite("Words never become markup")
struct MarkupTests {
  @Test("What has a meaning in HTML is escaped, also under a combining mark")
  func escapes() {
    #expect(Markup(text: "<a b=\"c\">&'").description == "&lt;a b=&quot;c&quot;&gt;&amp;&#39;")
    #expect(Markup(text: "\"\u{301} onload=x").description == "&quot;\u{301} onload=x")
    #expect(Markup(text: "plain µs 中").description == "plain µs 中")
    #expect(
      Markup(text: "a\u{0}b\u{1B}[2J\u{7F}\u{85}").description == "a\u{2400}b\u{241B}[2J\u{2421}\u{FFFD}")
  }

  @Test("An element holds words and attributes as they were given")
  func elements() {
    let markup = Markup.element(.p, .classes("note"), .attribute("title", "\"><script>")) {
      Markup.element(.b, text: "<i>")
      for word in ["a", "b"] { Markup(text: word) }
    }
    #expect(
      markup.description
        == "<p class=\"note\" title=\"&quot;&gt;&lt;script&gt;\"><b>&lt;i&gt;</b>ab</p>")
    #expect(Markup.element(.input, .flag("checked")).description == "<input checked>")
  }

  @Test(
    "A link leads to the web, to mail, to a path or a place of the page, and never to a script",
    arguments: [
      ("https://a.example/?q=1:2", true), ("#id", true), ("a/b:c.html", true), ("./a:b.html", true),
      ("mailto:a@b.example", true), ("javascript:alert(1)", false), ("JavaScript:alert(1)", false),
      ("java\nscript:alert(1)", false), ("\u{1}javascript:alert(1)", false), ("data:text/html,x", false),
      (" vbscript:x", false), ("", true),
    ])
  func links(address: String, isKept: Bool) {
    let text = Markup.element(.a, .href(address), text: "x").description
    #expect(text == "<a href=\"\(isKept ? Markup(text: address).description : "#")\">x</a>")
  }
}
