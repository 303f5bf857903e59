/// The other end of a connection that is made by hand: what it must say of itself.
package struct RemoteEnd: Sendable, Equatable {
  /// Its queue pair's number.
  package var queuePair: UInt32
  /// The number of its first packet (24 bits).
  package var psn: UInt32
  /// Its port's LID; 0 on Ethernet.
  package var lid: UInt16
  /// Its GID; needed on Ethernet, and across InfiniBand subnets.
  package var gid: GID?
  /// The most bytes in a packet for both ends: 256, 512, 1024, 2048 or 4096.
  package var mtu: Int

  package init(queuePair: UInt32, psn: UInt32, lid: UInt16, gid: GID?, mtu: Int) {
    self.queuePair = queuePair
    self.psn = psn
    self.lid = lid
    self.gid = gid
    self.mtu = mtu
  }
}

/// How packets leave this end.
package struct PathSettings: Sendable, Equatable {
  /// The port, from 1 on.
  package var port: Int
  /// Whose GID packets come from; used where the other end has a GID.
  package var gidIndex: Int
  /// InfiniBand's service level, or the priority of an Ethernet frame (0 to 7).
  package var serviceLevel: UInt8
  /// The IP header's traffic class: DSCP in the upper six bits, ECN in the lower two.
  package var trafficClass: UInt8
  /// How many routers a packet may pass.
  package var hopLimit: UInt8

  package init(
    port: Int, gidIndex: Int, serviceLevel: UInt8 = 0, trafficClass: UInt8 = 0, hopLimit: UInt8 = 64
  ) {
    self.port = port
    self.gidIndex = gidIndex
    self.serviceLevel = serviceLevel
    self.trafficClass = trafficClass
    self.hopLimit = hopLimit
  }
}

