import Calibration
import Collectives
import Fabric
import Foundation
import Quantities
import Records
import Simulation
import Testing

@Suite("A prediction's interval")
struct PredictionIntervalTests {
  private func predict(
    _ model: MachineModel, _ machine: SyntheticMachine, _ collective: Collective, _ algorithm: Algorithm,
    ranks: Int,
    size: Int
  ) throws -> (time: Time, interval: Record.Interval) {
    let simulate = { host in try machine.simulate(collective, algorithm, ranks: ranks, size: size, host: host)
    }
    let time = try simulate(model.host)
    let schedule = try machine.schedule(collective, algorithm, ranks: ranks, size: size)
    return (time, try model.interval(for: time, of: schedule, elementSize: 4, simulate: simulate))
  }

  @Test("holds what a known machine takes, for algorithms and rank counts that were not measured")
  func coverage() throws {
    let machine = SyntheticMachine(host: twoRegimes, noise: 0.05, iterations: 30)
    let model = try fit(machine.record([(.allReduce, .ring), (.allGather, .ring)], sizes: sweep, seed: 7))
    var (inside, all) = (0, 0)
    for (collective, algorithm) in [
      (Collective.allReduce, Algorithm.tree), (.allReduce, .halvingDoubling), (.broadcast, .ring),
    ] {
      for ranks in [2, 8, 12] {
        for size in stride(from: 11, through: 25, by: 2).map({ 1 << $0 }) {
          let truth = try machine.simulate(collective, algorithm, ranks: ranks, size: size, host: twoRegimes)
          let (time, interval) = try predict(model, machine, collective, algorithm, ranks: ranks, size: size)
          #expect(interval.low <= time && time <= interval.high)
          // Worth something: a fifth of the time at the most.
          #expect((interval.high - interval.low).seconds < 0.2 * time.seconds)
          all += 1
          if interval.low <= truth && truth <= interval.high { inside += 1 }
        }
      }
    }
    #expect(Double(inside) >= 0.95 * Double(all), "\(inside) of \(all)")
    #expect(inside > 0)
  }

  @Test("is narrow where the fit is exact, and the prediction alone where nothing is known of the fit")
  func narrow() throws {
    let machine = SyntheticMachine(host: twoRegimes)
    var model = try fit(machine.record([(.allReduce, .ring), (.allGather, .ring)], sizes: sweep))
    let (time, interval) = try predict(model, machine, .allReduce, .tree, ranks: 4, size: 1 << 20)
    #expect((interval.high - interval.low).seconds < 1e-3 * time.seconds)
    (model.replicates, model.residuals) = ([], [])
    let bare = try predict(model, machine, .allReduce, .tree, ranks: 4, size: 1 << 20)
    #expect(bare.interval == Record.Interval(low: bare.time, high: bare.time))
  }

  @Test("grows with the residuals, with the noise of the medians and with the spread of the replicates")
  func parts() throws {
    let machine = SyntheticMachine(host: twoRegimes)
    let exact = try fit(machine.record([(.allReduce, .ring), (.allGather, .ring)], sizes: sweep))
    func width(_ change: (inout MachineModel) -> Void) throws -> Double {
      var model = exact
      change(&model)
      let (time, interval) = try predict(model, machine, .allReduce, .tree, ranks: 4, size: 1 << 20)
      return (interval.high - interval.low).seconds / time.seconds
    }
    let none = try width { _ in }
    let residuals = try width { model in
      for place in model.residuals.indices {
        model.residuals[place].relativeError = place.isMultiple(of: 2) ? 0.1 : -0.1
      }
    }
    // Measured over fitted from 1 / 1.1 to 1 / 0.9.
    #expect(abs(residuals - (1 / 0.9 - 1 / 1.1)) < 0.01)
    let jitter = try width { model in
      for place in model.residuals.indices {
        let measured = model.residuals[place].measured
        model.residuals[place].low = .seconds(measured.seconds * 0.95)
        model.residuals[place].high = .seconds(measured.seconds * 1.05)
      }
    }
    #expect(abs(jitter - 0.1) < 0.01)
    let replicates = try width { model in
      for place in model.replicates.indices {
        let factor = 0.8 + 0.4 * Double(place) / Double(model.replicates.count - 1)
        for regime in model.regimes.indices {
          model.replicates[place].alpha[regime] = model.regimes[regime].alpha.value * factor
          model.replicates[place].beta[regime] = model.regimes[regime].beta.value * factor
          model.replicates[place].gamma[regime] = (model.regimes[regime].gamma?.value ?? 0) * factor
        }
      }
    }
    #expect(abs(replicates - 0.38) < 0.04)
    #expect(none < 1e-3)
  }

  @Test("is said to be extrapolated where messages are of sizes that were not measured")
  func extrapolation() throws {
    let machine = SyntheticMachine(host: twoRegimes)
    let model = try fit(machine.record([(.allReduce, .ring), (.allGather, .ring)], sizes: sweep))
    func warning(_ size: Int) throws -> String? {
      model.extrapolation(for: try machine.schedule(.allReduce, .ring, ranks: 4, size: size), elementSize: 4)
    }
    #expect(try warning(1 << 20) == nil)
    #expect(try warning(1 << 30)?.contains("256 MiB") == true)
    #expect(try warning(16)?.contains("4 B") == true)
  }
}

@Suite("Validation")
struct ValidationTests {
  private static let topology = """
    name: fast
    builder: single-switch
    hosts: 4
    rate: 100 TB/s
    link-latency: 0 ns
    switch-latency: 0 ns
    """

  @Test("of a known machine's record has next to no error; a slower machine's has its factor")
  func knownMachine() throws {
    let fabric = try Topology(parsing: Self.topology).fabric
    let machine = SyntheticMachine(host: twoRegimes)
    let model = try fit(machine.record([(.allReduce, .ring), (.allGather, .ring)], sizes: sweep))
    var record = try machine.record([(.allReduce, .tree)], sizes: [1 << 12, 1 << 16, 1 << 20])
    let validation = try Validation(record, against: model, on: fabric)
    #expect(validation.rows.count == 3)
    #expect(try #require(validation.medianError) < 1e-3)
    for place in record.series[0].points.indices {
      record.series[0].points[place].samples = record.series[0].points[place].samples.map { $0 * 2 }
    }
    let slower = try Validation(record, against: model, on: fabric)
    #expect(abs(try #require(slower.worst).error + 0.5) < 1e-3)
    #expect(slower.rows.allSatisfy { !$0.isInside })
  }

  @Test("leaves out the library's own collectives, and refuses more ranks than the fabric has places")
  func leftOut() throws {
    let fabric = try Topology(parsing: Self.topology).fabric
    let machine = SyntheticMachine(host: twoRegimes)
    let model = try fit(machine.record([(.allReduce, .ring)], sizes: sweep))
    var record = try machine.record([(.allReduce, .ring)], sizes: [1 << 12])
    record.series[0].algorithm = "native"
    let validation = try Validation(record, against: model, on: fabric)
    #expect(validation.rows.isEmpty && validation.leftOut.count == 1 && validation.medianError == nil)
    let larger = try machine.record([(.allReduce, .ring)], ranks: 5, sizes: [1 << 12])
    #expect(throws: FabricError.self) { _ = try Validation(larger, against: model, on: fabric) }
  }
}
