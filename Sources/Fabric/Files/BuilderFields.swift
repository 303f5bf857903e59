import Quantities
import Yams

// What each builder is called with in a topology file: the one place that spells parameters.

/// A builder that a topology file can name.
protocol FileBuilder: FabricBuilder {
  /// Reads the builder's own fields, and refuses all that it doesn't have.
  ///
  /// - Throws: ``TopologyFileError`` for a field, ``FabricError`` for a parameter.
  init(_ fields: Fields) throws
}

extension SingleSwitch: FileBuilder {
  init(_ fields: Fields) throws {
    try fields.check(own: ["hosts", "rate", "switch-ports"])
    try self.init(
      hosts: fields.count("hosts"), rate: fields.rate("rate"), switchPorts: fields.optionalPorts(),
      timing: fields.timing())
  }
}

extension PGFT: FileBuilder {
  init(_ fields: Fields) throws {
    try fields.check(own: ["children", "parents", "parallel", "rate", "rates", "switch-ports"])
    let children = try fields.counts("children")
    let lists = try ["parents", "parallel"].map { name throws(TopologyFileError) in
      // One link between child and parent where nothing is said.
      guard name == "parents" || fields.has(name) else { return children.map { _ in 1 } }
      let list = try fields.counts(name)
      guard list.count == children.count else {
        throw fields.error(
          name, found: "\(list.count) numbers", expected: "\(children.count), one a level as in 'children'")
      }
      return list
    }
    let rates = try fields.has("rates") ? fields.rates("rates") : [fields.rate("rate")]
    guard !(fields.has("rates") && fields.has("rate")) else {
      throw fields.error("rates", found: "'rate' too", expected: "one of the two")
    }
    guard rates.count == children.count || !fields.has("rates") else {
      throw fields.error(
        "rates", found: "\(rates.count) rates", expected: "\(children.count), one a level as in 'children'")
    }
    try self.init(
      levels: children.indices.map {
        Level(
          children: children[$0], parents: lists[0][$0], parallel: lists[1][$0],
          rate: rates[rates.count > 1 ? $0 : 0])
      }, switchPorts: fields.optionalPorts(), timing: fields.timing())
  }
}

extension Fields {
  /// A list of rates.
  fileprivate func rates(_ name: String) throws -> [Bandwidth] {
    let expected = "a list of rates such as [400 Gbit/s, 800 Gbit/s]"
    return try list(name, expected: expected).map { node in
      guard case .scalar(let scalar) = node else {
        throw error(name, found: node.summary, expected: expected)
      }
      do {
        return try Bandwidth(parsing: scalar.string)
      } catch {
        throw self.error(name, found: scalar.string.quoted, expected: expected)
      }
    }
  }
}

extension LeafSpine: FileBuilder {
  init(_ fields: Fields) throws {
    try fields.check(own: [
      "leaves", "hosts-per-leaf", "spines", "uplinks-per-spine", "oversubscription", "host-rate",
      "uplink-rate",
      "pods", "cores", "uplinks-per-core", "spine-oversubscription", "core-rate", "switch-ports",
    ])
    let (leaves, hostsPerLeaf) = (try fields.count("leaves"), try fields.count("hosts-per-leaf"))
    let spines = try fields.count("spines")
    let (hostRate, uplinkRate) = (try fields.rate("host-rate"), try fields.rate("uplink-rate"))
    for (count, name) in [(leaves, "leaves"), (hostsPerLeaf, "hosts-per-leaf"), (spines, "spines")] {
      try require(count, of: name, in: 1...65_536)
    }
    let uplinks = try fields.parallel(
      "uplinks-per-spine", or: "oversubscription", below: Double(hostsPerLeaf) * hostRate.bytesPerSecond,
      step: Double(spines) * uplinkRate.bytesPerSecond,
      what: "a leaf the same whole number of uplinks to each spine")
    var cores: Cores?
    let third = ["pods", "cores", "uplinks-per-core", "spine-oversubscription", "core-rate"]
    if third.contains(where: fields.has) {
      let (pods, count) = (try fields.count("pods"), try fields.count("cores"))
      let rate = try fields.optionalRate("core-rate") ?? uplinkRate
      let perSpine = try Self.coresPerSpine(cores: count, spines: spines)
      let parallel = try fields.parallel(
        "uplinks-per-core", or: "spine-oversubscription",
        below: Double(leaves * uplinks) * uplinkRate.bytesPerSecond,
        step: Double(perSpine) * rate.bytesPerSecond,
        what: "a spine the same whole number of uplinks to each of its \(perSpine) cores")
      cores = Cores(pods: pods, count: count, uplinksPerCore: parallel, rate: rate)
    }
    try self.init(
      leaves: leaves, hostsPerLeaf: hostsPerLeaf, spines: spines, uplinksPerSpine: uplinks,
      hostRate: hostRate,
      uplinkRate: uplinkRate, cores: cores, switchPorts: fields.optionalPorts(), timing: fields.timing())
  }
}

