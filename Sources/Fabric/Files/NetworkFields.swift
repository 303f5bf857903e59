import Quantities
import Yams

// The fields that builders share, in a topology file.

extension Fields {
  /// What every file may have besides its builder's own fields.
  package static let failures = ["failed-links", "failed-switches"]

  /// What every builder of a network may have.
  private static let network = ["link-latency", "switch-latency", "cable-length", "medium", "breakout"]

  /// Refuses fields outside of those that all builders share and `own`.
  func check(own: [String]) throws(TopologyFileError) {
    try check(known: ["name", "builder"] + own + Self.network + Self.failures)
  }

  /// The two latencies that every builder of a network has; a cable's follows from its length where that is given.
  func timing() throws(TopologyFileError) -> LinkTiming {
    let metres = try cables().metres
    let link =
      if let metres, !has("link-latency") {
        // Light takes 5 ns for a metre of fibre.
        Time.seconds(metres * 5e-9)
      } else { try time("link-latency") }
    return LinkTiming(link: link, throughSwitch: try time("switch-latency"))
  }

  /// What cables are made of.
  ///
  /// - Parameter allowsNone: whether it may be no cable at all.
  package func medium(allowsNone: Bool = false) throws(TopologyFileError) -> CableType.Medium {
    let kinds = CableType.Medium.allCases.filter { allowsNone || $0 != .none }.map(\.rawValue)
    let expected = "one of \(kinds.joined(separator: ", "))"
    let text = try text("medium", expected: expected)
    guard kinds.contains(text), let medium = CableType.Medium(rawValue: text) else {
      throw error("medium", found: text.quoted, expected: expected)
    }
    return medium
  }

  /// What is said of all cables.
  func cables() throws(TopologyFileError) -> Cables {
    var cables = Cables()
    if has("medium") { cables.medium = try medium() }
    if has("cable-length") {
      let expected = "metres from 0 to 100000, as '30 m'"
      let text = try text("cable-length", expected: expected)
      let number = text.hasSuffix(" m") ? String(text.dropLast(2)) : ""
      guard let metres = Double(number), (0...100_000).contains(metres) else {
        throw error("cable-length", found: text.quoted, expected: expected)
      }
      cables.metres = metres
    }
    if let breakout = try optionalCount("breakout") {
      guard [1, 2, 4, 8].contains(breakout) else {
        throw error(
          "breakout", found: "\(breakout)", expected: "1, 2, 4 or 8 links that a port is divided into")
      }
      cables.breakout = breakout
    }
    return cables
  }

  /// A switch's ports at the rate in use: those of the field, divided by `breakout`.
  func ports(_ name: String = "switch-ports") throws(TopologyFileError) -> Int {
    let (count, breakout) = (try count(name), try cables().breakout)
    guard (1...65_536).contains(count) else {
      throw error(name, found: "\(count)", expected: "a whole number from 1 to 65536")
    }
    return count * breakout
  }

  /// The same, or nil where the field is missing.
  func optionalPorts(_ name: String = "switch-ports") throws(TopologyFileError) -> Int? {
    has(name) ? try ports(name) : nil
  }

  /// A ratio, written `4`, `1.5` or `4:1`; nil where the field is missing.
  func optionalRatio(_ name: String) throws(TopologyFileError) -> Double? {
    guard has(name) else { return nil }
    let expected = "a ratio above 0 such as 2, 1.5 or 4:1"
    let text = try text(name, expected: expected)
    let number = text.hasSuffix(":1") ? text.dropLast(2) : Substring(text)
    guard let ratio = Double(number), ratio.isFinite, ratio > 0 else {
      throw error(name, found: text.quoted, expected: expected)
    }
    return ratio
  }

  /// A rate, or nil where the field is missing.
  func optionalRate(_ name: String) throws(TopologyFileError) -> Bandwidth? {
    has(name) ? try rate(name) : nil
  }

  /// A list of whole numbers.
  func counts(_ name: String) throws(TopologyFileError) -> [Int] {
    let expected = "a list of whole numbers such as [4, 4]"
    var counts = [Int]()
    for node in try list(name, expected: expected) {
      guard case .scalar(let scalar) = node, let count = Int(scalar.string) else {
        throw error(name, found: "\(node.summary) in it", expected: expected)
      }
      counts.append(count)
    }
    return counts
  }

  /// A GPU's link to an NVSwitch.
  func nvLink() throws(TopologyFileError) -> Fabric.NVLink {
    Fabric.NVLink(rate: try rate("nvlink-rate"), latency: try time("nvlink-latency"))
  }

  /// NICs of each GPU: of a host, a whole number a GPU; one where the field is missing.
  func nicsPerGPU(of gpus: Int) throws -> Int {
    guard let nics = try optionalCount("nics-per-host") else { return 1 }
    guard gpus > 0, nics > 0, nics.isMultiple(of: gpus) else {
      let below = max(0, nics) / max(1, gpus) * gpus
      throw FabricError.rule(
        "nics-per-host", found: nics, expected: "a multiple of gpus-per-host (\(gpus)): each GPU has as many",
        nearest: [below, below + gpus].filter { $0 > 0 })
    }
    return nics / gpus
  }
}

// MARK: - What has failed

extension Fields {
  /// The fabric without the switches and links that the file says have failed.
  package func withoutFailures(_ fabric: Fabric) throws(TopologyFileError) -> Fabric {
    let present = Self.failures.filter { has($0) }
    guard let field = present.last else { return fabric }
    let switches = try failedSwitches(of: fabric)
    let links = try failedLinks(of: fabric)
    do {
      return try fabric.without(nodes: switches, links: links)
    } catch {
      throw self.error(FabricError(.parameter(field), "without what has failed, \(error.description)"))
    }
  }

  private func names(_ field: String) throws(TopologyFileError) -> [(text: String, line: Int)] {
    has(field) ? try words(field, expected: "a list of names such as [spine0]") : []
  }

  private func failedSwitches(of fabric: Fabric) throws(TopologyFileError) -> Set<Int> {
    let field = "failed-switches"
    let names = try names(field)
    guard !names.isEmpty else { return [] }
    let wanted = Set(names.map(\.text))
    let found = fabric.nodes.indices.filter { wanted.contains(fabric.nodes[$0].id) }
    let known = Set(found.filter { fabric.nodes[$0].kind != .endpoint }.map { fabric.nodes[$0].id })
    if let wrong = names.first(where: { !known.contains($0.text) }) {
      let switches = fabric.nodes.lazy.filter { $0.kind != .endpoint }.map(\.id)
      let nearest = nearestName(to: wrong.text, among: switches).map { " such as \($0.quoted)" } ?? ""
      throw TopologyFileError(
        path: path, line: wrong.line,
        "field '\(field)': found \(wrong.text.quoted), expected the name of a switch\(nearest)")
    }
    return Set(found)
  }

  private func failedLinks(of fabric: Fabric) throws(TopologyFileError) -> Set<Int> {
    let field = "failed-links"
    let names = try names(field)
    guard !names.isEmpty else { return [] }
    let wanted = Set(names.map(\.text))
    var found = [String: Int]()
    for index in fabric.links.indices {
      let name = fabric.name(ofLink: index)
      if wanted.contains(name) { found[name] = index }
    }
    if let wrong = names.first(where: { found[$0.text] == nil }) {
      let example = fabric.links.isEmpty ? "" : " such as \(fabric.name(ofLink: 0).quoted)"
      throw TopologyFileError(
        path: path, line: wrong.line,
        "field '\(field)': found \(wrong.text.quoted), expected the name of a link, FROM>TO\(example)")
    }
    return Set(found.values)
  }
}
