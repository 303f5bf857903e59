package import Fabric
import Quantities
import Yams

/// What parts of a network cost and draw, each figure with its source: read from YAML, see `docs/atlas.md`.
package struct PriceList: Sendable {
  /// A figure, and who says so.
  package struct Figure: Sendable, Equatable {
    /// In the list's currency, or in watts.
    package let value: Double
    /// Where it was read.
    package let source: String
    /// When it held.
    package let date: String
  }

  /// What one article is, for the parts that it can stand for.
  private enum Article {
    case networkSwitch(ports: Int, rate: Double)
    case switchPort(Double)
    case nic(Double)
    case cable(CableType.Medium, rate: Double, metres: Double)
    case transceiver(Double)

    /// How well it serves as `part`: the less is left over the better; nil where it can't.
    func waste(as part: BillOfMaterials.Part) -> Double? {
      switch (self, part) {
      case (.networkSwitch(let ports, let rate), .networkSwitch(let needed, let neededRate)):
        rate == neededRate.bytesPerSecond && ports >= needed ? Double(ports - needed) : nil
      // A switch that is listed as such goes before the sum of its ports.
      case (.switchPort(let rate), .networkSwitch(_, let needed)):
        rate == needed.bytesPerSecond ? Double.greatestFiniteMagnitude : nil
      case (.nic(let rate), .nic(let needed)): rate == needed.bytesPerSecond ? 0 : nil
      case (.cable(let medium, let rate, let metres), .cable(let neededMedium, let neededRate, let length)):
        medium == neededMedium && rate == neededRate.bytesPerSecond && metres >= length ?? 0
          ? metres - (length ?? 0) : nil
      case (.transceiver(let rate), .transceiver(let needed)): rate == needed.bytesPerSecond ? 0 : nil
      default: nil
      }
    }

    /// How many pieces stand for one of `part`.
    func pieces(for part: BillOfMaterials.Part) -> Double {
      if case .switchPort = self, case .networkSwitch(let ports, _) = part { Double(ports) } else { 1 }
    }
  }

  private struct Item {
    let article: Article
    let price: Figure?
    let watts: Figure?
  }

  /// What the list is called.
  package let name: String
  /// The currency of its prices, as `USD`.
  package let currency: String
  private let items: [Item]
  /// An hour of one GPU, by its model where the list has one.
  package let gpuHours: [(model: String?, price: Figure)]
  /// A kilowatt-hour of electricity; nil where the list has none.
  package let kilowattHour: Figure?

  /// Reads the list at `path`.
  ///
  /// - Throws: ``TopologyFileError`` with line and field; every figure must have a source and a date.
  package init(contentsOf path: String) throws(TopologyFileError) {
    try self.init(parsing: BoundedFile.text(at: path, limit: Document.sizeLimit), path: path)
  }

  /// Reads a list's text.
  package init(parsing text: String, path: String = "prices") throws(TopologyFileError) {
    let document = try Document(text, path: path)
    let fields = try Fields(
      document.root, path: path, known: ["name", "currency", "items"],
      what: "the fields 'name', 'currency' and 'items'")
    name = try fields.name("name", expected: "the list's name")
    currency = try fields.name("currency", expected: "a currency such as USD")
    let entries = try fields.list(
      "items", expected: "a list such as {item: nic, rate: 400 Gbit/s, watts: 25, …}")
    var items: [Item] = []
    var gpuHours: [(model: String?, price: Figure)] = []
    var kilowattHour: Figure?
    for node in entries {
      let entry = try Self.entry(node, path)
      switch entry.kind {
      case "gpu-hour":
        let hour = try Self.hour(entry.fields)
        guard !gpuHours.contains(where: { $0.model == hour.model }) else {
          throw entry.fields.error(
            "item", found: "gpu-hour of \(hour.model?.quoted ?? "no model") again",
            expected: "one for each model")
        }
        gpuHours.append(hour)
      case "kilowatt-hour":
        guard kilowattHour == nil else {
          throw entry.fields.error("item", found: "kilowatt-hour again", expected: "one in a list")
        }
        kilowattHour = try Self.hour(entry.fields).price
      default: items.append(try Self.item(entry.fields, kind: entry.kind))
      }
    }
    (self.items, self.gpuHours, self.kilowattHour) = (items, gpuHours, kilowattHour)
  }

  /// The price of one piece of `part`; nil where the list has none.
  package func price(of part: BillOfMaterials.Part) -> Figure? { best(part, \.price) }

  /// What one piece of `part` draws in watts; nil where the list doesn't say.
  package func watts(of part: BillOfMaterials.Part) -> Figure? { best(part, \.watts) }

  /// The figure of the article that fits best; of equal ones the first in the list.
  private func best(_ part: BillOfMaterials.Part, _ figure: KeyPath<Item, Figure?>) -> Figure? {
    var best: (waste: Double, figure: Figure)?
    for item in items {
      guard let value = item[keyPath: figure], let waste = item.article.waste(as: part) else { continue }
      if best.map({ waste < $0.waste }) ?? true {
        let whole = value.value * item.article.pieces(for: part)
        best = (waste, Figure(value: whole, source: value.source, date: value.date))
      }
    }
    return best?.figure
  }

  private static let figureFields = ["price", "watts"].flatMap { [$0, "\($0)-source", "\($0)-date"] }

  private static let kinds = [
    "switch", "switch-port", "nic", "cable", "transceiver", "gpu-hour", "kilowatt-hour",
  ]

  private static func entry(
    _ node: Node, _ path: String
  ) throws(TopologyFileError) -> (fields: Fields, kind: String) {
    let fields = try Fields(node, path: path, what: "an item such as {item: nic, rate: 400 Gbit/s, …}")
    return (fields, try fields.text("item", expected: "one of \(kinds.joined(separator: ", "))"))
  }

  /// What is bought by the hour.
  private static func hour(_ fields: Fields) throws(TopologyFileError) -> (model: String?, price: Figure) {
    try fields.check(known: ["item", "model", "price", "price-source", "price-date"])
    guard let price = try figure("price", fields) else {
      throw fields.error("price", found: "nothing", expected: "a price, since that is all an hour has")
    }
    return (fields.has("model") ? try fields.name("model", expected: "which one it is") : nil, price)
  }

  private static func item(_ fields: Fields, kind: String) throws(TopologyFileError) -> Item {
    let common = ["item", "model", "rate"] + figureFields
    let article: Article
    switch kind {
    case "switch":
      try fields.check(known: common + ["ports"])
      let ports = try fields.count("ports")
      guard (1...65_536).contains(ports) else {
        throw fields.error("ports", found: "\(ports)", expected: "a whole number from 1 to 65536")
      }
      article = .networkSwitch(ports: ports, rate: try fields.rate("rate").bytesPerSecond)
    case "switch-port":
      try fields.check(known: common)
      article = .switchPort(try fields.rate("rate").bytesPerSecond)
    case "nic":
      try fields.check(known: common)
      article = .nic(try fields.rate("rate").bytesPerSecond)
    case "cable":
      try fields.check(known: common + ["medium", "metres"])
      article = .cable(
        try fields.medium(), rate: try fields.rate("rate").bytesPerSecond,
        metres: try number("metres", fields, expected: "the longest that it is bought in, in metres"))
    case "transceiver":
      try fields.check(known: common)
      article = .transceiver(try fields.rate("rate").bytesPerSecond)
    default:
      throw fields.error(
        "item", found: kind.quoted, expected: "one of \(kinds.joined(separator: ", "))")
    }
    let (price, watts) = (try figure("price", fields), try figure("watts", fields))
    guard price != nil || watts != nil else {
      throw fields.error("price", found: "nothing", expected: "a price, or 'watts', or both")
    }
    return Item(article: article, price: price, watts: watts)
  }

  private static func figure(_ name: String, _ fields: Fields) throws(TopologyFileError) -> Figure? {
    guard fields.has(name) else {
      for part in ["\(name)-source", "\(name)-date"] where fields.has(part) {
        throw fields.error(name, found: "nothing", expected: "a figure, since '\(part)' is given")
      }
      return nil
    }
    return Figure(
      value: try number(name, fields, expected: "a number from 0 to 1e9"),
      source: try fields.name("\(name)-source", expected: "where '\(name)' was read"),
      date: try fields.name("\(name)-date", expected: "when '\(name)' held, such as 2025-03"))
  }

  private static func number(
    _ name: String, _ fields: Fields, expected: String
  ) throws(TopologyFileError) -> Double {
    let text = try fields.text(name, expected: expected)
    guard let number = Double(text), (0...1e9).contains(number) else {
      throw fields.error(name, found: text.quoted, expected: expected)
    }
    return number
  }
}
