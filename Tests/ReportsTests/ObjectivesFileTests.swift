import Collectives
import Fabric
import Foundation
import Quantities
import Reports
import Testing

@Suite("A file of objectives")
struct ObjectivesFileTests {
  private func read(_ entry: String) throws -> [Objective] {
    try Objectives(parsing: "name: n\nobjectives:\n  - \(entry)\n").objectives
  }

  @Test("has its fields in the units of the base, and ranges with open ends")
  func fields() throws {
    let bandwidth = try #require(
      try read("{bus-bandwidth: 0.95 of 400 Gbit/s, collective: all-reduce, sizes: 256M.., ranks: 8}").first)
    guard case .busBandwidth(.rate(let rate), let selector) = bandwidth.demand else {
      Issue.record("\(bandwidth.demand)")
      return
    }
    #expect(rate.bytesPerSecond == 0.95 * 50e9)
    #expect(selector.sizes == (256 << 20)...Int.max && selector.ranks == 8...8)
    #expect(selector.origin == .measured && selector.collective == .allReduce)
    #expect(bandwidth.name == "bus bandwidth of all-reduce, 8 ranks, from 256 MiB")
    #expect(bandwidth.line == 3)
  }

  @Test(
    "gives the threshold in the base unit",
    arguments: [
      ("{bus-bandwidth: 45 GB/s, collective: all-reduce}", Bound.atLeast(45e9), FigureUnit.bytesPerSecond),
      ("{bus-bandwidth: 90 % of 100 Gbit/s, collective: all-reduce}", .atLeast(11.25e9), .bytesPerSecond),
      ("{bus-bandwidth: 90 %, relative-to: predicted, collective: all-reduce}", .atLeast(0.9), .ratio),
      ("{bus-bandwidth: 0.95, relative-to: pair, collective: all-reduce}", .atLeast(0.95), .ratio),
      ("{latency: {p99: 60 us}, collective: all-reduce, size: 8}", .atMost(60e-6), .seconds),
      ("{variation: 2 %, collective: all-reduce}", .atMost(0.02), .ratio),
      ("{pair-shortfall: 3%, collective: all-reduce}", .atMost(0.03), .ratio),
      ("{sync-exposure: 5 %, gpus: 16384}", .atMost(0.05), .ratio),
      ("{scaling-overhead: 0.1}", .atMost(0.1), .ratio),
      ("{step-time: 12 s}", .atMost(12), .seconds),
      ("{model-flops-utilisation: 40 %}", .atLeast(0.4), .ratio),
      ("{effective-bisection: 0.9, routing: ecmp}", .atLeast(0.9), .ratio),
      ("{cost-per-1000-tokens: 0.02 USD}", .atMost(0.02), .money("USD")),
      ("{energy-per-1000-tokens: 0.5 Wh}", .atMost(1_800), .joules),
    ])
  func thresholds(entry: String, bound: Bound, unit: FigureUnit) throws {
    let threshold = try #require(try read(entry).first).threshold
    #expect(threshold.unit == unit)
    #expect(abs(threshold.bound.threshold / bound.threshold - 1) < 1e-12)
    switch (threshold.bound, bound) {
    case (.atLeast, .atLeast), (.atMost, .atMost): break
    default: Issue.record("\(threshold.bound)")
    }
  }

  @Test("makes one objective of each statistic of a latency")
  func statistics() throws {
    let entry = "{latency: {p99: 60 us, median: 20 us}, name: small, collective: all-reduce, size: 8}"
    #expect(try read(entry).map(\.name) == ["small, median", "small, p99"])
  }

  @Test(
    "is refused with line, field, and what would be right",
    arguments: [
      ("{bus-bandwith: 45 GB/s, collective: all-reduce}", "did you mean 'bus-bandwidth'?"),
      ("{bus-bandwidth: 45 GB/s, colective: all-reduce}", "did you mean 'collective'?"),
      ("{bus-bandwidth: 45 GB/s, collective: all-reduec}", "expected 'all-reduce', or another one of"),
      ("{bus-bandwidth: 45 GB/s}", "field 'collective': found nothing"),
      ("{bus-bandwidth: 45, collective: all-reduce}", "expected a rate such as 45 GB/s"),
      ("{bus-bandwidth: -1 of 400 Gbit/s, collective: all-reduce}", "expected a rate such as 45 GB/s"),
      ("{bus-bandwidth: 45 GB/s, relative-to: predicted, collective: all-reduce}", "expected a share"),
      ("{bus-bandwidth: 45 GB/s, gpus: 8, collective: all-reduce}", "field 'gpus': unknown"),
      ("{bus-bandwidth: 45 GB/s, sizes: 1M..1K, collective: all-reduce}", "expected a size such as"),
      ("{bus-bandwidth: 45 GB/s, sizes: .., collective: all-reduce}", "expected a size such as"),
      ("{bus-bandwidth: 45 GB/s, size: 8, sizes: 8.., collective: all-reduce}", "one of the two"),
      ("{bus-bandwidth: 45 GB/s, ranks: 0, collective: all-reduce}", "expected a number of ranks"),
      ("{bus-bandwidth: 0.9, relative-to: pair, ranks: 2, collective: all-reduce}", "more ranks than a pair"),
      (
        "{bus-bandwidth: 0.9, relative-to: predicted, origin: any, collective: all-reduce}",
        "expected measured"
      ),
      ("{bus-bandwidth: 9 GB/s, pair-ranks: 2, collective: all-reduce}", "without 'relative-to: pair'"),
      ("{latency: 60 us, collective: all-reduce}", "a mapping such as {p99: 60 us}"),
      ("{latency: {p98: 60 us}, collective: all-reduce}", "field 'p98': unknown"),
      ("{latency: {}, collective: all-reduce}", "a mapping such as {p99: 60 us}"),
      ("{sync-exposure: 5 percent}", "expected a share from 0 to 10 such as 5 % or 0.05"),
      ("{sync-exposure: 5 %, gpus: 0}", "expected a whole number from 1 to 2^30"),
      ("{cost-per-1000-tokens: 0.02}", "expected an amount such as 0.02 USD"),
      ("{energy-per-1000-tokens: 5 W}", "expected an energy such as 500 J"),
      ("{effective-bisection: 0.9, routing: best}", "field 'routing'"),
      ("{sync-exposure: 5 %, step-time: 1 s}", "found 'sync-exposure' and 'step-time'"),
      ("{collective: all-reduce}", "found no objective"),
      ("{variation: 2 %, between: days, collective: all-reduce}", "one of samples, records"),
      ("{pair-shortfall: 2 %, ranks: 2.., collective: all-reduce}", "how many ranks a pair of hosts has"),
    ])
  func refused(entry: String, message: String) throws {
    do {
      _ = try read(entry)
      Issue.record("it was read")
    } catch {
      let text = "\(error)"
      #expect(text.hasPrefix("objectives:3: "), "\(text)")
      #expect(text.contains(message), "\(text)")
      #expect(!text.contains("\n"))
    }
  }

  @Test("is refused where two objectives have one name, or there is none")
  func names() {
    let twice = "name: n\nobjectives:\n  - {step-time: 1 s}\n  - {step-time: 2 s}\n"
    #expect(throws: TopologyFileError.self) { try Objectives(parsing: twice) }
    #expect(throws: TopologyFileError.self) { try Objectives(parsing: "name: n\nobjectives: []\n") }
    #expect(throws: TopologyFileError.self) { try Objectives(parsing: "name: n\n") }
  }

  private static let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  @Test("is the example of the page, whose kinds and fields are all described there")
  func page() throws {
    let page = try String(contentsOf: Self.checkout.appendingPathComponent("docs/slo.md"), encoding: .utf8)
    let example = try #require(page.firstMatch(of: /```yaml\n((?:.*\n)*?)```/))
    #expect(try Objectives(parsing: String(example.1)).objectives.count == 3)
    // A field that isn't there is refused with all that could be.
    do {
      _ = try read("{zzzzzzzzzzzzzzzzzzzzzzzzzzzzzz: 1}")
      Issue.record("it was read")
    } catch {
      let fields = "\(error)".split(separator: "expected one of ").last?.split(separator: ", ") ?? []
      #expect(fields.count > 20)
      for field in fields { #expect(page.contains("`\(field)") || page.contains("\(field)`"), "\(field)") }
    }
  }

  @Test("is each of those that are shipped, with a source for each threshold")
  func shipped() throws {
    let shipped = Self.checkout.appendingPathComponent("slo")
    let files = try FileManager.default.contentsOfDirectory(atPath: shipped.path).sorted()
    #expect(files.count >= 4)
    for file in files where file.hasSuffix(".yaml") {
      let objectives = try Objectives(contentsOf: shipped.appendingPathComponent(file).path)
      for objective in objectives.objectives {
        #expect(objective.source != nil || objectives.source != nil, "\(file): \(objective.name)")
      }
    }
  }
}
