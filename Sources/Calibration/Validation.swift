import Collectives
public import Fabric
public import Quantities
public import Records
import Simulation
import Statistics

/// A record held against what a machine model predicts for it, size by size.
public struct Validation: Sendable {
  /// One size of one series.
  public struct Row: Sendable, Equatable {
    /// The series, as an index into the record's.
    public var series: Int
    /// The whole vector's bytes.
    public var size: ByteCount
    /// The measured median.
    public var measured: Time
    /// The measured median's 95 % interval; the median itself for a single sample.
    public var measuredInterval: Record.Interval
    /// What the simulation gives.
    public var predicted: Time
    /// Its 95 % interval.
    public var interval: Record.Interval

    /// Predicted over measured, less one.
    public var error: Double { predicted.seconds / measured.seconds - 1 }

    /// Whether the measured median lies in the prediction's interval.
    public var isInside: Bool { interval.low <= measured && measured <= interval.high }
  }

  /// In the order of the record.
  public let rows: [Row]
  /// Series and points that were left out, and why.
  public let leftOut: [String]

  /// The median of the errors without their sign; nil without rows.
  public var medianError: Double? { rows.isEmpty ? nil : Sample(rows.map { abs($0.error) }).median }

  /// The row that is furthest off.
  public var worst: Row? { rows.max { abs($0.error) < abs($1.error) } }

  /// Simulates every point of `record` whose schedule is known.
  ///
  /// - Parameters:
  ///   - record: what was measured.
  ///   - machine: the model to hold it against.
  ///   - fabric: what the ranks talk over.
  ///   - placement: which endpoint each rank is on.
  ///   - routing: how paths are chosen.
  ///   - progress: called with what is being simulated.
  /// - Throws: ``FabricError`` or ``TopologyFileError`` where the ranks have no place or forwarding tables are wrong,
  ///   `SimulationError` for a run that has no end, or a routing under which a message has no path of its own.
  public init(
    _ record: Record, against machine: MachineModel, on fabric: Fabric, placement: Placement = .packed,
    routing: Routing = .destinationModulo, progress: ((String) -> Void)? = nil
  ) throws {
    let router = try Router(fabric, reading: routing)
    let host = machine.host
    var rows: [Row] = []
    var leftOut: [String] = []
    for (place, series) in record.series.enumerated() {
      let name = Observation.name(of: series)
      guard let collective = Collective(rawValue: series.collective),
        let algorithm = Algorithm(rawValue: series.algorithm)
      else {
        leftOut.append("\(name): its algorithm is not known, so there is no schedule to simulate")
        continue
      }
      let endpoints = try placement.endpoints(for: series.ranks, on: fabric)
      for point in series.points where !point.samples.isEmpty {
        let sample = Sample(point.samples.lazy.map { Double($0.picoseconds) })
        guard sample.median > 0, point.size > .zero else {
          leftOut.append("\(name), \(point.size): no time or no data")
          continue
        }
        let schedule: Schedule
        let elementSize: Int
        do {
          (schedule, elementSize) = try Schedule.recorded(point, of: series, collective, algorithm)
        } catch {
          leftOut.append("\(name), \(point.size): \(error)")
          continue
        }
        progress?("\(name), \(point.size)")
        let simulate = { (host: HostModel) throws(SimulationError) in
          try Simulation(
            schedule: schedule, elementSize: elementSize, fabric: fabric, router: router,
            endpoints: endpoints, host: host,
            processors: record.environment.processors(ranks: schedule.ranks)
          ).run().total
        }
        let predicted = try simulate(host)
        let found = sample.medianInterval().interval
        rows.append(
          Row(
            series: place, size: point.size, measured: Time(picoseconds: Int64(sample.median)),
            measuredInterval: Record.Interval(
              low: Time(picoseconds: Int64(found.low)), high: Time(picoseconds: Int64(found.high))),
            predicted: predicted,
            interval: try machine.interval(
              for: predicted, of: schedule, elementSize: elementSize, simulate: simulate)))
      }
    }
    (self.rows, self.leftOut) = (rows, leftOut)
  }
}
