import Quantities
import Testing

@Suite("Quantities read what people write and print what they read")
struct QuantitiesTests {
  @Test(
    "A size has binary bare suffixes and decimal byte suffixes",
    arguments: [
      ("8", 8), ("64K", 65_536), ("64 KiB", 65_536), ("1.5MiB", 1_572_864), ("2GB", 2_000_000_000), ("0", 0),
      ("1g", 1 << 30), (" 4 kB ", 4_000),
    ])
  func sizes(text: String, bytes: Int) throws {
    #expect(try ByteCount(parsing: text).bytes == bytes)
  }

  @Test(
    "A size that is none is refused, not guessed",
    arguments: [
      "", "K", "-1", "1.5", "1e400", "nan", "inf", "9E30", "5 parsecs", "4611686018427387904", "1 2",
    ])
  func badSizes(text: String) {
    #expect(throws: QuantityError.self) { try ByteCount(parsing: text) }
  }

  @Test(
    "A rate is bits for links and bytes where it says so",
    arguments: [
      ("400 Gbit/s", 50e9), ("100Mbps", 12.5e6), ("400G", 50e9), ("50 GB/s", 50e9), ("8 bit/s", 1),
      ("1e3 B/s", 1e3),
    ])
  func rates(text: String, bytesPerSecond: Double) throws {
    #expect(try Bandwidth(parsing: text).bytesPerSecond == bytesPerSecond)
  }

  @Test(
    "A rate is above zero and has a unit", arguments: ["0", "400", "-1G", "nanG", "1 furlong/s", "infG", ""])
  func badRates(text: String) {
    #expect(throws: QuantityError.self) { try Bandwidth(parsing: text) }
  }

  @Test(
    "A time has a unit and is kept to the picosecond",
    arguments: [("500 ns", 500_000), ("1.5us", 1_500_000), ("2 ms", 2_000_000_000), ("0s", 0), ("1 ps", 1)])
  func times(text: String, picoseconds: Int64) throws {
    #expect(try Time(parsing: text).picoseconds == picoseconds)
  }

  @Test(
    "A time without unit, or past its range, is refused", arguments: ["5", "-1 ns", "1e9 s", "x", "nan s"])
  func badTimes(text: String) {
    #expect(throws: QuantityError.self) { try Time(parsing: text) }
  }

  @Test("Printing keeps the unit short")
  func printing() {
    #expect(ByteCount(8).description == "8 B")
    #expect(ByteCount(65_536).description == "64 KiB")
    #expect(ByteCount(1_572_864).description == "1.5 MiB")
    #expect(Bandwidth.gigabits(400).description == "400 Gbit/s")
    #expect(Bandwidth(bytesPerSecond: 6.25e6).description == "50 Mbit/s")
    #expect(Time.nanoseconds(1_500).description == "1.5 us")
    #expect(Time.zero.description == "0 ps")
  }

  @Test("A transfer never takes less than the link allows")
  func transfer() {
    #expect(Time.transfer(ByteCount(3), at: Bandwidth(bytesPerSecond: 1e12)).picoseconds == 3)
    #expect(Time.transfer(ByteCount(1), at: Bandwidth(bytesPerSecond: 3e12)).picoseconds == 1)
    #expect(Time.transfer(ByteCount(1), at: Bandwidth(bytesPerSecond: 1e-9)) == .never)
  }

  @Test("Numbers round half away from zero and keep their digits")
  func numbers() {
    #expect(2.5.significant() == "2.5")
    #expect(0.000123456.significant(3) == "0.000123")
    #expect(123456.0.significant(3) == "123456")
    #expect(1.005e3.fixed(2) == "1005.00")
    #expect((-0.001).fixed(2) == "0.00")
    #expect(0.0.significant() == "0")
    #expect(1e-300.significant() == "1e-300")
    #expect(1e-200.fixed(400) == "1e-200")
    #expect(1e300.significant() == "1e+300")
  }
}
