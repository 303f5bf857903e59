import Quantities

// What each builder is called with in a topology file: the one place that spells parameters.

extension Fields {
  /// The two latencies that every builder of a network has.
  fileprivate func timing() throws(TopologyFileError) -> LinkTiming {
    LinkTiming(link: try time("link-latency"), throughSwitch: try time("switch-latency"))
  }

  /// Refuses fields outside of those that all builders share and `own`.
  fileprivate func check(own: [String]) throws(TopologyFileError) {
    try check(known: ["name", "builder"] + own + ["link-latency", "switch-latency"])
  }
}

extension SingleSwitch {
  init(_ fields: Fields) throws {
    try fields.check(own: ["hosts", "rate"])
    try self.init(hosts: fields.count("hosts"), rate: fields.rate("rate"), timing: fields.timing())
  }
}

extension LeafSpine {
  init(_ fields: Fields) throws {
    try fields.check(own: [
      "leaves", "hosts-per-leaf", "spines", "uplinks-per-spine", "oversubscription", "host-rate",
      "uplink-rate",
    ])
    let (hostsPerLeaf, spines) = (try fields.count("hosts-per-leaf"), try fields.count("spines"))
    let (hostRate, uplinkRate) = (try fields.rate("host-rate"), try fields.rate("uplink-rate"))
    var uplinksPerSpine = 1
    if fields.has("oversubscription") {
      guard !fields.has("uplinks-per-spine") else {
        throw fields.error(
          "oversubscription", found: "'uplinks-per-spine' too",
          expected: "one of the two, since each follows from the other")
      }
      try require(hostsPerLeaf, of: "hosts-per-leaf", in: 1...65_536)
      try require(spines, of: "spines", in: 1...65_536)
      uplinksPerSpine = try Self.uplinksPerSpine(
        oversubscription: fields.ratio("oversubscription"), hostsPerLeaf: hostsPerLeaf, spines: spines,
        hostRate: hostRate, uplinkRate: uplinkRate)
    } else if let count = try fields.optionalCount("uplinks-per-spine") {
      uplinksPerSpine = count
    }
    try self.init(
      leaves: fields.count("leaves"), hostsPerLeaf: hostsPerLeaf, spines: spines,
      uplinksPerSpine: uplinksPerSpine,
      hostRate: hostRate, uplinkRate: uplinkRate, timing: fields.timing())
  }
}

extension Fields {
  /// A ratio, written `4`, `1.5` or `4:1`.
  fileprivate func ratio(_ name: String) throws(TopologyFileError) -> Double {
    let expected = "a ratio above 0 such as 2, 1.5 or 4:1"
    let text = try text(name, expected: expected)
    let number = text.hasSuffix(":1") ? text.dropLast(2) : Substring(text)
    guard let ratio = Double(number), ratio.isFinite, ratio > 0 else {
      throw error(name, found: text.quoted, expected: expected)
    }
    return ratio
  }
}

extension FatTree {
  init(_ fields: Fields) throws {
    try fields.check(own: ["k", "rate"])
    try self.init(k: fields.count("k"), rate: fields.rate("rate"), timing: fields.timing())
  }
}

extension RailOptimized {
  init(_ fields: Fields) throws {
    try fields.check(own: [
      "hosts", "gpus-per-host", "hosts-per-unit", "switch-ports", "spines", "rate", "nvlink-rate",
      "nvlink-latency",
    ])
    try self.init(
      hosts: fields.count("hosts"), gpusPerHost: fields.count("gpus-per-host"),
      hostsPerUnit: fields.count("hosts-per-unit"), switchPorts: fields.optionalCount("switch-ports"),
      spines: fields.optionalCount("spines"), rate: fields.rate("rate"),
      nvLink: NVLink(rate: fields.rate("nvlink-rate"), latency: fields.time("nvlink-latency")),
      timing: fields.timing())
  }
}
