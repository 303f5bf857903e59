package import Collectives
import Quantities
package import Records
import Simulation
import Statistics

/// One measured point whose schedule is known.
struct Observation {
  /// The series in words.
  let series: String
  /// Its place among all records' series.
  let seriesNumber: Int
  let size: ByteCount
  let replay: RecordedReplay
  /// Iterations' times in picoseconds.
  let sample: Sample
  /// The median's interval, or the median itself for a single sample.
  let interval: Interval

  var measured: Double { sample.median }

  /// Half of the interval's width over the median: how far the median may be off by chance.
  var jitter: Double { (interval.high - interval.low) / 2 / measured }

  /// The variance of the median's logarithm, as far as chance goes.
  var variance: Double { jitter / 1.96 * jitter / 1.96 }

  /// How much the point counts.
  var weight: Double { Self.weight(jitter: jitter) }

  /// How much a point counts: 1 where its median is certain, less where that is less certain than models are good, which
  /// is taken as 5 %.
  static func weight(jitter: Double) -> Double {
    let (deviation, modelError) = (jitter / 1.96, 0.05)
    return modelError * modelError / (deviation * deviation + modelError * modelError)
  }

  /// All points of `records` that can be replayed, and what was left out and why.
  static func all(
    in records: [Record], over links: (_ ranks: Int) -> ReplayLinks
  ) -> (observations: [Observation], leftOut: [String]) {
    var observations: [Observation] = []
    var leftOut: [String] = []
    let series = records.flatMap { record in
      record.series.map { ($0, record.environment.processors(ranks: $0.ranks)) }
    }
    for (number, (series, processors)) in series.enumerated() {
      let name = name(of: series)
      guard let collective = Collective(rawValue: series.collective) else {
        leftOut.append("\(name): no such collective is known")
        continue
      }
      guard let algorithm = Algorithm(rawValue: series.algorithm) else {
        leftOut.append("\(name): its algorithm is not known, so there is no schedule to fit")
        continue
      }
      guard series.ranks > 1 else {
        leftOut.append("\(name): one rank exchanges nothing")
        continue
      }
      let links = links(series.ranks)
      for point in series.points where !point.samples.isEmpty && point.size > .zero {
        do {
          observations.append(
            try Observation(
              point, of: series, collective, algorithm, name: name, number: number, links: links,
              processors: processors))
        } catch {
          leftOut.append("\(name), \(point.size): \(error)")
        }
      }
    }
    return (observations, leftOut)
  }

  private init(
    _ point: Record.Point, of series: Record.Series, _ collective: Collective, _ algorithm: Algorithm,
    name: String,
    number: Int, links: ReplayLinks, processors: Processors?
  ) throws {
    (self.series, seriesNumber, size) = (name, number, point.size)
    replay = try RecordedReplay(
      point, of: series, collective, algorithm, links: links, processors: processors)
    sample = Sample(point.samples.lazy.map { Double($0.picoseconds) })
    guard sample.median > 0 else { throw Unfit(description: "its time is zero") }
    interval = sample.medianInterval().interval
  }

  static func name(of series: Record.Series) -> String {
    var name = "\(series.algorithm) \(series.collective), \(series.ranks) ranks"
    name += series.isInPlace ? ", in place" : ", out of place"
    return name
  }
}

extension Record.Environment {
  /// Which of `ranks` ranks took turns on processors; nil where each had its own, and for a simulation.
  func processors(ranks: Int) -> Processors? {
    let hostOfRank = placement.sorted { $0.rank < $1.rank }.map(\.host)
    guard hostOfRank.count == ranks, hostOfRank.allSatisfy(hosts.indices.contains) else { return nil }
    return Processors(hostOfRank: hostOfRank, counts: hosts.map(\.processors))
  }
}

/// Why a point can't be used.
struct Unfit: Error, CustomStringConvertible {
  let description: String
}

extension Schedule {
  /// The schedule of a recorded point, with the size of its elements.
  package static func recorded(
    _ point: Record.Point, of series: Record.Series, _ collective: Collective, _ algorithm: Algorithm
  ) throws -> (schedule: Schedule, elementSize: Int) {
    guard point.count > 0, point.size.bytes.isMultiple(of: point.count),
      (1...16).contains(point.size.bytes / point.count)
    else {
      throw Unfit(
        description: "\(point.count) elements in \(point.size.bytes) bytes; an element has 1 to 16 bytes")
    }
    let elementSize = point.size.bytes / point.count
    if let chunk = series.chunk, chunk.bytes < elementSize {
      throw Unfit(description: "chunks of \(chunk) can't hold an element of \(elementSize) B")
    }
    var parameters = Parameters(channels: series.channels, depth: series.depth)
    if let domain = series.domain { parameters.domain = domain }
    if let chunk = series.chunk { parameters.chunk = max(1, chunk.bytes / elementSize) }
    let schedule = try Schedule(
      collective, algorithm, ranks: series.ranks, count: point.count,
      root: collective.isRooted ? series.root : 0,
      parameters: parameters)
    return (schedule, elementSize)
  }
}
