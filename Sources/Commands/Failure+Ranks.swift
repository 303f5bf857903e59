#if MPI
  import Foundation
  import MPITransport

  extension Failure {
    /// Says why a rank can't go on, and ends all ranks: whoever still runs would wait for it for ever.
    static func endAllRanks(because error: any Error) -> Never {
      let failure = error as? Failure ?? Failure(.software, "\(error)")
      failure.say()
      // One that leaves the word to another lets it speak.
      if failure.description.isEmpty { sleep(2) }
      MPITransport.abort(code: failure.code.rawValue)
    }
  }
#endif
