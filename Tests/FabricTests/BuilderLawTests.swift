import Fabric
import Quantities
import Testing

@Suite("Laws of builders, at random parameters")
struct BuilderLawTests {
  private static let timing = LinkTiming(link: .nanoseconds(100), throughSwitch: .nanoseconds(300))
  private static let nvLink = Fabric.NVLink(rate: .gigabytes(450), latency: .nanoseconds(250))
  private static let rates = DragonflyRates(
    host: .gigabits(100), local: .gigabits(100), global: .gigabits(100))

  /// A builder of random small parameters, some of which break a rule.
  private func builder(_ generator: inout SmallGenerator) throws -> any FabricBuilder {
    func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &generator) }
    let rate = Bandwidth.gigabits(400)
    switch number(0...8) {
    case 0:
      return try RailOptimized(
        RailOptimized.Hosts(
          count: number(1...12), gpusPerHost: number(1...4), perUnit: number(1...5), nicsPerGPU: number(1...2)
        ),
        below: RailOptimized.Switches(
          planes: number(1...2), tiers: number(2...3),
          ports: Bool.random(using: &generator) ? number(2...16) : nil,
          leafOversubscription: Bool.random(using: &generator) ? Double(number(1...4)) / 2 : nil),
        rate: rate, nvLink: Self.nvLink, timing: Self.timing)
    case 1:
      return try RailOnly(
        RailOptimized.Hosts(count: number(1...12), gpusPerHost: number(1...4), perUnit: number(1...5)),
        planes: number(1...2), switchPorts: number(2...16), uplinks: number(1...6), rate: rate,
        uplinkRate: rate,
        nvLink: Self.nvLink, timing: Self.timing)
    case 2:
      return try MultiPlane(
        MultiPlane.Hosts(
          count: number(1...12), gpusPerHost: number(1...4), planesPerGPU: number(1...4),
          linksPerPlane: number(1...2)),
        planes: number(1...4), switchPorts: number(2...12), oversubscription: Double(number(1...3)),
        rate: rate,
        nvLink: Self.nvLink, timing: Self.timing)
    case 3:
      return try LeafSpine(
        leaves: number(1...4), hostsPerLeaf: number(1...4), spines: number(1...4),
        uplinksPerSpine: number(1...3),
        hostRate: rate, uplinkRate: rate,
        cores: Bool.random(using: &generator)
          ? LeafSpine.Cores(pods: number(1...3), count: number(1...8), rate: rate) : nil,
        switchPorts: number(2...20), timing: Self.timing)
    case 4:
      return try PGFT(
        levels: (0..<number(1...3)).map { _ in
          PGFT.Level(children: number(1...4), parents: number(1...3), parallel: number(1...2), rate: rate)
        }, switchPorts: number(2...20), timing: Self.timing)
    case 5:
      return try Dragonfly(
        hostsPerRouter: number(1...3), routersPerGroup: number(1...5), globalLinks: number(1...3),
        groups: Bool.random(using: &generator) ? number(1...12) : nil, switchPorts: number(2...12),
        rates: Self.rates,
        timing: Self.timing)
    case 6:
      return try DragonflyPlus(
        DragonflyPlus.Group(
          leaves: number(1...3), hostsPerLeaf: number(1...3), spines: number(1...3),
          uplinksPerSpine: number(1...2),
          globalLinks: number(1...3)),
        groups: number(1...8), switchPorts: number(2...12), rates: Self.rates, timing: Self.timing)
    case 7:
      return try HPN(
        pods: number(1...3), segments: number(1...3), hostsPerSegment: number(1...3),
        aggregation: number(1...5),
        coreUplinks: number(1...8), nvLink: Self.nvLink, timing: Self.timing)
    default:
      return try SingleSwitch(
        hosts: number(1...9), rate: rate, switchPorts: number(1...9), timing: Self.timing)
    }
  }

  @Test(
    "No switch has more links than ports, and what breaks a rule is refused by a parameter's name",
    arguments: 1...6)
  func ports(seed: UInt64) {
    var generator = SmallGenerator(state: seed)
    var (built, refused) = (0, 0)
    for _ in 0..<60 {
      do {
        let builder = try builder(&generator)
        let census = Census(try builder.fabric(named: "x"), switchPorts: builder.switchPorts)
        built += 1
        #expect(census.tiers.count == builder.switchPorts.count || builder.switchPorts.isEmpty)
        for (tier, ports) in zip(census.tiers, builder.switchPorts) {
          #expect(tier.portsUsed.upperBound <= ports && (tier.spare ?? -1) >= 0, "\(builder)")
        }
      } catch let error as FabricError {
        refused += 1
        guard case .parameter = error.subject else {
          // Planes that hosts don't join are no fault of one number.
          #expect(error.description.contains("can't reach"), "\(error)")
          continue
        }
        #expect(error.description.contains("found ") && error.description.contains("expected "), "\(error)")
      } catch {
        Issue.record("\(error)")
      }
    }
    #expect(built > 10 && refused > 5)
  }
}
