import Collectives
package import Fabric
import Quantities

/// The file's format is documented in `docs/training.md`.
extension Workload {
  private static let fields = [
    "name", "model", "parallelism", "precision", "gradients", "sequence-length", "microbatch", "microbatches",
    "global-batch", "buckets", "recomputation", "compute", "algorithms", "prefetch", "overlap",
    "overlap-gather", "jitter", "tokens", "failures", "power", "gpu",
  ]

  /// Reads a workload's file.
  ///
  /// - Throws: ``TopologyFileError`` with file, line, field, what was found and what was expected.
  package init(contentsOf path: String) throws(TopologyFileError) {
    try self.init(parsing: BoundedFile.text(at: path, limit: Document.sizeLimit), path: path)
  }

  /// Reads the text of such a file.
  package init(parsing text: String, path: String = "workload") throws(TopologyFileError) {
    let fields = try Fields(
      parsing: text, path: path, known: Self.fields,
      what: "the fields 'name', 'model', 'parallelism', 'compute' and others")
    (self.text, self.path) = (text, path)
    name = try fields.name("name", expected: "the workload's name")
    model = try Model(from: fields)
    precision = try fields.optional("precision", default: .bfloat16)
    gradientPrecision = try fields.optional("gradients", default: precision)
    sequenceLength = try fields.size("sequence-length", upTo: 1 << 26)
    microbatchSize = try fields.size("microbatch", upTo: 1 << 16, default: 1)
    batch = try Self.batch(fields)
    batchLine = fields.line(of: fields.has("global-batch") ? "global-batch" : "microbatches")
    parallelism = try Parallelism(from: fields, model: model, sequenceLength: sequenceLength)
    parallelismLine = fields.line(of: "parallelism")
    buckets = try Self.bucketSizes(fields)
    recomputation = try fields.optional("recomputation", default: .none)
    compute = try ComputeSource(from: fields)
    algorithms = try Self.algorithms(fields)
    prefetch = try fields.whole("prefetch", in: 0...1_024, default: 1)
    overlapsReduction = try fields.flag("overlap", default: true)
    overlapsGather = try fields.flag("overlap-gather", default: false)
    jitter = try ComputeJitter(from: fields)
    tokens =
      fields.has("tokens")
      ? try fields.number("tokens", expected: "a number above zero such as 15e12") { $0 > 0 && $0.isFinite }
      : nil
    failures = try Failures(from: fields)
    power = try GPUPower(from: fields)
    gpuLine = fields.line(of: "gpu")
    gpu =
      fields.has("gpu")
      ? try fields.name("gpu", expected: "a GPU as the price list calls it, such as H100") : nil
    try checkActivations(fields)
  }

  /// Refuses activations of a microbatch that no memory holds, and no whole number of bytes either.
  private func checkActivations(_ fields: Fields) throws(TopologyFileError) {
    let copies = model.experts(ofLayer: model.layers - 1)?.active ?? 1
    let width = max(Double(model.hidden) * Double(copies), Double(model.keyValueWidth))
    let bytes = Double(microbatchSize) * Double(sequenceLength) * width * Double(precision.bytes)
    guard bytes <= 0x1p50 else {
      throw fields.error(
        fields.has("microbatch") ? "microbatch" : "sequence-length",
        found: "\(bytes.significant()) bytes for a microbatch between two layers",
        expected: "at most 1024 TiB")
    }
  }

  private static func batch(_ fields: Fields) throws(TopologyFileError) -> Batch {
    guard fields.has("global-batch") else {
      return .microbatches(try fields.size("microbatches", upTo: mostMicrobatches, default: 1))
    }
    guard !fields.has("microbatches") else {
      throw fields.error(
        "global-batch", found: "'microbatches' too",
        expected: "one of the two, since either follows from the other")
    }
    return .global(try fields.size("global-batch", upTo: 1 << 30))
  }

  private static func bucketSizes(_ fields: Fields) throws(TopologyFileError) -> BucketSizes {
    var sizes = BucketSizes.pyTorch
    guard fields.has("buckets") else { return sizes }
    let entry = try fields.entry("buckets", known: ["size", "first"], what: "'size' and 'first'")
    func size(_ name: String) throws(TopologyFileError) -> ByteCount {
      let size = try entry.quantity(name, expected: "a size such as 25MiB") {
        text throws(QuantityError) in try ByteCount(parsing: text)
      }
      guard size.bytes > 0 else {
        throw entry.error(name, found: "0", expected: "a size of 1 byte or more such as 25MiB")
      }
      return size
    }
    if entry.has("size") { sizes.rest = try size("size") }
    sizes.first = try entry.has("first") ? size("first") : min(sizes.first, sizes.rest)
    return sizes
  }

