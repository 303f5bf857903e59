#if RDMA
  internal import CVerbs
  internal import Foundation

  /// An open device: what everything else on it is made from (`ibv_context`).
  ///
  /// What is made from it keeps it open: it is closed when the last of its handles is gone, in whatever order they go.
  /// That holds for all handles of this room, each for what it stands on.
  package struct Context: ~Copyable {
    let node: ContextNode

    init(_ node: ContextNode) { self.node = node }

    /// Opens the device that the kernel calls `name`.
    ///
    /// - Throws: where there is none; the error then names those that there are.
    package init(device name: String) throws(VerbsError) {
      node = try ContextNode(opening: name)
    }

    /// The kernel's name for the device.
    package var name: String { node.name }

    /// Whether the kernel makes the device called `name` in software, as soft-RoCE does: it hangs on no bus.
    package static func isSoftware(device name: String) -> Bool {
      let target = try? FileManager.default.destinationOfSymbolicLink(
        atPath: "\(DeviceSurvey.folder)/\(name)")
      return target?.contains("/virtual/") ?? false
    }

    /// The most of everything that the device has.
    package var limits: DeviceLimits { DeviceLimits(node.attributes) }

    /// How many ports it has, numbered from 1.
    package var portCount: Int { Int(node.attributes.phys_port_cnt) }
  }

  /// Owns one `ibv_context`.
  @safe
  final class ContextNode {
    let pointer: UnsafeMutablePointer<ibv_context>
    let name: String
    let attributes: ibv_device_attr
    /// Who opened the context and closes it; nil where this node does.
    private let lender: AnyObject?

    convenience init(opening name: String) throws(VerbsError) {
      var count: Int32 = 0
      guard let list = unsafe ibv_get_device_list(&count) else {
        throw VerbsError("ibv_get_device_list", code: errno, detail: "no RDMA in this kernel")
      }
      defer { unsafe ibv_free_device_list(list) }
      let names = (0..<Int(count)).map { unsafe String(cString: ibv_get_device_name(list[$0])) }
      guard let index = names.firstIndex(of: name) else {
        let present = names.isEmpty ? "none" : names.joined(separator: ", ")
        throw VerbsError(
          "ibv_open_device", code: ENODEV, detail: "there is no device \"\(name)\"; there are: \(present)")
      }
      guard let pointer = unsafe ibv_open_device(list[index]) else {
        throw VerbsError("ibv_open_device", code: errno, device: name)
      }
      try unsafe self.init(pointer, name: name, lender: nil)
    }

    /// Takes over `pointer`, or borrows it for as long as `lender` is kept.
    init(
      _ pointer: UnsafeMutablePointer<ibv_context>, name: String, lender: AnyObject?
    ) throws(VerbsError) {
      unsafe self.pointer = pointer
      self.name = name
      self.lender = lender
      var attributes = ibv_device_attr()
      let refusal = unsafe ibv_query_device(pointer, &attributes)
      self.attributes = attributes
      try VerbsError.check("ibv_query_device", on: name, refusal)
      // Asking for an event must never wait for one.
      try Self.makeNonBlocking(unsafe pointer.pointee.async_fd, on: name)
    }

    deinit {
      if lender == nil {
        VerbsError.checkRelease("ibv_close_device", on: name, unsafe ibv_close_device(pointer))
      }
    }

    static func makeNonBlocking(_ descriptor: Int32, on device: String?) throws(VerbsError) {
      let flags = fcntl(descriptor, F_GETFL)
      let result = flags < 0 ? flags : fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
      try VerbsError.check("fcntl", on: device, result)
    }
  }

  /// The most of everything that a device has.
  package struct DeviceLimits: Sendable {
    package let maxQueuePairs: Int
    /// In one queue of a queue pair.
    package let maxWorkRequests: Int
    package let maxCompletionQueues: Int
    /// In one completion queue.
    package let maxCompletions: Int
    package let maxRegions: Int
    package let maxRegionBytes: Int

    init(_ attributes: ibv_device_attr) {
      maxQueuePairs = Int(attributes.max_qp)
      maxWorkRequests = Int(attributes.max_qp_wr)
      maxCompletionQueues = Int(attributes.max_cq)
      maxCompletions = Int(attributes.max_cqe)
      maxRegions = Int(attributes.max_mr)
      maxRegionBytes = Int(clamping: attributes.max_mr_size)
    }
  }
#endif
