import Quantities

extension Family {
  /// k-ary fat-trees by k / 2.
  ///
  /// - Source: Al-Fares, Loukissas, Vahdat, "A scalable, commodity data center network architecture", SIGCOMM 2008.
  static let fatTree = Family(.radix, 1...1_024) { half in
    let (square, cube) = (half * half, half * half * half)
    return [
      .radix: .init(2 * half, by: "as the other cells have it, and even"),
      .hosts: .init(2 * cube, by: "k³/4 hosts"),
      .endpoints: .init(2 * cube, by: "k³/4 hosts"),
      .leaves: .init(2 * square, by: "k²/2 edge switches"),
      .spines: .init(2 * square, by: "k²/2 aggregation switches"),
      .cores: .init(square, by: "k²/4 core switches"),
      .switches: .init(5 * square, by: "5k²/4 switches"),
      .hostCables: .init(2 * cube, by: "k³/4 links in each tier"),
      .leafSpineCables: .init(2 * cube, by: "k³/4 links in each tier"),
      .spineCoreCables: .init(2 * cube, by: "k³/4 links in each tier"),
      .switchLinks: .init(4 * cube, by: "k³/2 links between switches"),
      .links: .init(6 * cube, 4 * cube, by: "3k³/4 links in all, k³/2 between switches"),
      .bisectionLinks: .init(cube, by: "k³/8 links across, full bisection"),
      .planes: .init(1, by: "one plane"),
    ]
  }

  /// Two tiers of switches of k ports, half of a leaf's up and half down, in `planes` planes; by k / 2.
  static func leafSpine(planes: Int) -> Family {
    Family(.radix, 1...2_048) { half in
      let square = 2 * half * half * planes
      let places = planes == 1 ? "" : ", \(planes) planes"
      return [
        .radix: .init(2 * half, by: "as the other cells have it, and even"),
        .planes: .init(planes, by: "as the other cells have it"),
        .hosts: .init(square, by: "k²/2 hosts a plane" + places),
        .endpoints: .init(square, by: "k²/2 endpoints a plane" + places),
        .leaves: .init(2 * half * planes, by: "k leaves a plane" + places),
        .spines: .init(half * planes, by: "k/2 spines a plane" + places),
        .cores: .init(0, by: "two tiers"),
        .switches: .init(3 * half * planes, by: "3k/2 switches a plane" + places),
        .hostCables: .init(square, by: "k²/2 links a tier and plane" + places),
        .leafSpineCables: .init(square, by: "k²/2 links a tier and plane" + places),
        .switchLinks: .init(square, by: "k²/2 links between switches a plane" + places),
        .links: .init(2 * square, square, by: "k² links a plane in all, k²/2 between switches" + places),
        .bisectionLinks: .init(square / 2, by: "k²/4 links across a plane, full bisection" + places),
      ]
    }
  }

  /// Slim Flies by q: 2q² routers of (3q - δ)/2 links among each other, q = 4w + δ, and half as many endpoints each.
  ///
  /// - Source: Besta, Hoefler, "Slim Fly: a cost effective low-diameter network topology", SC 2014.
  static let slimFly = Family(.order, 3...512, flaw: slimFlyFlaw) { order in
    let routers = 2 * order * order
    let degree = slimFlyDegree(order)
    let endpoints = (degree + 1) / 2
    return [
      .order: .init(order, by: "as the other cells have it"),
      .switches: .init(routers, by: "2q² routers"),
      .endpointsPerRouter: .init(endpoints, by: "half of a router's links to others, rounded up"),
      .endpoints: .init(routers * endpoints, by: "2q² routers of \(endpoints) endpoints"),
      .hosts: .init(routers * endpoints, by: "2q² routers of \(endpoints) endpoints"),
      .switchLinks: .init(routers * degree / 2, by: "2q² routers of \(degree) links, each between two"),
      .links: .init(
        routers * degree / 2, routers * degree / 2 + routers * endpoints,
        by: "2q² routers of \(degree) links, each between two; with those to endpoints or without"),
    ]
  }

  /// Links of a router to others: (3q - δ)/2, with δ of -1, 0 or 1 so that q - δ is divisible by 4.
  private static func slimFlyDegree(_ order: Int) -> Int {
    let remainder = order % 4
    return (3 * order - (remainder == 3 ? -1 : remainder == 1 ? 1 : 0)) / 2
  }

