import Calibration
import Collectives
import Fabric
import Quantities
import Records
import Simulation
import Testing

@Suite("Calibration")
struct RecoveryTests {
  @Test(
    "finds a known machine again, to a thousandth, whatever was measured",
    arguments: [
      [(Collective.allReduce, Algorithm.ring), (.allGather, .ring)],
      [(.allReduce, .recursiveDoubling), (.broadcast, .tree)],
      [(.allReduce, .ring), (.allGather, .ring), (.allReduce, .tree), (.allReduce, .halvingDoubling)],
      [(.reduceScatter, .ring), (.allGather, .ring)],
    ])
  func exact(cases: [(Collective, Algorithm)]) throws {
    let model = try fit(SyntheticMachine(host: twoRegimes).record(cases, sizes: sweep))
    #expect(model.regimes.count == 2)
    for (regime, (alpha, beta)) in zip(model.regimes, [(5e6, 500.0), (20e6, 100)]) {
      #expect(abs(regime.alpha.value / alpha - 1) < 1e-3, "\(regime.alpha)")
      #expect(abs(regime.beta.value / beta - 1) < 1e-3, "\(regime.beta)")
      #expect(abs(try #require(regime.gamma).value / 50 - 1) < 1e-2, "\(regime.gamma as Any)")
    }
    #expect(model.regimes[1].from <= .kibibytes(16) && (model.regimes[1].after ?? .zero) < .kibibytes(16))
    #expect(model.residuals.allSatisfy { abs($0.relativeError) < 1e-4 })
    #expect(model.leftOut.isEmpty)
  }

  @Test("finds a known machine within its intervals under noise", arguments: [1, 2, 3])
  func noisy(seed: UInt64) throws {
    let machine = SyntheticMachine(host: twoRegimes, noise: 0.05, iterations: 40)
    let model = try fit(machine.record([(.allReduce, .ring), (.allGather, .ring)], sizes: sweep, seed: seed))
    #expect(model.regimes.count == 2)
    #expect(model.regimes[1].from == .kibibytes(16) && model.regimes[1].after == .kibibytes(8))
    func holds(_ estimate: MachineModel.Estimate, _ truth: Double) -> Bool {
      // Six intervals of 95 % each, on three seeds: half a width of slack on both sides.
      let slack = (estimate.high - estimate.low) / 2
      return estimate.low < estimate.high && estimate.low - slack <= truth && truth <= estimate.high + slack
    }
    for (regime, (alpha, beta)) in zip(model.regimes, [(5e6, 500.0), (20e6, 100)]) {
      #expect(holds(regime.alpha, alpha), "\(regime.alpha)")
      #expect(holds(regime.beta, beta), "\(regime.beta)")
      #expect(holds(try #require(regime.gamma), 50), "\(regime.gamma as Any)")
      // The intervals are worth something.
      #expect(regime.alpha.high - regime.alpha.low < 0.3 * alpha)
    }
  }

  @Test("finds a known machine on which ranks took turns, from who shared processors as the record says")
  func sharedProcessors() throws {
    // A message of m bytes: 2 us and 0.2 ns a byte, all of it processor time, half at each end.
    let host = HostModel(regimes: [
      .init(sendOverhead: .microseconds(1), receiveOverhead: .microseconds(1), copying: 1e-10)
    ])
    let machine = SyntheticMachine(host: host, processors: 2)
    let model = try fit(
      machine.record(
        [(.allReduce, .ring), (.allGather, .ring), (.allReduce, .tree), (.broadcast, .tree)], sizes: sweep))
    #expect(model.regimes.count == 1 && model.processorShare == 1)
    #expect(abs(model.regimes[0].alpha.value / 2e6 - 1) < 0.01, "\(model.regimes[0].alpha)")
    #expect(abs(model.regimes[0].beta.value / 200 - 1) < 0.01, "\(model.regimes[0].beta)")
  }

