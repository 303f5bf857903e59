import Quantities
import Testing

@Suite("Units of training jobs")
struct TrainingUnitsTests {
  @Test(
    "A rate of arithmetic is read in the ways that vendors write it",
    arguments: [
      ("989 TFLOP/s", 989e12), ("989TFLOPS", 989e12), ("2.5 PFLOP/s", 2.5e15), ("312 tflops", 312e12),
      ("500 GFLOP/s", 5e11),
    ])
  func rates(text: String, flops: Double) throws {
    #expect(try ComputeRate(parsing: text).flopsPerSecond == flops)
  }

  @Test(
    "Another rate is refused", arguments: ["989", "0 TFLOP/s", "-1 TFLOP/s", "1 TB/s", "1e300 PFLOP/s", ""])
  func wrongRates(text: String) {
    #expect(throws: QuantityError.self) { try ComputeRate(parsing: text) }
  }

  @Test(
    "Long times are read",
    arguments: [
      ("50000 h", 1.8e8), ("10 min", 600), ("60s", 60), ("54 d", 4_665_600), ("500 ms", 0.5), ("0 s", 0),
    ])
  func times(text: String, seconds: Double) throws {
    #expect(try LongTime(parsing: text).seconds == seconds)
  }

  @Test("Another time is refused", arguments: ["60", "-1 h", "1 y", "h", "1e308 d"])
  func wrongTimes(text: String) { #expect(throws: QuantityError.self) { try LongTime(parsing: text) } }

  @Test("Power is read", arguments: [("700 W", 700.0), ("1.2kW", 1_200), ("30 MW", 30e6), ("0 W", 0)])
  func power(text: String, watts: Double) throws { #expect(try Power(parsing: text).watts == watts) }

  @Test("Another power is refused", arguments: ["700", "-1 W", "700 VA", "1 mW"])
  func wrongPower(text: String) { #expect(throws: QuantityError.self) { try Power(parsing: text) } }

  @Test("They print in the unit that suits")
  func print() {
    #expect("\(ComputeRate(flopsPerSecond: 989e12))" == "989 TFLOP/s")
    #expect(
      [0.5, 90, 600, 7_200, 172_800].map { "\(LongTime(seconds: $0))" } == [
        "500 ms", "1.5 min", "10 min", "2 h", "2 d",
      ])
    #expect([700, 1_200, 3e7].map { "\(Power(watts: $0))" } == ["700 W", "1.2 kW", "30 MW"])
  }
}
