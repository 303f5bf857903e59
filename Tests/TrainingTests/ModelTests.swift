import Testing
import Training

@Suite("Model")
struct ModelTests {
  /// Counts that the papers, or the sum over a published checkpoint's tensors, give.
  @Test(
    "A preset has the published number of parameters",
    arguments: [
      ("llama-2-7b", 6_738_415_616), ("llama-2-70b", 68_976_648_192), ("llama-3-70b", 70_553_706_496),
      ("llama-3-405b", 405_853_388_800), ("mixtral-8x7b", 46_702_792_704),
    ])
  func presets(name: String, published: Int) throws {
    #expect(try #require(Model.preset(name)).parameters == published)
  }

  @Test("GPT-3 has the 174,600 million parameters of its paper's table D.1")
  func gpt3() throws {
    let parameters = try #require(Model.preset("gpt-3-175b")).parameters
    #expect(abs(Double(parameters) - 174_600e6) < 50e6)
  }

  @Test("Mixtral uses 13 of its 47 billion parameters for a token")
  func mixtral() throws {
    let model = try #require(Model.preset("mixtral-8x7b"))
    #expect(abs(Double(model.activeParameters) - 12.9e9) < 0.05e9)
    // 32 layers of 8 experts of three matrices.
    let experts = (0..<32).reduce(0) { $0 + model.parameters(ofLayer: $1).experts }
    #expect(experts == 32 * 8 * 3 * 4_096 * 14_336)
  }

  @Test("DeepSeek-V3 has 671 billion parameters, and 37 billion for a token")
  func deepSeek() throws {
    let model = try #require(Model.preset("deepseek-v3"))
    #expect(abs(Double(model.parameters) - 671e9) < 0.5e9)
    // The published count lies between those with and without the embedding, of which a token reads one row.
    let table = model.embedding.reduce(0) { $0 + $1.parameters }
    #expect((model.activeParameters - table...model.activeParameters).contains(37_000_000_000))
    #expect(model.experts(ofLayer: 2) == nil && model.experts(ofLayer: 3) != nil)
  }

  /// MosaicML counts the parameters that its MPT models have in memory; none of them was a source of the
  /// formula.
  @Test(
    "MPT models have the numbers of parameters that their benchmark gives",
    arguments: [
      (32, 4_096, 32, 6_658_859_008), (40, 5_120, 40, 12_853_954_560), (48, 7_168, 56, 29_975_214_080),
      (80, 8_192, 64, 64_862_437_376),
    ])
  func mpt(layers: Int, hidden: Int, heads: Int, published: Int) {
    #expect(Self.mpt(layers: layers, hidden: hidden, heads: heads).parameters == published)
  }

  /// MPT with a sequence of 2,048 tokens.
  ///
  /// Source: mosaicml/llm-foundry, `scripts/train/benchmarking/README.md` and its configurations.
  static func mpt(layers: Int, hidden: Int, heads: Int) -> Model {
    Model(
      name: "mpt", source: "llm-foundry", layers: layers, hidden: hidden,
      body: .decoder(
        Decoder(
          attention: .grouped(heads: heads, keyValueHeads: heads, width: hidden / heads),
          feedForward: 4 * hidden, isGated: false, hasBiases: true, vocabulary: 50_368, positions: 2_048,
          tiesEmbeddings: true)))
  }

  @Test("A layer's parts are its weights, and layers with the ends the whole", arguments: Model.presets)
  func parts(model: Model) {
    let layers = (0..<model.layers).reduce(0) { sum, layer in
      let parts = model.parameters(ofLayer: layer)
      #expect(parts.experts + parts.others == model.weights(ofLayer: layer).reduce(0) { $0 + $1.parameters })
      return sum + parts.experts + parts.others
    }
    #expect(layers + (model.embedding + model.head).reduce(0) { $0 + $1.parameters } == model.parameters)
    #expect(model.activeParameters <= model.parameters)
  }

  @Test(
    "A mere count is spread over the layers without loss",
    arguments: [13_000_000_007, 41, 5_120 * 5_120 * 40])
  func count(parameters: Int) {
    let model = Model(name: "count", source: "", layers: 40, hidden: 5_120, body: .count(parameters))
    #expect(model.parameters == parameters && model.activeParameters == parameters)
    let sizes = (0..<40).map { model.parameters(ofLayer: $0).others }
    #expect(sizes.allSatisfy { (parameters / 40...parameters / 40 + 1).contains($0) })
    #expect(model.operations(ofLayer: 0).contains(.scores))
  }
}
