import Atlas
import Fabric
import Foundation
import Quantities
import Testing

@Suite("Fabrics beside each other")
struct ComparisonTests {
  private static func fabric(_ name: String) throws -> Fabric {
    try Topology(contentsOf: "\(shipped)/\(name).yaml").fabric
  }

  private static let list = """
    name: test
    currency: USD
    items:
    - {item: switch, ports: 64, rate: 400 Gbit/s, price: 30000, price-source: s, price-date: 2025, watts: 1000, watts-source: s, watts-date: 2025}
    - {item: switch, ports: 32, rate: 400 Gbit/s, price: 10000, price-source: s, price-date: 2025}
    - {item: nic, rate: 400 Gbit/s, price: 1000, price-source: s, price-date: 2025}
    - {item: cable, medium: fibre, rate: 400 Gbit/s, metres: 50, price: 100, price-source: s, price-date: 2025}
    - {item: transceiver, rate: 400 Gbit/s, price: 500, price-source: s, price-date: 2025, watts: 10, watts-source: s, watts-date: 2025}
    """

  private static func comparison(
    _ first: String, _ second: String, patterns: Int = 0, prices: String? = nil
  ) throws -> FabricComparison {
    try FabricComparison(
      try fabric(first), try fabric(second),
      settings: .init(
        patterns: patterns, seed: 0, routings: [.destinationModulo],
        prices: try prices.map { try PriceList(parsing: $0) }))
  }

  @Test("A fabric is equal to itself in everything", arguments: ["pilot-4", "fat-tree-k4", "rail-32x8"])
  func itself(name: String) throws {
    let comparison = try Self.comparison(name, name, patterns: 10, prices: Self.list)
    #expect(comparison.rows.count > 10)
    #expect(comparison.rows.allSatisfy { $0.isEqual })
  }

  @Test("Swapping two fabrics swaps every row's values")
  func swapped() throws {
    let (one, other) = (
      try Self.comparison("fat-tree-k16", "rail-128x8", prices: Self.list),
      try Self.comparison("rail-128x8", "fat-tree-k16", prices: Self.list)
    )
    #expect(Set(one.rows.map(\.title)) == Set(other.rows.map(\.title)))
    for row in one.rows {
      #expect(other.rows.first { $0.title == row.title }?.values == row.values.reversed())
    }
  }

  /// k³/4 hosts, 5k²/4 switches of k ports, 3k³/4 cables, two transceivers each.
  @Test("The bill of a k-ary fat-tree", arguments: [("fat-tree-k4", 4), ("fat-tree-k16", 16)])
  func bill(name: String, k: Int) throws {
    let bill = BillOfMaterials(try Self.fabric(name))
    let rate = Bandwidth.gigabits(400)
    let (square, cube) = (k * k, k * k * k)
    let expected: [BillOfMaterials.Line] = [
      .init(part: .networkSwitch(ports: k, rate: rate), count: 5 * square / 4),
      .init(part: .nic(rate), count: cube / 4),
      .init(part: .cable(.fibre, rate: rate, metres: nil), count: 3 * cube / 4),
      .init(part: .transceiver(rate), count: 3 * cube / 2),
    ]
    #expect(bill.lines == expected)
  }

  @Test("NVLink is not bought, and a switch of more ports serves where none fits")
  func cost() throws {
    let fabric = try Self.fabric("rail-32x8")
    let list = try PriceList(parsing: Self.list)
    let bill = BillOfMaterials(fabric)
    let estimate = Estimate(bill, figure: list.price)
    // 12 switches of 64 ports, 256 NICs, 512 cables, 1,024 transceivers.
    let cost = 12 * 30_000 + 256 * 1_000 + 512 * 100 + 1_024 * 500
    #expect(estimate.sum == Double(cost))
    #expect(estimate.isComplete)
    let small = Estimate(BillOfMaterials(try Self.fabric("fat-tree-k4")), figure: list.price)
    let smallCost = 20 * 10_000 + 16 * 1_000 + 48 * 100 + 96 * 500
    #expect(small.sum == Double(smallCost))
    let power = Estimate(bill, figure: list.watts)
    #expect(power.sum == 22_240)
    #expect(power.missing.map(\.count) == [256, 512])
  }

  @Test("A price by the port serves where no switch is listed")
  func switchPorts() throws {
    let port = "- {item: switch-port, rate: 400 Gbit/s, price: 400, price-source: p, price-date: 2025}"
    let list = try PriceList(parsing: Self.list + "\n" + port)
    let rate = Bandwidth.gigabits(400)
    #expect(list.price(of: .networkSwitch(ports: 128, rate: rate))?.value == 51_200)
    #expect(list.price(of: .networkSwitch(ports: 40, rate: rate))?.value == 30_000)
    #expect(list.price(of: .networkSwitch(ports: 128, rate: .gigabits(200))) == nil)
    #expect(list.watts(of: .networkSwitch(ports: 128, rate: rate)) == nil)
  }

  @Test("What shares a transceiver is bought once; a cable begins at one NIC")
  func twinPorts() throws {
    let type = CableType(
      linksPerCable: 2, linksPerLowerTransceiver: 1, linksPerUpperTransceiver: 2, metres: 30)
    var nodes = (0..<4).map { Fabric.Node(id: "h\($0)", kind: .endpoint, host: $0) }
    nodes.append(Fabric.Node(id: "s", kind: .networkSwitch(tier: 1)))
    let links = (0..<4).flatMap { host in
      [(host, 4), (4, host)].map { from, to in
        Fabric.Link(from: from, to: to, bandwidth: .gigabits(400), latency: .microseconds(1))
      }
    }
    let fabric = try Fabric(
      name: "twin", nodes: nodes, links: links, endpoints: [0, 1, 2, 3], cableTypes: [type])
    let expected: [BillOfMaterials.Line] = [
      .init(part: .cable(.fibre, rate: .gigabits(800), metres: 30), count: 4),
      .init(part: .transceiver(.gigabits(800)), count: 2),
      .init(part: .transceiver(.gigabits(400)), count: 4),
    ]
    #expect(Array(BillOfMaterials(fabric).lines.dropFirst(2)) == expected)
  }

