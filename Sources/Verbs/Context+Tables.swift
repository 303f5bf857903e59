#if RDMA
  internal import CVerbs
  internal import Foundation

  extension Context {
    /// The GID table of a port, without its empty entries (`ibv_query_gid_table`).
    package func gids(port: Int) throws(VerbsError) -> [GIDEntry] {
      var room = 0
      for number in 1...max(1, portCount) { room += Int(try portAttributes(number).gid_tbl_len) }
      var entries = [ibv_gid_entry](repeating: ibv_gid_entry(), count: room)
      let count = unsafe entries.withUnsafeMutableBufferPointer { entries in
        unsafe ibv_query_gid_table(node.pointer, entries.baseAddress, entries.count, 0)
      }
      // A negative result is an errno too, unlike that of most calls.
      guard count >= 0 else {
        throw VerbsError("ibv_query_gid_table", code: Int32(-count), device: name, detail: "port \(port)")
      }
      return entries.prefix(count).filter { $0.port_num == UInt32(port) }.map { GIDEntry($0) }
        .filter { !$0.gid.isZero }
    }

    /// The partition keys of a port, in the order of its table.
    package func pkeys(port: Int) throws(VerbsError) -> [UInt16] {
      var keys: [UInt16] = []
      for index in 0..<Int32(try portAttributes(port).pkey_tbl_len) {
        var key: UInt16 = 0
        try VerbsError.check(
          "ibv_query_pkey", on: name, unsafe ibv_query_pkey(node.pointer, UInt8(port), index, &key),
          detail: "port \(port), index \(index)")
        keys.append(UInt16(bigEndian: key))
      }
      return keys
    }
  }

  extension GIDEntry {
    fileprivate init(_ entry: ibv_gid_entry) {
      let kind: Kind =
        switch entry.gid_type {
        case IBV_GID_TYPE_ROCE_V1.rawValue: .roceV1
        case IBV_GID_TYPE_ROCE_V2.rawValue: .roceV2
        default: .infiniband
        }
      self.init(
        index: Int(entry.gid_index), gid: GID(entry.gid), kind: kind,
        interface: Self.interfaceName(entry.ndev_ifindex))
    }

    private static func interfaceName(_ index: UInt32) -> String? {
      guard index != 0 else { return nil }
      var name = [CChar](repeating: 0, count: Int(IF_NAMESIZE))
      guard unsafe if_indextoname(index, &name) != nil else { return nil }
      return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }

  extension GID {
    init(_ gid: ibv_gid) {
      self.init(bytes: unsafe withUnsafeBytes(of: gid) { unsafe [UInt8]($0) })
    }

    var value: ibv_gid {
      var gid = ibv_gid()
      unsafe withUnsafeMutableBytes(of: &gid) { unsafe $0.copyBytes(from: bytes) }
      return gid
    }
  }
#endif
