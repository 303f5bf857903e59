import CPlatform
import Dispatch
import Foundation
import Quantities
import Records
import Synchronization

/// One rank's part of a sweep: its cases on its processors, each kept in its journal as soon as it is done.
final class SweepRun: Sendable {
  private struct State: ~Copyable {
    var journal: SweepJournal
    var next = 0
    var done = 0
    var doneCost = 0.0
    var failure: Failure?
    var lastSaid: ContinuousClock.Instant?
  }

  private let plan: SweepPlan
  private let build: String
  private let simulation: SweepSimulation
  /// The rank's cases, the longest first.
  private let places: [Int]
  private let costs: [Double]
  private let totalCost: Double
  private let state: Mutex<State>
  private let speaks: Bool
  private let clock = ContinuousClock()

  /// - Parameters:
  ///   - places: the cases to run, in their order.
  ///   - speaks: whether progress is shown, and whether a signal is answered in words.
  init(
    _ plan: SweepPlan, build: String, places: [Int], costs: [Double], journal: consuming SweepJournal,
    speaks: Bool
  ) {
    (self.plan, self.build, self.places, self.costs) = (plan, build, places, costs)
    (self.speaks, totalCost) = (speaks, costs.reduce(0, +))
    simulation = SweepSimulation(plan)
    state = Mutex(State(journal: journal))
  }

  /// Runs all cases on `workers` threads.
  ///
  /// A signal ends the process between two lines: what is in the journal stays, what is in hand is lost.
  ///
  /// - Throws: ``Failure`` of the first case, or line, that failed; what is in hand is finished and kept before.
  func run(workers: Int) throws(Failure) {
    let signals = answerSignals()
    defer {
      for (number, source) in signals {
        source.cancel()
        signal(number, SIG_DFL)
      }
    }
    let start = clock.now
    let group = DispatchGroup()
    for _ in 0..<min(workers, places.count) {
      group.enter()
      // A thread's default stack is smaller than the main thread's, for which the simulator was tried.
      let thread = Thread {
        self.work(since: start)
        group.leave()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    group.wait()
    if speaks { Progress.clear() }
    let (done, failure) = state.withLock { state -> (Int, Failure?) in
      do throws(Failure) {
        try state.journal.sync()
      } catch {
        return (state.done, state.failure ?? error)
      }
      return (state.done, state.failure)
    }
    if let failure {
      throw Failure(
        failure.code,
        failure.description + "; \(Self.counted(done)) done before \(done == 1 ? "is" : "are") kept")
    }
  }

  private func work(since start: ContinuousClock.Instant) {
    while let turn = takeTurn() {
      do throws(Failure) {
        let begun = clock.now
        let ending = try simulation.run(places[turn])
        let seconds = (clock.now - begun) / .seconds(1)
        let line = try SweepLine(plan, places[turn], build: build, ending, seconds: seconds).encoded()
        try keep(line, seconds, turn, since: start)
      } catch {
        state.withLock { if $0.failure == nil { $0.failure = error } }
      }
    }
  }

  /// The place in ``places`` of the next case; nil where there is none, or one has failed.
  private func takeTurn() -> Int? {
    state.withLock { state in
      guard state.failure == nil, state.next < places.count else { return nil }
      defer { state.next += 1 }
      return state.next
    }
  }

  private func keep(
    _ line: Data, _ seconds: Double, _ turn: Int, since start: ContinuousClock.Instant
  ) throws(Failure) {
    let failure = state.withLock { state -> Failure? in
      do throws(Failure) {
        try state.journal.add(line, worth: seconds)
      } catch {
        return error
      }
      state.done += 1
      state.doneCost += costs[turn]
      if speaks, state.lastSaid.map({ clock.now - $0 > Self.pause }) ?? true {
        say(state.done, state.doneCost, since: start)
        state.lastSaid = clock.now
      }
      return nil
    }
    if let failure { throw failure }
  }

  private func say(_ done: Int, _ doneCost: Double, since start: ContinuousClock.Instant) {
    let elapsed = (clock.now - start) / .seconds(1)
    let left = doneCost > 0 ? elapsed * (totalCost - doneCost) / doneCost : 0
    Progress.say(
      "\(done) of \(places.count) cases, \((Double(done) / max(elapsed, 1e-9)).significant(3)) a second, about"
        + " \(left.fixed(0)) s left")
  }

  /// Between two lines of progress.
  private static let pause = Duration.milliseconds(100)

  /// `1 case`, `2 cases`.
  static func counted(_ cases: Int) -> String { "\(cases) \(cases == 1 ? "case" : "cases")" }

  /// The signals that end a run.
  private static let endings = [SIGINT, SIGTERM, SIGHUP]

  /// Ends the process at a signal, while no line is being written.
  private func answerSignals() -> [(Int32, any DispatchSourceSignal)] {
    syncline_accept_signals()
    return Self.endings.compactMap { number in
      let before = signal(number, SIG_IGN)
      // Under nohup a hangup is not to end the run.
      let wasIgnored = unsafe unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
      if number == SIGHUP, wasIgnored { return nil }
      // A queue of its own, which the workers' threads can't keep waiting.
      let queue = DispatchQueue(label: "syncline.sweep.signals")
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { [self] in
        state.withLock { state in
          if speaks {
            Progress.clear()
            Failure(
              .rankLost,
              "stopped by signal \(number): \(state.done) of the \(places.count) missing cases are done and kept;"
                + " the same command goes on from there"
            ).say()
          }
          _exit(Failure.Code.rankLost.rawValue)
        }
      }
      source.resume()
      return (number, source)
    }
  }
}
