import Dispatch
import Synchronization

/// Does independent pieces of work on all processors.
///
/// What comes out is in the order of `pieces` and depends on nothing but them, however many processors there are.
func concurrently<Piece: Sendable, Outcome: Sendable>(
  _ pieces: [Piece], _ work: @Sendable (Piece) -> Outcome
) -> [Outcome] {
  let outcomes = Mutex([Int: Outcome]())
  DispatchQueue.concurrentPerform(iterations: pieces.count) { place in
    let outcome = work(pieces[place])
    outcomes.withLock { $0[place] = outcome }
  }
  return outcomes.withLock { done in pieces.indices.compactMap { done[$0] } }
}
