/// How a request ended (`ibv_wc_status`).
package struct CompletionStatus: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt32

  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// IBV_WC_SUCCESS: done.
  package static let success = CompletionStatus(rawValue: 0)
  /// IBV_WC_LOC_PROT_ERR: the local memory is not of this key.
  package static let localProtection = CompletionStatus(rawValue: 4)
  /// IBV_WC_WR_FLUSH_ERR: the queue pair had failed before.
  package static let flushed = CompletionStatus(rawValue: 5)
  /// IBV_WC_REM_ACCESS_ERR: the other end did not allow it.
  package static let remoteAccess = CompletionStatus(rawValue: 10)
  /// IBV_WC_RETRY_EXC_ERR: the other end did not answer.
  package static let retriesExceeded = CompletionStatus(rawValue: 12)
  /// IBV_WC_RNR_RETRY_EXC_ERR: the other end had no receive request.
  package static let receiverNotReady = CompletionStatus(rawValue: 13)

  package var isSuccess: Bool { self == .success }
  /// Whether it failed only because another request of its queue pair had failed before.
  package var isFlush: Bool { self == .flushed }
}

/// One request's end (`ibv_wc`).
///
/// Of a failed request only the status, its number and its queue pair have meaning, so only these are offered.
package enum Completion: Sendable, Equatable {
  /// Done; `id` is what the request was posted with, `work` what it was.
  case success(id: UInt64, queuePair: UInt32, work: Work)
  /// Not done; `vendorError` is the device's own code, for its maker.
  case failure(id: UInt64, queuePair: UInt32, status: CompletionStatus, vendorError: UInt32)

  /// What was done (`ibv_wc_opcode`).
  package enum Work: Sendable, Equatable {
    /// A send of this end.
    case send
    /// A write of this end.
    case write
    /// A message came, without a number.
    case receive(bytes: Int)
    /// A write or a send came, with a number; the bytes of a write are in place.
    case receiveWithImmediate(bytes: Int, immediate: UInt32)
    /// What this room never posts.
    case other(UInt32)
  }

  /// What the request was posted with.
  package var id: UInt64 {
    switch self {
    case .success(let id, _, _), .failure(let id, _, _, _): id
    }
  }

  /// The queue pair's number at this end.
  package var queuePair: UInt32 {
    switch self {
    case .success(_, let number, _), .failure(_, let number, _, _): number
    }
  }
}

#if RDMA
  internal import CVerbs

  extension CompletionStatus: CustomStringConvertible {
    /// libibverbs's words, as `remote access error`.
    package var description: String {
      unsafe ibv_wc_status_str(ibv_wc_status(rawValue: rawValue)).map { unsafe String(cString: $0) }
        ?? "status \(rawValue)"
    }
  }

  extension Completion {
    @unsafe
    init(_ pointer: UnsafePointer<ibv_wc>) {
      let (id, number) = unsafe (pointer.pointee.wr_id, pointer.pointee.qp_num)
      // The status first: of a failed request the opcode is not set.
      guard unsafe pointer.pointee.status == IBV_WC_SUCCESS else {
        self = unsafe .failure(
          id: id, queuePair: number, status: CompletionStatus(rawValue: pointer.pointee.status.rawValue),
          vendorError: pointer.pointee.vendor_err)
        return
      }
      let bytes = unsafe Int(pointer.pointee.byte_len)
      let work: Work =
        switch unsafe pointer.pointee.opcode {
        case IBV_WC_SEND: .send
        case IBV_WC_RDMA_WRITE: .write
        case IBV_WC_RECV_RDMA_WITH_IMM:
          .receiveWithImmediate(bytes: bytes, immediate: unsafe syncline_immediate(pointer))
        case IBV_WC_RECV:
          if unsafe pointer.pointee.wc_flags & UInt32(IBV_WC_WITH_IMM.rawValue) != 0 {
            .receiveWithImmediate(bytes: bytes, immediate: unsafe syncline_immediate(pointer))
          } else {
            .receive(bytes: bytes)
          }
        case let other: .other(other.rawValue)
        }
      self = .success(id: id, queuePair: number, work: work)
    }
  }
#endif
