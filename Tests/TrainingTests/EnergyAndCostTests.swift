import Atlas
import Fabric
import Quantities
import Records
import Testing
import Training

@Suite("Energy and cost")
struct EnergyAndCostTests {
  private static let power = GPUPower(
    computing: Power(watts: 700), waiting: Power(watts: 300), effectiveness: 1.25)

  private static func energy(network: Power?) -> StepRecord.Energy {
    StepRecord.Energy(
      step: .init(10, low: 9, high: 12), computing: 8, gpus: 16, power: power, network: network,
      tokensPerStep: 4_000)
  }

  private static let list = """
    name: quotes
    currency: EUR
    items:
      - {item: gpu-hour, model: H100, price: 2, price-source: quote 1, price-date: 2026-01}
      - {item: gpu-hour, model: A100, price: 1, price-source: quote 1, price-date: 2026-01}
      - {item: kilowatt-hour, price: 0.36, price-source: contract, price-date: 2026-01}
    """

  @Test("A worked example, and the parts add up")
  func example() {
    // 16 × (700 W × 8 s + 300 W × 2 s) + 1000 W × 10 s = 109,200 J, and a quarter more.
    let energy = Self.energy(network: Power(watts: 1_000))
    #expect(energy.compute == 89_600 && energy.waiting.value == 9_600 && energy.network?.value == 10_000)
    #expect(energy.overhead.value == 27_300 && energy.perStep.value == 136_500)
    #expect(energy.perThousandTokens.value == 34_125)
    // The interval's ends: 1 and 4 seconds of waiting, 9 and 12 of the network.
    #expect(energy.perStep.low == 1.25 * (89_600 + 4_800 + 9_000))
    #expect(energy.perStep.high == 1.25 * (89_600 + 19_200 + 12_000))
  }

  @Test("A network that the list doesn't know is left out")
  func withoutNetwork() {
    let energy = Self.energy(network: nil)
    #expect(energy.network == nil && energy.perStep.value == 124_000)
  }

  @Test("1,000 tokens cost their GPU hours and their electricity")
  func cost() throws {
    let workload = try Example.workload("llama-2-7b", "gpu: H100")
    let energy = Self.energy(network: Power(watts: 1_000))
    let cost = try #require(
      try StepRecord.Cost(
        step: .init(10, low: 9, high: 12), energy: energy, gpus: 16, tokensPerStep: 4_000, workload: workload,
        prices: PriceList(parsing: Self.list)))
    // 16 × 2 EUR × 10 s / 3600 / 4 = 0.0222 EUR; 34,125 J × 0.36 EUR / 3.6e6 J = 0.00341 EUR.
    #expect(cost.currency == "EUR")
    #expect(abs(cost.gpus.value - 320.0 / 14_400) < 1e-15)
    #expect(abs((cost.electricity?.value ?? 0) - 0.0034125) < 1e-15)
    #expect(abs(cost.perThousandTokens.value - 320.0 / 14_400 - 0.0034125) < 1e-15)
    let low = try #require(cost.perThousandTokens.low)
    #expect(abs(low - 288.0 / 14_400 - (energy.perThousandTokens.low ?? 0) * 1e-7) < 1e-15)
  }

  @Test("A GPU that the list lacks is refused with those that it has")
  func unknown() throws {
    let prices = try PriceList(parsing: Self.list)
    for (field, found) in [("", "nothing"), ("gpu: H10", "'H10'")] {
      let workload = try Example.workload("llama-2-7b", field)
      #expect {
        try StepRecord.Cost(
          step: .init(1), energy: nil, gpus: 1, tokensPerStep: 1_000, workload: workload, prices: prices)
      } throws: { error in
        "\(error)".contains("field 'gpu': found \(found), expected one of H100, A100")
      }
    }
  }

  @Test("A list without GPU hours gives no cost")
  func none() throws {
    let prices = try PriceList(contentsOf: Example.folder("prices/list-2025.yaml"))
    let workload = try Example.workload("llama-2-7b")
    let cost = try StepRecord.Cost(
      step: .init(1), energy: nil, gpus: 1, tokensPerStep: 1_000, workload: workload, prices: prices)
    #expect(cost == nil)
  }
}
