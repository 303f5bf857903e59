import Fabric
import Quantities

extension Model {
  private static let common = ["name", "source", "layers", "hidden"]
  private static let decoderFields = [
    "heads", "key-value-heads", "head-width", "latent", "feed-forward", "gated", "biases", "vocabulary",
    "positions", "tied", "experts",
  ]

  /// Reads the field `model` of a workload: a preset's name, or a shape.
  init(from fields: Fields) throws(TopologyFileError) {
    guard try fields.isMapping("model") else {
      let names = Self.presets.map(\.name)
      let name = try fields.text("model", expected: "one of \(names.joined(separator: ", ")), or a mapping")
      guard let preset = Self.preset(name) else {
        let nearest = nearestName(to: name, among: names).map { "'\($0)', or another of " } ?? "one of "
        throw fields.error(
          "model", found: name.quoted, expected: "\(nearest)\(names.joined(separator: ", ")), or a mapping")
      }
      self = preset
      return
    }
    let entry = try fields.entry(
      "model", known: Self.common + ["parameters"] + Self.decoderFields,
      what: "a preset's name, or 'layers', 'hidden' and others")
    let layers = try entry.size("layers", upTo: 1_024)
    let hidden = try entry.size("hidden", upTo: 1 << 20)
    let body: Body
    if entry.has("parameters") {
      for name in Self.decoderFields where entry.has(name) {
        throw entry.error(
          name, found: "'parameters' too",
          expected: "one of the two, since parameters follow from a whole shape")
      }
      let expected = "how many there are, from 1e6 to \(Self.mostParameters.significant()) such as 13e9"
      let number = try entry.number("parameters", expected: expected) {
        (1e6...Self.mostParameters).contains($0)
      }
      body = .count(Int(number.rounded()))
    } else {
      body = .decoder(try Decoder(from: entry, hidden: hidden, layers: layers))
    }
    self.init(
      name: entry.has("name") ? try entry.name("name", expected: "the model's name") : "unnamed",
      source: entry.has("source")
        ? try entry.name("source", expected: "where its shape was read") : fields.path,
      layers: layers, hidden: hidden, body: body)
    // Whole numbers could not hold the sum of any sizes.
    let weights = (0..<layers).flatMap { self.weights(ofLayer: $0) } + embedding + head
    let parameters = weights.reduce(0.0) { $0 + Double($1.elements) * Double($1.copies) }
    guard parameters <= Self.mostParameters else {
      throw fields.error(
        "model", found: "a shape of \(parameters.significant()) parameters",
        expected: "at most \(Self.mostParameters.significant())")
    }
  }

  private static let mostParameters = 1e15
}

extension Decoder {
  fileprivate init(from entry: Fields, hidden: Int, layers: Int) throws(TopologyFileError) {
    let experts = try Experts(from: entry, layers: layers)
    let isMixture = experts.map { $0.denseLayers == 0 } ?? false
    self.init(
      attention: try Attention(from: entry, hidden: hidden),
      feedForward: isMixture && !entry.has("feed-forward")
        ? experts?.width ?? hidden : try entry.width("feed-forward"),
      isGated: try entry.flag("gated", default: true), hasBiases: try entry.flag("biases", default: false),
      vocabulary: try entry.width("vocabulary"),
      positions: try entry.has("positions") ? entry.width("positions") : 0,
      tiesEmbeddings: try entry.flag("tied", default: false), experts: experts)
  }
}

extension Attention {
  fileprivate init(from entry: Fields, hidden: Int) throws(TopologyFileError) {
    let heads = try entry.size("heads", upTo: 1 << 14)
    if entry.has("latent") {
      for name in ["key-value-heads", "head-width"] where entry.has(name) {
        throw entry.error(name, found: "'latent' too", expected: "one of the two")
      }
      let known = ["query", "key-value", "content", "rotary", "value"]
      let latent = try entry.entry("latent", known: known, what: "widths: \(known.joined(separator: ", "))")
      func width(_ name: String) throws(TopologyFileError) -> Int { try latent.size(name, upTo: 1 << 16) }
      self = .latent(
        heads: heads, queryRank: try width("query"), keyValueRank: try width("key-value"),
        content: try width("content"), rotary: try width("rotary"), value: try width("value"))
      return
    }
    let keyValueHeads = try entry.has("key-value-heads") ? entry.size("key-value-heads", upTo: heads) : heads
    guard heads % keyValueHeads == 0 else {
      throw entry.error(
        "key-value-heads", found: "\(keyValueHeads)", expected: "a divisor of the model's \(heads) heads")
    }
    guard entry.has("head-width") || hidden % heads == 0 else {
      throw entry.error(
        "heads", found: "\(heads)", expected: "a divisor of hidden \(hidden), or 'head-width' beside it")
    }
    self = .grouped(
      heads: heads, keyValueHeads: keyValueHeads,
      width: try entry.has("head-width") ? entry.size("head-width", upTo: 1 << 16) : hidden / heads)
  }
}

extension Experts {
  fileprivate init?(from entry: Fields, layers: Int) throws(TopologyFileError) {
    guard entry.has("experts") else { return nil }
    let known = ["count", "active", "width", "shared-width", "dense-layers"]
    let fields = try entry.entry("experts", known: known, what: "'count', 'active', 'width' and others")
    let (count, active) = (try fields.size("count", upTo: 1_024), try fields.size("active", upTo: 1_024))
    guard active <= count else {
      throw fields.error("active", found: "\(active)", expected: "at most the layer's \(count) experts")
    }
    let dense = try fields.whole("dense-layers", in: 0...layers - 1, default: 0)
    self.init(
      count: count, active: active, width: try fields.width("width"),
      sharedWidth: try fields.has("shared-width") ? fields.width("shared-width") : 0, denseLayers: dense)
  }
}

extension Fields {
  /// A width of a shape, bounded so that products of two are far from overflow.
  fileprivate func width(_ name: String) throws(TopologyFileError) -> Int { try size(name, upTo: 1 << 24) }
}
