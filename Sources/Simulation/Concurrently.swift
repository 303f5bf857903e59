import Dispatch
import Synchronization

/// Does independent pieces of work on all processors, or on `threads` of them.
///
/// What comes out is in the order of `pieces` and depends on nothing but them, however many processors there are.
package func concurrently<Piece: Sendable, Outcome: Sendable>(
  _ pieces: [Piece], threads: Int? = nil, _ work: @Sendable (Piece) -> Outcome
) -> [Outcome] {
  let outcomes = Mutex([Int: Outcome]())
  let next = Atomic(0)
  // Each thread takes the next piece that nobody has, so that a long one holds up no others.
  DispatchQueue.concurrentPerform(iterations: max(1, min(threads ?? pieces.count, pieces.count))) { _ in
    while true {
      let place = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard place < pieces.count else { return }
      let outcome = work(pieces[place])
      outcomes.withLock { $0[place] = outcome }
    }
  }
  return outcomes.withLock { done in pieces.indices.compactMap { done[$0] } }
}