extension Fields {
  /// Parallel links, as a number or by the oversubscription that they give; 1 where neither is said.
  fileprivate func parallel(
    _ count: String, or oversubscription: String, below: Double, step: Double, what: String
  ) throws -> Int {
    guard let ratio = try optionalRatio(oversubscription) else {
      let links = try optionalCount(count) ?? 1
      try require(links, of: count, in: Tree.parallelLinks)
      return links
    }
    guard !has(count) else {
      throw error(
        oversubscription, found: "'\(count)' too",
        expected: "one of the two, since each follows from the other")
    }
    return try Oversubscription(ratio: ratio, field: oversubscription).steps(
      below: below, step: step, what: what)
  }
}

extension FatTree: FileBuilder {
  init(_ fields: Fields) throws {
    try fields.check(own: ["k", "rate"])
    let k = try fields.count("k")
    let breakout = try fields.cables().breakout
    // What is no number of ports at all is refused with the number as it stands.
    try self.init(
      k: (0...128).contains(k) ? k * breakout : k, rate: fields.rate("rate"), timing: fields.timing())
  }
}

extension RailOptimized: FileBuilder {
  /// The fields of the network above hosts in scalable units.
  fileprivate static let network = [
    "hosts-per-unit", "nics-per-host", "planes", "tiers", "switch-ports", "spines", "oversubscription",
    "spine-oversubscription", "rate", "nvlink-rate", "nvlink-latency",
  ]

  init(_ fields: Fields) throws {
    try fields.check(own: ["hosts", "gpus-per-host"] + Self.network)
    try self.init(fields, hosts: fields.count("hosts"), gpusPerHost: fields.count("gpus-per-host"))
  }

  fileprivate init(_ fields: Fields, hosts: Int, gpusPerHost: Int, hostsPerDomain: Int = 1) throws {
    try self.init(
      Hosts(
        count: hosts, gpusPerHost: gpusPerHost, perUnit: fields.count("hosts-per-unit"),
        perDomain: hostsPerDomain,
        nicsPerGPU: fields.nicsPerGPU(of: gpusPerHost)),
      below: Switches(
        planes: fields.optionalCount("planes") ?? 1, tiers: fields.optionalCount("tiers") ?? 2,
        ports: fields.optionalPorts(), spines: fields.optionalCount("spines"),
        leafOversubscription: fields.optionalRatio("oversubscription"),
        spineOversubscription: fields.optionalRatio("spine-oversubscription")),
      rate: fields.rate("rate"), nvLink: fields.nvLink(), timing: fields.timing())
  }
}

extension RailOnly: FileBuilder {
  init(_ fields: Fields) throws {
    try fields.check(own: [
      "hosts", "gpus-per-host", "hosts-per-unit", "nics-per-host", "planes", "switch-ports", "uplinks",
      "uplink-rate",
      "rate", "nvlink-rate", "nvlink-latency",
    ])
    let (hosts, gpus) = (try fields.count("hosts"), try fields.count("gpus-per-host"))
    let rate = try fields.rate("rate")
    try self.init(
      RailOptimized.Hosts(
        count: hosts, gpusPerHost: gpus, perUnit: fields.optionalCount("hosts-per-unit") ?? hosts,
        nicsPerGPU: fields.nicsPerGPU(of: gpus)),
      planes: fields.optionalCount("planes") ?? 1, switchPorts: fields.optionalPorts(),
      uplinks: fields.optionalCount("uplinks"), rate: rate,
      uplinkRate: fields.optionalRate("uplink-rate") ?? rate, nvLink: fields.nvLink(), timing: fields.timing()
    )
  }
}

extension SuperPOD: FileBuilder {
  init(_ fields: Fields) throws {
    try fields.check(own: ["model", "units", "hosts", "nvlink-latency"])
    let names = Model.allCases.map(\.rawValue)
    let text = try fields.text("model", expected: "one of \(names.joined(separator: ", "))")
    guard let model = Model(rawValue: text) else {
      let nearest = nearestName(to: text, among: names).map { "'\($0)', or another " } ?? ""
      throw fields.error(
        "model", found: text.quoted, expected: "\(nearest)one of \(names.joined(separator: ", "))")
    }
    try self.init(
      model: model, units: fields.count("units"), hosts: fields.optionalCount("hosts"),
      nvLinkLatency: fields.time("nvlink-latency"), timing: fields.timing())
  }
}

extension HPN: FileBuilder {
  init(_ fields: Fields) throws {
    try fields.check(own: [
      "pods", "segments", "hosts-per-segment", "aggregation-switches", "core-uplinks", "nvlink-rate",
      "nvlink-latency",
    ])
    try self.init(
      pods: fields.optionalCount("pods") ?? 1, segments: fields.optionalCount("segments") ?? 15,
      hostsPerSegment: fields.optionalCount("hosts-per-segment") ?? 128,
      aggregation: fields.optionalCount("aggregation-switches") ?? 60,
      coreUplinks: fields.optionalCount("core-uplinks") ?? 8, nvLink: fields.nvLink(), timing: fields.timing()
    )
  }
}

