import Collectives
import Foundation
import Quantities

/// What a run will ask of this computer, roughly, before it starts.
struct RunForecast {
  private let size: ByteCount
  private let messages: Int
  private let seconds: Double
  private let bytes: Int

  /// Above this many messages it is worth a line.
  private static let many = 5_000_000
  /// Messages that one core simulates in a second, to a factor of three.
  private static let messagesPerSecond = 2e6
  /// Bytes for each step in flight.
  private static let bytesPerStep = 100

  /// Constructs every program, and looks at those of its steps that don't repeat others.
  init(_ schedule: Schedule, size: ByteCount) {
    self.size = size
    messages = schedule.countMessages()
    seconds = Double(messages) / Self.messagesPerSecond
    var inFlight = 0
    for lane in 0..<schedule.lanes {
      let program = schedule.program(rank: 0, lane: lane)
      inFlight += min(program.window, program.count)
    }
    bytes = inFlight * schedule.ranks * Self.bytesPerStep
  }

  /// One line; nil where the run is soon over.
  var line: String? {
    guard messages > Self.many else { return nil }
    let duration = seconds < 120 ? "\(seconds.significant(2)) s" : "\((seconds / 60).significant(2)) minutes"
    let count = (Double(messages) / 1e6).significant(3)
    return "\(size): up to \(count) million messages; if each is simulated, very roughly \(duration)"
      + " and \(ByteCount(bytes)) besides the fabric; Ctrl-C says how far it is and ends it"
  }

  func announce() {
    guard let line else { return }
    FileHandle.standardError.write(Data("\(line)\n".utf8))
  }
}
