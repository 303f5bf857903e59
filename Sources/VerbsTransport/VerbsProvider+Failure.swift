#if RDMA
  import BasicContainers
  import Transport
  import Verbs

  extension VerbsProvider {
    mutating func explain(_ failure: WorkFailure, queuePair: Int, peer: Int) -> TransportError {
      let rail = queuePair % rails
      // A device that went down says so itself, and that is the cause of all else.
      do throws(TransportError) {
        try checkEvents()
      } catch {
        return error
      }
      let status = CompletionStatus(rawValue: failure.status)
      let state = (try? queuePairs[queuePair].state()) ?? "unknown"
      let vendor = String(failure.vendorError, radix: 16)
      var causes = LikelyCauses(
        status, onEthernet: open[rail].attributes.linkLayer == .ethernet, patience: settings.patience)
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
