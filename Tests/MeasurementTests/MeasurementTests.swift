import Collectives
import Measurement
import Quantities
import Records
import Testing
import Transport

/// A transport that spoils one message: it adds to the first element of what is sent in one iteration.
private struct Spoiling: Transport {
  var inner: InProcessTransport
  var sendsLeft: Int

  var rank: Int { inner.rank }
  var ranks: Int { inner.ranks }
  var timeLimit: Double {
    get { inner.timeLimit }
    set { inner.timeLimit = newValue }
  }

  mutating func prepare(_ traffic: Traffic) throws(TransportError) { try inner.prepare(traffic) }
  mutating func send(_ region: Region, to peer: Int, tag: Int32, slot: Int) throws(TransportError) {
    sendsLeft -= 1
    if sendsLeft == 0 { region.store(region.load(0, as: Float.self) + 0.5, at: 0) }
    try inner.send(region, to: peer, tag: tag, slot: slot)
  }
  mutating func receive(_ region: Region, from peer: Int, tag: Int32, slot: Int) throws(TransportError) {
    try inner.receive(region, from: peer, tag: tag, slot: slot)
  }
  mutating func wait(into completed: inout [Int]) throws(TransportError) { try inner.wait(into: &completed) }
  mutating func greatest(_ value: Int64) throws(TransportError) -> Int64 { try inner.greatest(value) }
  mutating func gather(_ values: [Int64]) throws(TransportError) -> [[Int64]] { try inner.gather(values) }
}

@Suite("A measurement")
struct MeasurementTests {
  @Test("keeps a sample, each rank's end and the start skew for every iteration", arguments: [false, true])
  func samples(isInPlace: Bool) throws {
    let results = InProcessTransport.run(ranks: 3) { transport in
      var start = try CommonStart(&transport)
      let benchCase = BenchCase(.allReduce, .schedule(.ring), isInPlace: isInPlace)
      let measurement = CaseMeasurement(benchCase, sampling: .iterations(70), warmUp: 2)
      return try measurement.run(size: .kibibytes(4), over: &transport, start: &start)
    }
    for result in results {
      let point = try result.get()
      #expect(point.size == .kibibytes(4) && point.count == 1_024)
      #expect(point.samples.count == 70 && point.rankTimes.count == 70 && point.startSkews.count == 70)
      #expect(point.checkedElements == 3 * 1_024 * 72)
      for (sample, ends) in zip(point.samples, point.rankTimes) {
        #expect(ends.count == 3 && sample > .zero && ends.max() == sample)
      }
    }
  }

  @Test("stops once the median is known well enough, or its time is up")
  func sampling() throws {
    let results = InProcessTransport.run(ranks: 2) { transport in
      var start = try CommonStart(&transport)
      let loose = CaseMeasurement(
        BenchCase(.allReduce, .schedule(.ring)), sampling: .precision(relative: 1e6, limit: .seconds(10)),
        warmUp: 0)
      let strict = CaseMeasurement(
        BenchCase(.allReduce, .schedule(.ring)), sampling: .precision(relative: 1e-9, limit: .seconds(0.05)),
        warmUp: 0)
      let timed = CaseMeasurement(
        BenchCase(.allReduce, .schedule(.ring)), sampling: .duration(.seconds(0.05)), warmUp: 0)
      return try [loose, strict, timed].map {
        try $0.run(size: ByteCount(64), over: &transport, start: &start).samples.count
      }
    }
    let counts = try results.map { try $0.get() }
    #expect(counts[0] == counts[1])
    #expect(counts[0][0] == 8)
    #expect(counts[0][1] > 8 && counts[0][2] >= 1)
  }

  @Test("ends with rank, iteration, element, got and expected where one element is wrong")
  func wrongElement() throws {
    let results = InProcessTransport.run(ranks: 2) { inner in
      // Four messages an iteration over two ranks: rank 1's fifth send is the first of its third iteration.
      var transport = Spoiling(inner: inner, sendsLeft: inner.rank == 1 ? 5 : -1)
      var start = try CommonStart(&transport)
      let measurement = CaseMeasurement(
        BenchCase(.allReduce, .schedule(.ring)), sampling: .iterations(10), warmUp: 0)
      _ = try measurement.run(size: ByteCount(64), over: &transport, start: &start)
    }
    for result in results {
      let error = #expect(throws: MeasurementError.self) { try result.get() }
      guard case .wrongElement(_, iteration: 2, _, let got, let expected) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(Double(got) == Double(expected).map { $0 + 0.5 })
    }
  }

  @Test("of zero bytes is possible")
  func zero() throws {
    for result in InProcessTransport.run(
      ranks: 2,
      { transport in
        var start = try CommonStart(&transport)
        let measurement = CaseMeasurement(
          BenchCase(.allGather, .schedule(.tree)), sampling: .iterations(3), warmUp: 1)
        return try measurement.run(size: .zero, over: &transport, start: &start)
      })
    {
      #expect(try result.get().samples.count == 3)
    }
  }

  @Test("One clock seen by two ranks has no offset beyond the round trip")
  func offset() throws {
    let results = InProcessTransport.run(ranks: 3) { transport in try CommonStart.estimateOffset(&transport) }
    for result in results { #expect(abs(try result.get()) < 1_000_000) }
  }

  @Test("A late start does not count, and shows as skew")
  func clock() {
    // Rank 1 started 40 ns late and ended last: 160 - 50.
    let clock = IterationClock(starts: [10, 50, 20], ends: [110, 160, 45])
    #expect(clock.time == 110 && clock.startSkew == 40)
    #expect(clock.rankTimes == [60, 110, 0])
  }
}