#if RDMA
  internal import CVerbs
  internal import Foundation

  extension QueuePair {
    /// RESET to INIT: receive requests may be posted from here on.
    package func initialize(
      port: Int, pkeyIndex: Int = 0, access: Access = [.localWrite, .remoteWrite]
    ) throws(VerbsError) {
      var attributes = ibv_qp_attr()
      attributes.qp_state = IBV_QPS_INIT
      attributes.port_num = UInt8(clamping: port)
      attributes.pkey_index = UInt16(clamping: pkeyIndex)
      // Relaxed ordering is a property of memory, and refused here.
      attributes.qp_access_flags = access.subtracting(.relaxedOrdering).rawValue
      try modify(
        attributes, [IBV_QP_STATE, IBV_QP_PKEY_INDEX, IBV_QP_PORT, IBV_QP_ACCESS_FLAGS],
        "to INIT, port \(port), partition key \(pkeyIndex)")
    }

    /// INIT to RTR: what the other end sends is taken from here on.
    ///
    /// - Parameter minRNRTimer: how long the other end waits where no receive request is there: a code of the
    ///   standard's table 45; 12 is 0.64 ms, 1 the shortest (0.01 ms), 0 the longest (655.36 ms).
    package func makeReady(
      to remote: RemoteEnd, own path: PathSettings, minRNRTimer: UInt8 = 12
    ) throws(VerbsError) {
      var attributes = ibv_qp_attr()
      attributes.qp_state = IBV_QPS_RTR
      attributes.path_mtu = ibv_mtu(rawValue: try mtuCode(remote.mtu))
      attributes.dest_qp_num = remote.queuePair
      attributes.rq_psn = remote.psn & 0xFF_FFFF
      attributes.max_dest_rd_atomic = 1
      attributes.min_rnr_timer = minRNRTimer
      attributes.ah_attr.dlid = remote.lid
      attributes.ah_attr.sl = path.serviceLevel
      attributes.ah_attr.port_num = UInt8(clamping: path.port)
      if let gid = remote.gid {
        attributes.ah_attr.is_global = 1
        attributes.ah_attr.grh.dgid = gid.value
        attributes.ah_attr.grh.sgid_index = UInt8(clamping: path.gidIndex)
        attributes.ah_attr.grh.hop_limit = path.hopLimit
        attributes.ah_attr.grh.traffic_class = path.trafficClass
      }
      let end = remote.gid.map { "GID \($0) from index \(path.gidIndex)" } ?? "LID \(remote.lid)"
      try modify(
        attributes,
        [
          IBV_QP_STATE, IBV_QP_AV, IBV_QP_PATH_MTU, IBV_QP_DEST_QPN, IBV_QP_RQ_PSN, IBV_QP_MAX_DEST_RD_ATOMIC,
          IBV_QP_MIN_RNR_TIMER,
        ], "to RTR, queue pair \(remote.queuePair) at \(end), port \(path.port), MTU \(remote.mtu)")
    }

    /// RTR to RTS: writes may be posted from here on.
    ///
    /// - Parameters:
    ///   - psn: the number of the first packet (24 bits), as the other end was told.
    ///   - timeout: how long an answer may take, 4.096 us times 2 to this power; 0 is for ever, 31 the most.
    ///   - retryCount: how often a packet without an answer is sent again, 7 at the most.
    ///   - rnrRetry: the same for one that found no receive request; 7 is for ever.
    package func startSending(
      psn: UInt32, timeout: UInt8, retryCount: UInt8, rnrRetry: UInt8
    ) throws(VerbsError) {
      var attributes = ibv_qp_attr()
      attributes.qp_state = IBV_QPS_RTS
      attributes.sq_psn = psn & 0xFF_FFFF
      attributes.timeout = timeout
      attributes.retry_cnt = retryCount
      attributes.rnr_retry = rnrRetry
      attributes.max_rd_atomic = 1
      try modify(
        attributes,
        [
          IBV_QP_STATE, IBV_QP_SQ_PSN, IBV_QP_TIMEOUT, IBV_QP_RETRY_CNT, IBV_QP_RNR_RETRY,
          IBV_QP_MAX_QP_RD_ATOMIC,
        ], "to RTS, timeout \(timeout), \(retryCount) retries, \(rnrRetry) where no receive is posted")
    }

    /// In RTR or RTS: how long the other end waits where no receive request is there.
    ///
    /// As in ``makeReady(to:own:minRNRTimer:)``. The connection manager leaves it at 0, the longest.
    package func setMinRNRTimer(_ code: UInt8) throws(VerbsError) {
      var attributes = ibv_qp_attr()
      attributes.min_rnr_timer = code
      try modify(attributes, [IBV_QP_MIN_RNR_TIMER], "minimum RNR timer \(code)")
    }

    /// Any state to ERR: all requests that are posted complete, flushed.
    package func fail() throws(VerbsError) {
      var attributes = ibv_qp_attr()
      attributes.qp_state = IBV_QPS_ERR
      try modify(attributes, [IBV_QP_STATE], "to ERR")
    }

    /// The state as the standard calls it: RESET, INIT, RTR, RTS, SQD, SQE or ERR.
    package func state() throws(VerbsError) -> String {
      var attributes = ibv_qp_attr()
      var initial = unsafe ibv_qp_init_attr()
      let refusal = unsafe ibv_query_qp(pointer, &attributes, Int32(IBV_QP_STATE.rawValue), &initial)
      try VerbsError.check("ibv_query_qp", on: node.domain.context.name, refusal)
      let states = ["RESET", "INIT", "RTR", "RTS", "SQD", "SQE", "ERR"]
      let state = Int(attributes.qp_state.rawValue)
      return states.indices.contains(state) ? states[state] : "state \(state)"
    }

    private func mtuCode(_ bytes: Int) throws(VerbsError) -> UInt32 {
      guard let code = [256, 512, 1_024, 2_048, 4_096].firstIndex(of: bytes) else {
        throw VerbsError(
          "ibv_modify_qp", code: EINVAL, device: node.domain.context.name,
          detail: "MTU \(bytes): it is 256, 512, 1024, 2048 or 4096")
      }
      return UInt32(code + 1)
    }

    private func modify(
      _ attributes: ibv_qp_attr, _ parts: [ibv_qp_attr_mask], _ aim: @autoclosure () -> String
    ) throws(VerbsError) {
      var attributes = attributes
      let mask = parts.reduce(0) { $0 | $1.rawValue }
      try VerbsError.check(
        "ibv_modify_qp", on: node.domain.context.name,
        unsafe ibv_modify_qp(pointer, &attributes, Int32(mask)),
        detail: "queue pair \(number) \(aim())")
    }
  }
#endif