  @Test("Sums that leave parts out say so, and name them with both counts")
  func gaps() throws {
    let comparison = try Self.comparison("rail-32x8", "rail-128x8", prices: Self.list)
    #expect(comparison.unpriced.isEmpty)
    #expect(comparison.rows.contains { $0.title == "cost" })
    #expect(comparison.rows.contains { $0.title == "power of what is listed" })
    #expect(comparison.unpowered.map(\.counts) == [[256, 1_024], [512, 2_048]])
  }

  @Test("The shipped price list can be read, and every figure has a source")
  func shippedList() throws {
    let path = URL(fileURLWithPath: shipped).deletingLastPathComponent()
      .appendingPathComponent("prices/list-2025.yaml").path
    let list = try PriceList(contentsOf: path)
    let price = try #require(list.price(of: .networkSwitch(ports: 64, rate: .gigabits(400))))
    #expect(price.value > 0 && !price.source.isEmpty && price.date.hasPrefix("20"))
    #expect(list.price(of: .transceiver(.gigabits(800))) == nil)
    #expect(list.watts(of: .transceiver(.gigabits(800)))?.value == 17)
  }

  @Test("What is bought by the hour is no part of a network, and is listed once")
  func hours() throws {
    let hour = "price: 2, price-source: s, price-date: d}"
    let head = "name: n\ncurrency: USD\nitems:\n"
    let list = try PriceList(
      parsing: head + "- {item: gpu-hour, model: H100, \(hour)\n- {item: kilowatt-hour, \(hour)\n")
    #expect(list.gpuHours.map(\.model) == ["H100"] && list.gpuHours.first?.price.value == 2)
    #expect(list.kilowattHour?.source == "s")
    #expect(list.price(of: .nic(.gigabits(400))) == nil)
    for item in ["gpu-hour", "kilowatt-hour"] {
      let twice = head + "- {item: \(item), \(hour)\n- {item: \(item), \(hour)\n"
      let error = #expect(throws: TopologyFileError.self) { try PriceList(parsing: twice) }
      #expect(error?.line == 5)
      #expect(error?.message.contains("again, expected one") == true)
    }
  }

  @Test(
    "A wrong list gets its line, its field and what would be right",
    arguments: [
      (
        "- {item: nick, rate: 1 Gbit/s}",
        "field 'item': found 'nick', expected one of switch, switch-port, nic"
      ),
      ("- {item: nic, rate: 1 Gbit/s}", "field 'price': found nothing, expected a price, or 'watts'"),
      ("- {item: nic, rate: 1 Gbit/s, price: 5}", "field 'price-source': found nothing"),
      (
        "- {item: nic, rate: 1 Gbit/s, price: 5, price-source: s}",
        "field 'price-date': found nothing, expected when"
      ),
      (
        "- {item: nic, rate: 1 Gbit/s, price: -5, price-source: s, price-date: d}",
        "field 'price': found '-5', expected a number from 0"
      ),
      (
        "- {item: nic, rate: 1 Gbit/s, watts: nan, watts-source: s, watts-date: d}",
        "field 'watts': found 'nan'"
      ),
      ("- {item: nic, rate: 1 Gbit/s, watts-source: s}", "field 'watts': found nothing, expected a figure"),
      ("- {item: switch, ports: 0, rate: 1 Gbit/s}", "field 'ports': found 0"),
      (
        "- {item: cable, medium: none, rate: 1 Gbit/s}",
        "field 'medium': found 'none', expected one of copper"
      ),
      ("- {item: nic, rate: 1 Gbit/s, prize: 5}", "field 'prize': unknown, did you mean 'price'?"),
      ("- {item: gpu-hour, model: H100}", "field 'price': found nothing, expected a price"),
      ("- {item: gpu-hour, price: 2}", "field 'price-source': found nothing"),
      ("- {item: kilowatt-hour, watts: 2}", "field 'watts': unknown"),
    ])
  func wrongList(item: String, message: String) {
    let error = #expect(throws: TopologyFileError.self) {
      try PriceList(parsing: "name: n\ncurrency: USD\nitems:\n\(item)\n", path: "p.yaml")
    }
    #expect(error?.line == 4)
    #expect(error?.message.hasPrefix(message) == true, "\(error?.description ?? "")")
  }
}

@Suite("The documentation's price list is right")
struct PriceDocumentationTests {
  @Test("The example of docs/atlas.md can be read")
  func example() throws {
    let page = URL(fileURLWithPath: shipped).deletingLastPathComponent().appendingPathComponent(
      "docs/atlas.md")
    let blocks = try String(contentsOf: page, encoding: .utf8).components(separatedBy: "```yaml\n")
      .dropFirst()
    let examples = blocks.compactMap { $0.components(separatedBy: "\n```").first }
    #expect(examples.count == 1)
    for example in examples { #expect(try PriceList(parsing: example).currency == "USD") }
  }

  @Test("Every rule is in the page's table")
  func rules() throws {
    let page = URL(fileURLWithPath: shipped).deletingLastPathComponent().appendingPathComponent(
      "docs/atlas.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    for rule in ConstructionRule.allCases { #expect(text.contains("| `\(rule.rawValue)`"), "\(rule)") }
    for kind in FabricLint.Kind.allCases { #expect(text.contains("`\(kind.rawValue)`"), "\(kind)") }
  }
}