  @Test("says that γ is not known where all that was measured reduces, and fits as well")
  func unknownReduction() throws {
    let model = try fit(SyntheticMachine(host: twoRegimes).record([(.allReduce, .ring)], sizes: sweep))
    #expect(model.regimes.count == 2)
    #expect(model.regimes.allSatisfy { $0.gamma == nil })
    // Half of the bytes are reduced: β holds β + γ / 2.
    #expect(abs(model.regimes[1].beta.value / 125 - 1) < 1e-3)
    #expect(model.residuals.allSatisfy { abs($0.relativeError) < 1e-3 })
  }

  @Test(
    "tells what keeps processors busy where messages are pipelined, and says where it can't",
    arguments: [0, 0.5, 1])
  func processorShare(share: Double) throws {
    let overhead = Time.nanoseconds(Int64(2_500 * share))
    let host = HostModel(regimes: [
      .init(
        sendOverhead: overhead, receiveOverhead: overhead, latency: .nanoseconds(Int64(5_000 * (1 - share))),
        bandwidth: share < 1 ? Bandwidth(bytesPerSecond: 2e9 / (1 - share)) : nil, reduction: 5e-11,
        copying: share * 2.5e-10)
    ])
    var machine = SyntheticMachine(host: host)
    machine.chunk = .kibibytes(4)
    let pipelined = try fit(
      machine.record(
        [(.allReduce, .tree), (.broadcast, .ring), (.allReduce, .ring)], sizes: (10...18).map { 1 << $0 }))
    #expect(pipelined.isProcessorShareKnown && pipelined.processorShare == share)
    #expect(abs(pipelined.regimes[0].alpha.value / 5e6 - 1) < 0.01)
    #expect(abs(pipelined.regimes[0].beta.value / 500 - 1) < 0.01)
    #expect(pipelined.host.regimes[0].copying > 0 || share == 0)
    machine.chunk = nil
    let plain = try fit(machine.record([(.allGather, .ring)], sizes: sweep))
    #expect(!plain.isProcessorShareKnown && plain.processorShare == 0)
    #expect(abs(plain.regimes[0].alpha.value / 5e6 - 1) < 1e-3)
  }