extension MultiPlane: FileBuilder {
  init(_ fields: Fields) throws {
    try fields.check(own: [
      "hosts", "gpus-per-host", "planes", "planes-per-gpu", "links-per-plane", "switch-ports",
      "oversubscription",
      "rate", "nvlink-rate", "nvlink-latency",
    ])
    let planes = try fields.count("planes")
    try self.init(
      Hosts(
        count: fields.count("hosts"), gpusPerHost: fields.count("gpus-per-host"),
        planesPerGPU: fields.optionalCount("planes-per-gpu") ?? planes,
        linksPerPlane: fields.optionalCount("links-per-plane") ?? 1),
      planes: planes, switchPorts: fields.ports(),
      oversubscription: fields.optionalRatio("oversubscription") ?? 1, rate: fields.rate("rate"),
      nvLink: fields.nvLink(), timing: fields.timing())
  }
}

extension MetaRoCE: FileBuilder {
  init(_ fields: Fields) throws {
    try fields.check(own: [
      "pods", "racks-per-pod", "hosts-per-rack", "gpus-per-host", "cluster-switches", "aggregation-switches",
      "oversubscription", "rate", "nvlink-rate", "nvlink-latency",
    ])
    let published = Pods()
    try self.init(
      pods: Pods(
        count: fields.optionalCount("pods") ?? published.count,
        racks: fields.optionalCount("racks-per-pod") ?? published.racks,
        hostsPerRack: fields.optionalCount("hosts-per-rack") ?? published.hostsPerRack,
        gpusPerHost: fields.optionalCount("gpus-per-host") ?? published.gpusPerHost),
      clusterSwitches: fields.optionalCount("cluster-switches"),
      aggregationSwitches: fields.optionalCount("aggregation-switches"),
      oversubscription: fields.optionalRatio("oversubscription") ?? 7,
      rate: fields.optionalRate("rate") ?? .gigabits(400), nvLink: fields.nvLink(), timing: fields.timing())
  }
}

extension DragonflyRates {
  fileprivate static let fields = ["rate", "local-rate", "global-rate", "global-latency"]

  fileprivate init(_ fields: Fields) throws(TopologyFileError) {
    let rate = try fields.rate("rate")
    self.init(
      host: rate, local: try fields.optionalRate("local-rate") ?? rate,
      global: try fields.optionalRate("global-rate") ?? rate,
      globalLatency: fields.has("global-latency") ? try fields.time("global-latency") : nil)
  }
}

extension Dragonfly: FileBuilder {
  init(_ fields: Fields) throws {
    try fields.check(
      own: ["hosts-per-router", "routers-per-group", "global-links", "groups", "switch-ports"]
        + DragonflyRates.fields)
    try self.init(
      hostsPerRouter: fields.count("hosts-per-router"), routersPerGroup: fields.count("routers-per-group"),
      globalLinks: fields.count("global-links"), groups: fields.optionalCount("groups"),
      switchPorts: fields.optionalPorts(), rates: DragonflyRates(fields), timing: fields.timing())
  }
}

extension DragonflyPlus: FileBuilder {
  init(_ fields: Fields) throws {
    try fields.check(
      own: [
        "leaves-per-group", "hosts-per-leaf", "spines-per-group", "uplinks-per-spine", "global-links",
        "groups",
        "switch-ports",
      ] + DragonflyRates.fields)
    try self.init(
      Group(
        leaves: fields.count("leaves-per-group"), hostsPerLeaf: fields.count("hosts-per-leaf"),
        spines: fields.count("spines-per-group"),
        uplinksPerSpine: fields.optionalCount("uplinks-per-spine") ?? 1,
        globalLinks: fields.count("global-links")),
      groups: fields.optionalCount("groups"), switchPorts: fields.optionalPorts(),
      rates: DragonflyRates(fields),
      timing: fields.timing())
  }
}

extension Torus: FileBuilder {
  init(_ fields: Fields) throws {
    try fields.check(own: ["dimensions", "rate", "host-rate"])
    try self.init(
      dimensions: fields.counts("dimensions"), rate: fields.rate("rate"),
      hostRate: fields.optionalRate("host-rate"),
      timing: fields.timing())
  }
}

extension NVLinkDomain: FileBuilder {
  init(_ fields: Fields) throws {
    try fields.check(own: ["domains", "hosts-per-domain", "gpus-per-host"] + RailOptimized.network)
    let hosts = try fields.optionalCount("hosts-per-domain") ?? 18
    let gpus = try fields.optionalCount("gpus-per-host") ?? 4
    let domains = try fields.optionalCount("domains") ?? 1
    try require(domains, of: "domains", in: 1...65_536)
    try require(hosts, of: "hosts-per-domain", in: 1...4_096)
    guard domains > 1 || fields.has("rate") else {
      let unused = RailOptimized.network.filter { !$0.hasPrefix("nvlink-") && fields.has($0) }
      guard unused.isEmpty else {
        throw fields.error(
          "domains", found: "one domain, and '\(unused[0])' of a network",
          expected: "'rate' too, or several domains, where there is to be a network")
      }
      try self.init(hosts: hosts, gpusPerHost: gpus, nvLink: fields.nvLink())
      return
    }
    try self.init(
      joinedBy: RailOptimized(fields, hosts: domains * hosts, gpusPerHost: gpus, hostsPerDomain: hosts))
  }
}
