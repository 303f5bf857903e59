import Fabric
import Quantities

/// A fabric as an SVG picture: tiers as rows, rails by colour, links as wide as their capacity.
///
/// Pure text, the same for the same sketch on every machine. It follows the reader's choice of light or dark, has a
/// tooltip on every box and line, and says in `title` and `desc` what it shows. Colours are those of Okabe and Ito for
/// rails and ColorBrewer's YlOrBr for utilisation, which the colour-blind tell apart. `data-nodes` and `data-links` on
/// boxes and lines add up to the fabric's.
package struct FabricPicture {
  private let sketch: FabricSketch
  /// The tiers from the top of the picture down, as levels.
  private let rows: [Row]
  /// The place of each group's box.
  private var boxes: [Box]
  /// The most that a line of the network carries, and one of NVLink, which has a scale of its own: it would leave
  /// nothing of the network.
  private let widest: (network: Double, local: Double)

  private struct Row {
    let end: Census.End
    let groups: [Int]
    let count: Int
    let middle: Double
  }

  private struct Box {
    var middle = 0.0
    var top = 0.0
    var width = 0.0
  }

  /// The picture's width, in CSS pixels.
  private static let width = 1_280.0
  /// Where boxes start: left of it stands what each row is.
  private static let left = 236.0
  private static let right = 20.0
  private static let firstRow = 92.0
  /// How far an arc between two boxes of a row may rise above them.
  private static let highestArc = 80.0
  private static let rowHeight = 150.0
  private static let boxHeight = 38.0
  private static let fontSize = 12.0
  /// How many colours rails have before they come again.
  private static let railColours = 8

  /// Lays out a sketch.
  package init(_ sketch: FabricSketch) {
    self.sketch = sketch
    func most(_ isLocal: Bool) -> Double {
      sketch.bundles.lazy.filter { (sketch.groups[$0.upper].kind == .nvSwitch) == isLocal }
        .map(\.capacity.bytesPerSecond).max() ?? 0
    }
    widest = (most(false), most(true))
    // From the top: the highest tier, …, endpoints, and the NVSwitches below them.
    let drawn = Dictionary(grouping: sketch.groups.indices) { Self.height(sketch.groups[$0].kind) }
    let heights = drawn.keys.sorted(by: >)
    boxes = Array(repeating: Box(), count: sketch.groups.count)
    var rows = [Row]()
    // Arcs over the highest row need room below the title.
    let hasArcs = sketch.bundles.contains { bundle in
      [bundle.lower, bundle.upper].allSatisfy { Self.height(sketch.groups[$0].kind) == heights.first }
    }
    let first = Self.firstRow + (hasArcs ? Self.highestArc : 0)
    for height in heights {
      let groups = (drawn[height] ?? []).sorted { left, right in
        let (one, other) = (sketch.groups[left], sketch.groups[right])
        return (one.plane, one.rail, left) < (other.plane, other.rail, right)
      }
      let middle = first + Double(rows.count) * Self.rowHeight
      let slot = (Self.width - Self.left - Self.right) / Double(groups.count)
      for (place, group) in groups.enumerated() {
        boxes[group] = Box(
          middle: Self.left + (Double(place) + 0.5) * slot, top: middle - Self.boxHeight / 2,
          width: min(0.84 * slot, 170))
      }
      let count = groups.reduce(0) { $0 + sketch.groups[$1].count }
      rows.append(
        Row(end: Census.End(sketch.groups[groups[0]].kind), groups: groups, count: count, middle: middle))
    }
    self.rows = rows
  }

  /// A row's place above the others.
  private static func height(_ kind: Fabric.Node.Kind) -> Int {
    switch kind {
    case .nvSwitch: -1
    case .endpoint: 0
    case .networkSwitch(let tier): tier
    }
  }

  /// The whole file.
  package var svg: String {
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + element(prefix: "", css: PictureStyle.css)
  }

  /// The picture as an element of a page of HTML, whose style keeps to it.
  ///
  /// - Parameter id: the element's name, which no other has: letters, digits and hyphens.
  package func element(id: String) -> String {
    element(prefix: "\(id)-", attributes: " id=\"\(id)\"", css: "#\(id){\n\(PictureStyle.css)\n}")
  }

  private func element(prefix: String, attributes: String = "", css: String) -> String {
    let height = (rows.last?.middle ?? 0) + 96
    let size = "\(Self.width.significant()) \(height.significant())"
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg"\(attributes) viewBox="0 0 \(size)" width="\(Self.width.significant())"\
       height="\(height.significant())" role="img" aria-labelledby="\(prefix)title \(prefix)description">
      <title id="\(prefix)title">\(sketch.name.escaped)</title>
      <desc id="\(prefix)description">\(description.escaped)</desc>
      <style>
      \(css)
      </style>
      <rect class="page" width="100%" height="100%"/>
      <text class="name" x="20" y="32">\(sketch.name.escaped)</text>
      <text class="note" x="20" y="52">\(summary.escaped)</text>

      """
    text += frames
    for bundle in sketch.bundles { text += line(bundle) }
    if sketch.detail == .alike, sketch.bundles.count <= 8 {
      for bundle in sketch.bundles { text += degrees(bundle) }
    }
    for row in rows {
      text += label(row)
      for group in row.groups { text += box(group) }
    }
    text += legend(at: height - 22)
    return text + "</svg>\n"
  }

  // MARK: What it says in words

  private var summary: String {
    let census = sketch.census
    let nodes = "\(census.endpoints.grouped) endpoints in \(census.hosts.grouped) hosts"
    let switches = "\(census.networkSwitches.grouped) switches, \(census.logicalLinks.grouped) links"
    let boxes =
      switch sketch.detail {
      case .nodes: "a box is a node"
      case .alike: "a box is all nodes that no one could tell apart"
      case .similar: "a box is nodes of one rail and plane, which may differ in their links"
      case .tiers: "a box is a whole tier"
      }
    return "\(nodes), \(switches); \(boxes)"
  }

  private var description: String {
    let parts = rows.map { "\($0.count.grouped) \(Self.noun($0.end, $0.count))" }
    let cables = sketch.census.cabling.map {
      "\($0.logicalLinks.grouped) links between \($0.lower) and \($0.upper)"
    }
    return "A fabric from the top down: \(parts.joined(separator: ", ")). \(cables.joined(separator: ", "))."
  }

  private static func noun(_ end: Census.End, _ count: Int) -> String {
    let isOne = count == 1
    return switch end {
    case .endpoint: isOne ? "endpoint" : "endpoints"
    case .nvSwitch: isOne ? "NVSwitch" : "NVSwitches"
    case .tier(let tier): (isOne ? "switch" : "switches") + " of tier \(tier)"
    }
  }

  /// A rate as its vendor gives it: NVLink in bytes.
  private func rate(_ bandwidth: Bandwidth, upTo upper: Census.End) -> String {
    upper == .nvSwitch ? "\(bandwidth.gigabytesPerSecond.significant()) GB/s" : "\(bandwidth)"
  }

  private func rates(_ slowest: Bandwidth, _ fastest: Bandwidth, upTo upper: Census.End) -> String {
    let least = rate(slowest, upTo: upper)
    return slowest == fastest ? least : "\(least) to \(rate(fastest, upTo: upper))"
  }

  // MARK: Elements

  private func label(_ row: Row) -> String {
    var text = """
      <text class="row" x="20" y="\((row.middle - 2).fixed(1))">\(row.count.grouped)</text>
      <text class="note" x="20" y="\((row.middle + 14).fixed(1))">\(Self.noun(row.end, row.count))</text>

      """
    // What leads down from here stands below, line by line, as far as there is room.
    let below = sketch.census.cabling.filter { $0.upper == row.end }.suffix(3)
    for (place, cabling) in below.enumerated() {
      let y = row.middle + 40 + Double(place) * 30
      let rates = rates(cabling.slowest, cabling.fastest, upTo: cabling.upper)
      // NVSwitches stand below the endpoints, so that their links lead up.
      let shift = row.end == .nvSwitch ? -104.0 : 0
      text += """
        <text class="note" x="20" y="\((y + shift).fixed(1))">\(cabling.logicalLinks.grouped) × \(rates)</text>
        <text class="note" x="20" y="\((y + shift + 14).fixed(1))">to \(cabling.lower), each way</text>

        """
    }
    return text
  }

  private func box(_ index: Int) -> String {
    let (group, box) = (sketch.groups[index], boxes[index])
    let end = Census.End(group.kind)
    let colour = group.rail >= 0 ? " rail\(group.rail % Self.railColours)" : ""
    var title = group.count == 1 ? group.first : "\(group.count.grouped) \(Self.noun(end, group.count))"
    if group.count > 1 { title += ", \(group.first) to \(group.last)" }
    if group.rail >= 0 { title += ", rail \(group.rail)" }
    if group.plane >= 0 { title += ", plane \(group.plane)" }
    var text = """
      <g class="node\(colour)" data-nodes="\(group.count)"><title>\(title.escaped)</title>\
      <rect x="\((box.middle - box.width / 2).fixed(1))" y="\(box.top.fixed(1))" rx="4"\
       width="\(box.width.fixed(1))" height="\(Self.boxHeight.fixed(0))"/>
      """
    let lines = labels(group, width: box.width)
    for (place, line) in lines.enumerated() {
      let y = box.top + Self.boxHeight / 2 + 4 + (Double(place) - Double(lines.count - 1) / 2) * 15
      text += "<text x=\"\(box.middle.fixed(1))\" y=\"\(y.fixed(1))\">\(line.escaped)</text>"
    }
    return text + "</g>\n"
  }

  /// What is written in a box: as much as fits, the number of nodes first.
  private func labels(_ group: FabricSketch.Group, width: Double) -> [String] {
    // A letter of the sans-serif fonts that browsers have is about 0.56 em wide on average.
    let room = Int(width / (0.56 * Self.fontSize))
    if group.count == 1 {
      if group.first.count <= room { return [group.first] }
      // Names such as pod0.edge0 break at the dot.
      let parts = group.first.split(separator: ".", maxSplits: 1).map(String.init)
      if parts.count == 2, parts.allSatisfy({ $0.count <= room }) { return parts }
      return group.rail >= 0 && "\(group.rail)".count <= room ? ["\(group.rail)"] : []
    }
    let count = "×\(group.count.grouped)"
    var place = [String]()
    if group.plane >= 0 { place.append("plane \(group.plane)") }
    if group.rail >= 0 { place.append("rail \(group.rail)") }
    let long = place.joined(separator: ", ")
    if long.isEmpty { return [count].filter { $0.count <= room } }
    if long.count <= room { return [long, count].filter { $0.count <= room } }
    return ["\(group.rail >= 0 ? group.rail : group.plane)", count].filter { $0.count <= room }
  }

  private func line(_ bundle: FabricSketch.Bundle) -> String {
    let (lower, upper) = (sketch.groups[bundle.lower], sketch.groups[bundle.upper])
    let end = Census.End(upper.kind)
    let links = bundle.links == 1 ? "1 link" : "\(bundle.links.grouped) links"
    var title = "\(name(lower)) and \(name(upper)): \(links) of"
    title +=
      " \(rates(bundle.slowest, bundle.fastest, upTo: end)), \(rate(bundle.capacity, upTo: end)) each way"
    var colour = ""
    if let busiest = bundle.busiest {
      title += ", busiest \((busiest * 100).fixed(1)) % used"
      colour = " used\(PictureStyle.step(busiest))"
    } else if max(lower.rail, upper.rail) >= 0 {
      colour = " rail\(max(lower.rail, upper.rail) % Self.railColours)"
    }
    return """
      <path class="link\(colour)" data-links="\(bundle.links)" stroke-width="\(width(bundle).fixed(2))"\
       d="\(path(bundle))"><title>\(title.escaped)</title></path>

      """
  }

  /// Beside a line: how many links each node at its ends has.
  private func degrees(_ bundle: FabricSketch.Bundle) -> String {
    let (lower, upper) = (sketch.groups[bundle.lower], sketch.groups[bundle.upper])
    let (one, other) = (boxes[bundle.lower], boxes[bundle.upper])
    // A link within a group has both of its ends there.
    let ends = bundle.lower == bundle.upper ? 2 : 1
    let x = (one.middle + other.middle) / 2 + widestLine / 2 + 10
    let y = one.top == other.top ? one.top - rise(bundle) - 14 : (one.top + other.top + Self.boxHeight) / 2
    var lines = ["\((ends * bundle.links / lower.count).grouped) at each of \(lower.count.grouped)"]
    if bundle.lower != bundle.upper {
      lines.append("\((bundle.links / upper.count).grouped) at each of \(upper.count.grouped)")
      if one.top > other.top { lines.reverse() }
    }
    return lines.enumerated().map { place, line in
      let y = y + 4 + (Double(place) - Double(lines.count - 1) / 2) * 16
      return "<text class=\"note\" x=\"\(x.fixed(1))\" y=\"\(y.fixed(1))\">\(line)</text>\n"
    }.joined()
  }

  /// Around the rows below each tier that a fabric falls apart without, with a line below that says so.
  private var frames: String {
    guard !sketch.parts.isEmpty, let bottom = rows.last?.middle else { return "" }
    let (left, right) = (Self.left - 12, Self.width - Self.right + 8)
    var text = ""
    var words = [String]()
    for parts in sketch.parts {
      let top = rows.first { Self.level($0.end) < parts.tier }?.middle ?? bottom
      text += """
        <rect class="frame" x="\(left.fixed(1))" y="\((top - 40).fixed(1))" rx="8"\
         width="\((right - left).fixed(1))" height="\((bottom - top + 68).fixed(1))"/>

        """
      let (each, rest) = sketch.census.endpoints.quotientAndRemainder(dividingBy: parts.count)
      let isEven = rest == 0 && sketch.detail == .alike
      words.append(
        "\(parts.count.grouped) parts without tier \(parts.tier)"
          + (isEven ? ", \(each.grouped) endpoints each" : ""))
    }
    return text + """
      <text class="note" text-anchor="end" x="\(right.fixed(1))" y="\((bottom + 46).fixed(1))">\
      \(words.joined(separator: "; "))</text>

      """
  }

  private static func level(_ end: Census.End) -> Int {
    if case .tier(let tier) = end { tier } else { 0 }
  }

  private func name(_ group: FabricSketch.Group) -> String {
    group.count == 1 ? group.first : "\(group.first) to \(group.last)"
  }

  /// How far an arc rises above its row: the farther, the longer it is.
  private func rise(_ bundle: FabricSketch.Bundle) -> Double {
    min(Self.highestArc, 16 + 0.16 * abs(boxes[bundle.lower].middle - boxes[bundle.upper].middle))
  }

  /// From edge to edge of two boxes, or an arc over those of one row.
  private func path(_ bundle: FabricSketch.Bundle) -> String {
    let (one, other) = (boxes[bundle.lower], boxes[bundle.upper])
    if one.top == other.top {
      let (start, end) =
        bundle.lower == bundle.upper
        ? (one.middle - one.width / 4, one.middle + one.width / 4) : (one.middle, other.middle)
      let (x, y) = ([start, (start + end) / 2, end].map { $0.fixed(1) }, one.top)
      // A quadratic curve rises half as far as its control point.
      return "M\(x[0]) \(y.fixed(1))Q\(x[1]) \((y - 2 * rise(bundle)).fixed(1)) \(x[2]) \(y.fixed(1))"
    }
    let (high, low) = one.top < other.top ? (one, other) : (other, one)
    return "M\(high.middle.fixed(1)) \((high.top + Self.boxHeight).fixed(1))"
      + "L\(low.middle.fixed(1)) \(low.top.fixed(1))"
  }

  /// In proportion to the capacity, within what the eye can see and the row has room for.
  private func width(_ bundle: FabricSketch.Bundle) -> Double {
    let most = sketch.groups[bundle.upper].kind == .nvSwitch ? widest.local : widest.network
    return max(0.8, bundle.capacity.bytesPerSecond / most * widestLine)
  }

  private var widestLine: Double {
    let most = rows.map(\.groups.count).max() ?? 1
    return min(14, max(2, 60 / Double(most)))
  }

  private func legend(at y: Double) -> String {
    var text = ""
    var x = 20.0
    func write(_ words: String) {
      text += "<text class=\"note\" x=\"\(x.fixed(1))\" y=\"\((y + 4).fixed(1))\">\(words.escaped)</text>\n"
      x += Double(words.count) * 0.56 * Self.fontSize + 26
    }
    func sample(_ style: String, _ width: Double) {
      text += "<path class=\"link \(style)\" stroke-width=\"\(width.fixed(2))\""
      text += " d=\"M\(x.fixed(1)) \(y.fixed(1))h24\"/>\n"
      x += 32
    }
    for (most, end, name) in [
      (widest.network, Census.End.endpoint, ""), (widest.local, .nvSwitch, " (NVLink)"),
    ] where most > 0 {
      sample("", widestLine)
      write(rate(Bandwidth(bytesPerSecond: most), upTo: end) + name)
    }
    if sketch.hasUtilisation {
      for step in PictureStyle.steps.indices {
        sample("used\(step)", 6)
        write(PictureStyle.label(step))
      }
    } else {
      let rails = Set(sketch.groups.map(\.rail)).filter { $0 >= 0 }.sorted()
      for rail in rails.prefix(Self.railColours) {
        sample("rail\(rail % Self.railColours)", 6)
        write("rail \(rail)")
      }
      if rails.count > Self.railColours { write("…, colours come again") }
    }
    return text
  }
}
