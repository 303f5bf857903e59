#if RDMA
  import BasicContainers
  import Foundation
  import Transport
  import Verbs

  extension VerbsProvider {
    /// What a device that went down says of itself: that is the cause of all else.
    ///
    /// Writes may fail some milliseconds before it is said, so it is waited for.
    mutating func linkFailure() -> TransportError? {
      for _ in 0..<10 {
        do throws(TransportError) {
          try checkEvents()
        } catch {
          return error
        }
        for rail in 0..<rails {
          let port = open[rail].port
          if let now = try? open[rail].context.port(port), now.state != .active {
            return .linkLost("\(open[rail].context.name): \(AsyncEvent(.portDown, of: .port(port)))")
          }
        }
        usleep(10_000)
      }
      return nil
    }

    mutating func explain(_ failure: WorkFailure, queuePair: Int, peer: Int) -> TransportError {
      let rail = queuePair % rails
      if let cause = linkFailure() { return cause }
      let status = CompletionStatus(rawValue: failure.status)
      let state = (try? queuePairs[queuePair].state()) ?? "unknown"
      let vendor = String(failure.vendorError, radix: 16)
      var causes = LikelyCauses(status, onEthernet: open[rail].attributes.linkLayer == .ethernet)
      causes.gid = open[rail].gid.map { "index \($0.index), \($0.gid), \($0.kind.rawValue)" }
      causes.mtu = open[rail].mtu
      return .peerLost(
        rank: peer,
        reason:
          "\(status) (status \(failure.status), vendor error 0x\(vendor)) on \(open[rail].name), "
          + "queue pair \(queuePairs[queuePair].number) in state \(state); likely, in this order: "
          + causes.list.joined(separator: "; "))
    }
  }
#endif
