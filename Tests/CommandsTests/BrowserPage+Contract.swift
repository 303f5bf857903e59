import Foundation
import Testing

/// What is true of every page that Syncline makes, looked at from the reader's side.
///
/// Nothing here asks the code that made the page: what is drawn is counted in the picture, and figures are
/// read back from the tables' cells and compared with the page's own data.
extension BrowserPage {
  /// Draws all charts, also those that are not in view, and waits for them.
  func drawAll() async throws {
    guard try await evaluate("Boolean(window.vegaEmbed) && document.querySelector('figure.chart') !== null")
    else { return }
    if try await evaluate("document.querySelector('#draw-all') !== null") { try await click("#draw-all") }
    try await wait(
      until:
        "[...document.querySelectorAll('figure.chart')].every(chart => chart.querySelector('.plot svg'))",
      seconds: 60)
  }

  /// A chart as it is drawn now.
  struct DrawnChart: Decodable, Sendable {
    let id: String
    /// What the page says should be drawn.
    let marks: Int
    /// What is drawn in some colour.
    let drawn: Int
    /// The rows of its data.
    let rows: Int
    /// Whether every row should have a mark: all series are shown, and nothing is said of rows left out.
    let isWhole: Bool
    let checkboxes: Int
    let scaleButtons: Int
    let alternative: String
  }

  /// All charts, drawn.
  var charts: [DrawnChart] {
    get async throws {
      try await evaluate(
        """
        [...document.querySelectorAll('figure.chart')].map(figure => {
          const boxes = [...figure.querySelectorAll('input[type=checkbox]')];
          const data = document.getElementById('data-' + figure.id);
          return {
            id: figure.id, marks: Number(figure.dataset.marks),
            drawn: [...figure.querySelectorAll('.plot svg .data_marks > *')].filter(mark => {
              const style = getComputedStyle(mark), opacity = Number(style.opacity);
              return opacity > 0 && (style.stroke !== 'none' || style.fill !== 'none');
            }).length,
            rows: JSON.parse(data.textContent).rows.length,
            isWhole: boxes.every(box => box.checked) && figure.querySelector(':scope > .note') === null,
            checkboxes: boxes.length, scaleButtons: figure.querySelectorAll('button[data-axis]').length,
            alternative: figure.querySelector('.plot').getAttribute('aria-label') ?? ''};
        })
        """)
    }
  }

  /// Cells that don't show what the page's data has, in words; the first twenty.
  ///
  /// A number may be rounded by half of its last shown digit, and no more.
  var wrongCells: [String] {
    get async throws {
      try await evaluate(
        #"""
        (() => {
          const units = {
            B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40, '%': 0.01, s: 1, ms: 1e-3, us: 1e-6,
            ns: 1e-9, ps: 1e-12, d: 86400};
          const wrong = [];
          for (const script of document.querySelectorAll('script[type="application/json"][id^="data-"]')) {
            const id = script.id.slice(5);
            const home = document.getElementById('table-' + id) ?? document.getElementById(id);
            const lines = [...home.querySelectorAll('tbody tr')].map(line => [...line.children]);
            const {columns, texts, rows} = JSON.parse(script.textContent);
            if (lines.length !== Math.min(rows.length, 200)) wrong.push(`${id}: ${lines.length} of ${rows.length} rows`);
            lines.forEach((cells, row) => cells.forEach((element, column) => {
              const shown = element.textContent, raw = rows[row][column], isText = columns[column].text;
              const value = raw === null ? null
                : isText ? (Array.isArray(raw) ? raw[0] : texts[raw]) : (Array.isArray(raw) ? texts[raw[0]] : raw);
              const say = why => wrong.push(`${id} row ${row} ${columns[column].key}: ${shown} for ${value}: ${why}`);
              if (value === null) {
                if (shown !== '–') say('nothing applies');
              } else if (typeof value === 'string') {
                const pictured = value.replace(/[\u0000-\u0008\u000b-\u001f]/g, c => String.fromCharCode(0x2400 + c.charCodeAt(0)))
                  .replace(/\u007f/g, '\u2421').replace(/[\u0080-\u009f]/g, '\ufffd');
                if (shown !== pictured && !(shown.includes('…') && pictured.startsWith(shown.split('…')[0].trimEnd())))
                  say('another text');
              } else {
                const parts = shown.match(/^([+-]?)([\d,]+)(\.\d+)?(e[+-]?\d+)?(?: (\S+))?$/);
                if (!parts || (parts[5] && !units[parts[5]])) return say('no number');
                const [, sign, whole, fraction = '', power = '', unit] = parts;
                const scale = Number('1' + power) * (units[unit] ?? 1);
                const read = Number(sign + whole.replaceAll(',', '') + fraction) * scale;
                const last = 10 ** -Math.max(fraction.length - 1, 0) * scale;
                if (Math.abs(read - value) > last / 2 * (1 + 1e-9) + Math.abs(value) * 1e-12) say(`it reads ${read}`);
              }
            }));
          }
          return wrong.slice(0, 20);
        })()
        """#)
    }
  }

  /// How many tables the page has.
  var tableCount: Int { get async throws { try await evaluate("document.querySelectorAll('table').length") } }

  /// How many CSS pixels stand out to the right of the window; zero where nobody has to scroll sideways.
  var overhang: Int {
    get async throws { try await evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)") }
  }

  /// Whether every chart and table has a title, each section a heading, and each control a name.
  var unnamed: [String] {
    get async throws {
      try await evaluate(
        """
        [...document.querySelectorAll('button, input, figure.chart, table, section')].filter(element => {
          const title = {FIGURE: 'figcaption', TABLE: 'caption', SECTION: 'h2'}[element.tagName];
          const text = title ? element.querySelector(title)?.textContent
            : element.tagName === 'INPUT' ? element.closest('label')?.textContent : element.textContent;
          return !text?.trim();
        }).map(element => element.outerHTML.slice(0, 120))
        """)
    }
  }

  /// Checks all that holds for every page, drawn as it is opened.
  func expectSound(_ note: Comment) async throws {
    try await drawAll()
    let charts = try await charts
    for chart in charts {
      #expect(chart.drawn == chart.marks, "\(note): marks of chart \(chart.id)")
      #expect(chart.marks <= chart.rows, "\(note): rows of chart \(chart.id)")
      if chart.isWhole { #expect(chart.marks == chart.rows, "\(note): all rows of chart \(chart.id)") }
      #expect(!chart.alternative.isEmpty, "\(note): chart \(chart.id) in words")
    }
    let wrong = try await wrongCells
    #expect(wrong == [], note)
    #expect(try await unnamed == [], note)
    #expect(try await overhang == 0, "\(note): sideways scroll")
    #expect(try await errors == [], note)
    #expect(try await dialogs == [], note)
    #expect(try await requests == [address], "\(note): no request leaves the file")
  }
}