  private static func algorithms(_ fields: Fields) throws(TopologyFileError) -> Algorithms {
    var algorithms = Algorithms()
    guard fields.has("algorithms") else { return algorithms }
    let kinds = ["data", "tensor", "context", "expert"]
    let entry = try fields.entry(
      "algorithms", known: kinds, what: "one or more of \(kinds.joined(separator: ", "))")
    func algorithm(
      _ name: String, serving collectives: [Collective], default known: Algorithm
    ) throws(TopologyFileError) -> Algorithm {
      let algorithm = try entry.optional(name, default: known)
      guard collectives.allSatisfy({ algorithm.serves($0) }) else {
        let right = Algorithm.allCases.filter { one in collectives.allSatisfy { one.serves($0) } }
        throw entry.error(
          name, found: algorithm.rawValue.quoted,
          expected: "one of \(right.map(\.rawValue).joined(separator: ", "))")
      }
      return algorithm
    }
    let reducing: [Collective] = [.allReduce, .allGather, .reduceScatter]
    algorithms.data = try algorithm("data", serving: reducing, default: algorithms.data)
    algorithms.tensor = try algorithm("tensor", serving: reducing, default: algorithms.tensor)
    algorithms.context = try algorithm("context", serving: reducing, default: algorithms.context)
    algorithms.expert = try algorithm("expert", serving: [.allToAll], default: algorithms.expert)
    return algorithms
  }
}

extension ComputeSource {
  fileprivate init(from fields: Fields) throws(TopologyFileError) {
    let known = ["rate", "mfu", "forward", "backward", "head"]
    let what = "'rate' and 'mfu', or 'forward', 'backward' and 'head'"
    let entry = try fields.entry("compute", known: known, what: what)
    let isRate = entry.has("rate") || entry.has("mfu")
    for name in isRate ? ["forward", "backward", "head"] : [] where entry.has(name) {
      throw entry.error(name, found: "a time beside 'rate' or 'mfu'", expected: what)
    }
    guard !isRate else {
      let rate = try entry.quantity("rate", expected: "a rate such as 989 TFLOP/s") {
        text throws(QuantityError) in try ComputeRate(parsing: text)
      }
      self = .rate(
        rate,
        utilisation: try entry.number("mfu", expected: "a share above 0 and up to 1 such as 0.45") {
          $0 > 0 && $0 <= 1
        })
      return
    }
    func time(_ name: String) throws(TopologyFileError) -> Time {
      try entry.quantity(name, expected: "a time such as 1.2 ms") {
        text throws(QuantityError) in try Time(parsing: text)
      }
    }
    self = .measured(
      forward: try time("forward"), backward: try time("backward"),
      head: entry.has("head") ? try time("head") : .zero)
  }
}

extension ComputeJitter {
  fileprivate init?(from fields: Fields) throws(TopologyFileError) {
    guard fields.has("jitter") else { return nil }
    let entry = try fields.entry("jitter", known: ["law", "variation"], what: "'law' and 'variation'")
    self.init(
      law: try entry.one("law"),
      variation: try entry.number(
        "variation", expected: "standard deviation over mean, from 0 to 1 such as 0.01"
      ) { (0...1).contains($0) })
  }
}

extension Failures {
  fileprivate init?(from fields: Fields) throws(TopologyFileError) {
    guard fields.has("failures") else { return nil }
    let known = ["gpu-mttf", "checkpoint", "restart"]
    let entry = try fields.entry("failures", known: known, what: "'gpu-mttf', 'checkpoint' and 'restart'")
    func time(_ name: String) throws(TopologyFileError) -> LongTime {
      let expected = "a time above zero such as 60 s or 50000 h"
      let time = try entry.quantity(name, expected: expected) {
        text throws(QuantityError) in try LongTime(parsing: text)
      }
      guard time.seconds > 0 else { throw entry.error(name, found: "0", expected: expected) }
      return time
    }
    self.init(
      gpuMeanTime: try time("gpu-mttf"), checkpoint: try time("checkpoint"), restart: try time("restart"))
  }
}

extension GPUPower {
  fileprivate init?(from fields: Fields) throws(TopologyFileError) {
    guard fields.has("power") else { return nil }
    let known = ["computing", "waiting", "pue"]
    let entry = try fields.entry("power", known: known, what: "'computing', 'waiting' and 'pue'")
    func power(_ name: String) throws(TopologyFileError) -> Power {
      try entry.quantity(name, expected: "a power such as 700 W") {
        text throws(QuantityError) in try Power(parsing: text)
      }
    }
    self.init(
      computing: try power("computing"), waiting: try power("waiting"),
      effectiveness: entry.has("pue")
        ? try entry.number("pue", expected: "power usage effectiveness, from 1 to 10") {
          (1...10).contains($0)
        }
        : 1)
  }
}