  @Test("tells hosts from the fabric that they were measured on")
  func measuredFabric() throws {
    // Two links of 1 us and 4 GB/s a message; the hosts alone would do 10 GB/s from 16 KiB on.
    let fabric = try Topology(
      parsing: """
        name: slow
        builder: single-switch
        hosts: 4
        rate: 4 GB/s
        link-latency: 1 us
        switch-latency: 0 ns
        """
    ).fabric
    let record = try SyntheticMachine(host: twoRegimes, fabric: fabric).record(
      [(.allReduce, .ring), (.allGather, .ring)], sizes: sweep)
    let source = Calibration.Source(record, path: "a.json", digest: "00")
    let whole = try Calibration.fit([source])
    #expect(whole.fabric == nil)
    #expect(abs(whole.regimes[0].alpha.value / 7e6 - 1) < 1e-3)
    #expect(abs(whole.regimes[1].beta.value / 250 - 1) < 1e-3)
    let hosts = try Calibration.fit([source], on: MeasuredFabric(fabric))
    #expect(hosts.fabric == "slow" && hosts.regimes.count == 2)
    #expect(abs(hosts.regimes[0].alpha.value / 5e6 - 1) < 1e-3)
    #expect(abs(hosts.regimes[0].beta.value / 500 - 1) < 1e-3)
    #expect(abs(hosts.regimes[1].alpha.value / 20e6 - 1) < 1e-3)
    #expect(hosts.residuals.allSatisfy { abs($0.relativeError) < 1e-3 })
    // The links hide what the hosts could do beyond them: no faster than the links is all that is known.
    #expect(hosts.regimes[1].beta.value <= 250.1)
    let larger = try SyntheticMachine(host: twoRegimes).record([(.allReduce, .ring)], ranks: 5, sizes: sweep)
    #expect(throws: CalibrationError.self) {
      _ = try Calibration.fit([.init(larger, path: "b.json", digest: "00")], on: MeasuredFabric(fabric))
    }
  }

  @Test("finds no break where only pipelines bend the curves")
  func pipelines() throws {
    let host = HostModel(regimes: [
      .init(
        sendOverhead: .nanoseconds(1_250), receiveOverhead: .nanoseconds(1_250), latency: .nanoseconds(2_500),
        bandwidth: .gigabytes(10), reduction: 2e-10, copying: 5e-11)
    ])
    var machine = SyntheticMachine(host: host)
    machine.chunk = .kibibytes(16)
    let cases = [
      (Collective.allReduce, Algorithm.ring), (.allGather, .ring), (.allReduce, .tree), (.allGather, .tree),
    ]
    let model = try fit(machine.record(cases, sizes: (8...20).map { 1 << $0 }))
    #expect(model.regimes.count == 1, "\(model.regimes.map(\.from))")
  }

  @Test("is not bent by a few points that no model explains")
  func outliers() throws {
    var record = try SyntheticMachine(host: twoRegimes).record(
      [(.allReduce, .ring), (.allGather, .ring)], sizes: sweep)
    // A rank that lost its processor for a while.
    for place in [3, 9, 14] {
      record.series[0].points[place].samples = record.series[0].points[place].samples.map { $0 * 10 }
    }
    let model = try fit(record)
    #expect(model.regimes.count == 2)
    for (regime, (alpha, beta)) in zip(model.regimes, [(5e6, 500.0), (20e6, 100)]) {
      #expect(abs(regime.alpha.value / alpha - 1) < 0.02, "\(regime.alpha)")
      #expect(abs(regime.beta.value / beta - 1) < 0.02, "\(regime.beta)")
    }
    #expect(model.residuals.count { abs($0.relativeError) > 0.1 } == 3)
  }

  @Test("does not take noise for regimes", arguments: 1...20)
  func noRegimesFromNoise(seed: UInt64) throws {
    for iterations in [1, 7, 40] {
      let machine = SyntheticMachine(
        host: twoRegimes, noise: iterations == 1 ? 0.002 : 0.1, iterations: iterations)
      let model = try fit(machine.record([(.allReduce, .ring)], sizes: sweep, seed: seed))
      #expect(model.regimes.count == 2, "\(iterations) iterations")
    }
  }

  @Test("leaves out what has no schedule, and says why")
  func leftOut() throws {
    var record = try SyntheticMachine(host: twoRegimes).record(
      [(.allReduce, .ring), (.allGather, .ring)], sizes: sweep)
    record.series[1].algorithm = "native"
    let model = try fit(record)
    #expect(model.leftOut.count == 1 && model.leftOut[0].hasPrefix("native all-gather, 4 ranks"))
    record.series.removeFirst()
    let error = #expect(throws: CalibrationError.self) { _ = try fit(record) }
    #expect(error?.description.contains("native all-gather") == true)
  }

  @Test(
    "of absurd times gives a model or one line, and never crashes",
    arguments: [1, 1_000_000_000_000_000, 8_640_000_000_000_000_000])
  func absurd(picoseconds: Int64) throws {
    var record = try SyntheticMachine(host: twoRegimes).record(
      [(.allReduce, .ring), (.allReduce, .tree)], sizes: sweep)
    for series in record.series.indices {
      for place in record.series[series].points.indices {
        record.series[series].points[place].samples = [Time(picoseconds: picoseconds)]
      }
    }
    do {
      let model = try fit(record)
      #expect(model.regimes.count >= 1)
    } catch {
      #expect(!error.description.contains("\n"))
    }
  }

  @Test("of nothing, one size or two is refused in one line")
  func tooFew() throws {
    let machine = SyntheticMachine(host: twoRegimes)
    for sizes in [[], [1024], [1024, 4096]] {
      let record = try machine.record([(.allReduce, .ring), (.allGather, .ring)], sizes: sizes)
      let error = #expect(throws: CalibrationError.self) { _ = try fit(record) }
      #expect(error?.description.contains("\n") == false)
    }
  }

  @Test("gives the same file for the same records")
  func repeatable() throws {
    let machine = SyntheticMachine(host: twoRegimes, noise: 0.05, iterations: 7)
    let record = try machine.record([(.allReduce, .ring)], sizes: sweep)
    #expect(try fit(record) == fit(record))
  }
}
