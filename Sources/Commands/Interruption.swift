import CPlatform
import Dispatch
import Foundation
import Synchronization

/// The user's wish that a long computation ends: the first Ctrl-C asks for it, the next ends the program as
/// usual.
enum Interruption {
  private static let asked = Atomic<Bool>(false)

  /// Whether the user has asked; cheap enough for every few thousand events.
  static var isAsked: Bool { asked.load(ordering: .relaxed) }

  /// Listens until the value that is returned goes away.
  static func listen() -> Listener { Listener() }

  /// What receives the signal.
  final class Listener {
    private let source: any DispatchSourceSignal

    fileprivate init() {
      // A signal that is not ignored would end the program before the source sees it.
      signal(SIGINT, SIG_IGN)
      syncline_accept_signals()
      source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
      source.setEventHandler {
        asked.store(true, ordering: .relaxed)
        signal(SIGINT, SIG_DFL)
      }
      source.resume()
    }

    deinit {
      source.cancel()
      signal(SIGINT, SIG_DFL)
    }
  }
}
