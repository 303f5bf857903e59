import Quantities
import Synchronization

/// What became of a wiring's actors and connections, once all of its components have run.
struct ReplayResult: Sendable {
  /// When each actor was done.
  var completions: [Int64]
  /// For each route, what one connection of its class has carried by it.
  var carried: [Replay.Load]
  var events = 0
  /// What each actor that waits for ever waits for.
  var stuck: [Replay.Complaint] = []
}

/// Runs the components of a wiring, one after the other or several at a time.
///
/// They take no notice of each other, so that the result is the same however many run at a time.
struct ComponentRuns {
  let components: [WiringComponent]
  let threads: Int
  let board: ProgressBoard
  /// Makes the engine for a component; asked again with everything on the clock where that proves to be needed.
  let replay:
    @Sendable (_ component: WiringComponent, _ clocksEverything: Bool) throws(SimulationError) -> Replay

  /// Runs all of them.
  ///
  /// - Parameter whole: what they are the components of.
  func run(of whole: Wiring) throws(SimulationError) -> ReplayResult {
    let parts = concurrently(Array(components.indices), threads: threads) { place in
      Result { () throws(SimulationError) in try run(place) }
    }
    var result = ReplayResult(
      completions: Array(repeating: 0, count: whole.actors.count),
      carried: Array(repeating: .init(), count: whole.routes.count))
    for (part, component) in zip(parts, components) {
      result.add(try part.get(), of: component, turns: whole.turns)
    }
    return result
  }

  private func run(_ place: Int) throws(SimulationError) -> ReplayResult {
    let goesOn = board.isWatched ? { board.report($0, of: place) } : nil
    var engine = try replay(components[place], false)
    do throws(SimulationError) {
      if try engine.run(goesOn: goesOn) == .outOfOrder {
        engine = try replay(components[place], true)
        _ = try engine.run(goesOn: goesOn)
      }
    } catch {
      if case .interrupted = error { throw .interrupted(board.together) }
      throw error
    }
    return engine.result
  }
}

extension ReplayResult {
  mutating func add(_ part: ReplayResult, of component: WiringComponent, turns: Int) {
    events += part.events
    for (own, actor) in component.actors.enumerated() { completions[Int(actor)] = part.completions[own] }
    for (own, connection) in component.connections.enumerated() {
      for turn in 0..<turns { carried[Int(connection) * turns + turn] = part.carried[own * turns + turn] }
    }
    for waiting in part.stuck {
      var waiting = waiting
      waiting.actor = Int(component.actors[waiting.actor])
      stuck.append(waiting)
    }
  }
}

/// How far several components are together, for whoever watches the run.
///
/// Unchecked, as whoever watches is called under the lock: by one thread at a time.
final class ProgressBoard: @unchecked Sendable {
  private struct State {
    var latest: [SimulationProgress?]
    var isStopped = false
  }

  private let state: Mutex<State>
  private let ranks: Int
  private let goesOn: ((SimulationProgress) -> Bool)?

  init(components: Int, ranks: Int, goesOn: ((SimulationProgress) -> Bool)?) {
    (self.ranks, self.goesOn) = (ranks, goesOn)
    state = Mutex(State(latest: Array(repeating: nil, count: components)))
  }

  var isWatched: Bool { goesOn != nil }

  /// Takes note of how far a component is, and says whether to go on.
  func report(_ progress: SimulationProgress, of component: Int) -> Bool {
    state.withLock { state in
      state.latest[component] = progress
      if !state.isStopped, let goesOn { state.isStopped = !goesOn(sum(of: state.latest)) }
      return !state.isStopped
    }
  }

  /// How far all are.
  var together: SimulationProgress { state.withLock { sum(of: $0.latest) } }

  private func sum(of latest: [SimulationProgress?]) -> SimulationProgress {
    let known = latest.compactMap(\.self)
    let done = known.reduce(0) { $0 + $1.fraction * Double($1.ranks) }
    return SimulationProgress(
      now: known.map(\.now).max() ?? .zero, events: known.reduce(0) { $0 + $1.events },
      fraction: ranks > 0 ? min(1, done / Double(ranks)) : 1,
      ranksDone: known.reduce(0) { $0 + $1.ranksDone }, ranks: ranks)
  }
}
