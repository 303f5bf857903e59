extension Model {
  /// Models whose shape was published, by name.
  package static let presets: [Model] = [
    Model(
      name: "llama-2-7b",
      source: "Touvron et al., \"Llama 2\", arXiv:2307.09288; config.json of meta-llama/Llama-2-7b",
      layers: 32, hidden: 4_096,
      body: .decoder(
        Decoder(
          attention: .grouped(heads: 32, keyValueHeads: 32, width: 128), feedForward: 11_008,
          vocabulary: 32_000))),
    Model(
      name: "llama-2-70b",
      source: "Touvron et al., \"Llama 2\", arXiv:2307.09288; config.json of meta-llama/Llama-2-70b",
      layers: 80,
      hidden: 8_192,
      body: .decoder(
        Decoder(
          attention: .grouped(heads: 64, keyValueHeads: 8, width: 128), feedForward: 28_672,
          vocabulary: 32_000))),
    Model(
      name: "llama-3-70b", source: "\"The Llama 3 Herd of Models\", arXiv:2407.21783, table 3", layers: 80,
      hidden: 8_192,
      body: .decoder(
        Decoder(
          attention: .grouped(heads: 64, keyValueHeads: 8, width: 128), feedForward: 28_672,
          vocabulary: 128_256))),
    Model(
      name: "llama-3-405b", source: "\"The Llama 3 Herd of Models\", arXiv:2407.21783, table 3", layers: 126,
      hidden: 16_384,
      body: .decoder(
        Decoder(
          attention: .grouped(heads: 128, keyValueHeads: 8, width: 128), feedForward: 53_248,
          vocabulary: 128_256))),
    Model(
      name: "gpt-3-175b",
      source: "Brown et al., \"Language Models are Few-Shot Learners\", arXiv:2005.14165, table 2.1",
      layers: 96,
      hidden: 12_288,
      body: .decoder(
        Decoder(
          attention: .grouped(heads: 96, keyValueHeads: 96, width: 128), feedForward: 49_152, isGated: false,
          hasBiases: true, vocabulary: 50_257, positions: 2_048, tiesEmbeddings: true))),
    Model(
      name: "mixtral-8x7b", source: "Jiang et al., \"Mixtral of Experts\", arXiv:2401.04088, table 1",
      layers: 32,
      hidden: 4_096,
      body: .decoder(
        Decoder(
          attention: .grouped(heads: 32, keyValueHeads: 8, width: 128), feedForward: 14_336,
          vocabulary: 32_000, experts: Experts(count: 8, active: 2, width: 14_336)))),
    Model(
      name: "deepseek-v3",
      source:
        "\"DeepSeek-V3 Technical Report\", arXiv:2412.19437, section 4.2; without the extra prediction module",
      layers: 61, hidden: 7_168,
      body: .decoder(
        Decoder(
          attention: .latent(
            heads: 128, queryRank: 1_536, keyValueRank: 512, content: 128, rotary: 64, value: 128),
          feedForward: 18_432, vocabulary: 129_280,
          experts: Experts(count: 256, active: 8, width: 2_048, sharedWidth: 2_048, denseLayers: 3)))),
  ]

  /// The preset of that name.
  package static func preset(_ name: String) -> Model? { presets.first { $0.name == name } }
}