  private static func slimFlyFlaw(_ order: Int) -> Flaw? {
    guard !isSlimFlyOrder(order) else { return nil }
    let near = [
      (3..<order).last(where: isSlimFlyOrder), ((order + 1)...1_024).first(where: isSlimFlyOrder),
    ]
    let names = near.compactMap { $0 }.map { "\($0) (\((2 * $0 * $0).grouped) routers)" }
    return Flaw(
      things: [.order, .switches, .endpoints, .switchLinks, .links],
      reason:
        "the count of q = \(order), a prime power of the form 4w - 1, 4w or 4w + 1, since the construction has"
        + " no other graphs; the nearest q are \(names.joined(separator: " and "))")
  }

  /// A prime power of the form 4w - 1, 4w or 4w + 1.
  private static func isSlimFlyOrder(_ order: Int) -> Bool {
    guard order > 2, order % 4 != 2, let prime = (2...order).first(where: { order.isMultiple(of: $0) }) else {
      return false
    }
    var rest = order
    while rest.isMultiple(of: prime) { rest /= prime }
    return rest == 1
  }

  /// Dragonflies by their number of groups: p endpoints a router, a routers a group, h links a router to other groups.
  ///
  /// Where a row doesn't give p, a and h, the balanced ones: a = 2p = 2h.
  ///
  /// - Source: Kim, Dally, Scott, Abts, "Technology-driven, highly-scalable dragonfly topology", ISCA 2008.
  static func dragonflies(given: [CountedThing: Int]) -> [Family] {
    let range = 1...1_024
    if let endpoints = given[.endpointsPerRouter], let routers = given[.routersPerGroup],
      let global = given[.globalLinks], [endpoints, routers, global].allSatisfy(range.contains)
    {
      return [dragonfly(endpoints: endpoints, routers: routers, global: global)]
    }
    return (1...128).map { dragonfly(endpoints: $0, routers: 2 * $0, global: $0) }
  }

  private static func dragonfly(endpoints: Int, routers: Int, global: Int) -> Family {
    let most = routers * global + 1
    return Family(
      .groups, 2...2 * most,
      flaw: { groups in
        guard groups > most else { return nil }
        return Flaw(
          things: [.groups, .endpoints, .switches],
          reason:
            "at most \(most.grouped) groups, one link of a group's \((most - 1).grouped) to each other one")
      },
      counts: { groups in
        let all = routers * groups
        // Each link has two ends.
        let between = all * (routers - 1 + global) / 2
        let shape = "p = \(endpoints), a = \(routers), h = \(global), \(groups.grouped) groups"
        return [
          .endpointsPerRouter: .init(endpoints, by: "as the other cells have it"),
          .routersPerGroup: .init(routers, by: "as the other cells have it"),
          .globalLinks: .init(global, by: "as the other cells have it"),
          .groups: .init(groups, by: "as the other cells have it"),
          .radix: .init(endpoints + routers - 1 + global, by: "p + a - 1 + h ports, \(shape)"),
          .endpoints: .init(endpoints * all, by: "p a g endpoints, \(shape)"),
          .hosts: .init(endpoints * all, by: "p a g endpoints, \(shape)"),
          .switches: .init(all, by: "a g routers, \(shape)"),
          .switchLinks: .init(between, by: "a g (a - 1 + h) / 2 links between routers, \(shape)"),
          .links: .init(
            between, between + endpoints * all,
            by: "a g (a - 1 + h) / 2 links between routers, with those to endpoints or without, \(shape)"),
        ]
      })
  }

  /// HPN by its segments of 128 hosts: 16 leaves each with 60 links up, one to each aggregation switch of its plane.
  ///
  /// - Source: Qian et al., "Alibaba HPN: a data center network for large language model training", SIGCOMM 2024.
  static let hpn = Family(
    .units, 1...60,
    flaw: { segments in
      segments <= 15
        ? nil
        : Flaw(
          things: [.units, .endpoints, .hosts, .leaves],
          reason:
            "at most 15 segments (15,360 GPUs), since an aggregation switch has 120 ports down, 8 for each")
    },
    counts: { segments in
      [
        .units: .init(segments, by: "as the other cells have it"),
        .hosts: .init(128 * segments, by: "128 hosts a segment"),
        .endpoints: .init(1_024 * segments, by: "1,024 GPUs a segment"),
        .leaves: .init(16 * segments, by: "16 ToR switches a segment, 8 rails on 2 planes"),
        .spines: .init(120, by: "60 aggregation switches a plane of the pod"),
        .switches: .init(
          16 * segments + 120, by: "16 ToR switches a segment, 120 aggregation switches a pod"),
        .hostCables: .init(2_048 * segments, 1_024 * segments, by: "two links a GPU, one to each plane"),
        .leafSpineCables: .init(960 * segments, by: "60 uplinks a ToR switch"),
        .switchLinks: .init(960 * segments, by: "60 uplinks a ToR switch"),
        .planes: .init(2, by: "two planes"),
      ]
    })
}
