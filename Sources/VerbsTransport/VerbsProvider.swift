#if RDMA
  import BasicContainers
  import Foundation
  import Transport
  import Verbs

  /// Queue pairs on this host's RDMA devices.
  struct VerbsProvider: Provider, ~Copyable {
    let settings: VerbsSettings
    /// This rank's device ports.
    var open: UniqueArray<Rail>
    var queuePairs: UniqueArray<QueuePair>
    /// Where other ranks call, one a rail; only where the connection manager connects.
    var listeners: UniqueArray<Identifier>
    private var regions: UniqueArray<RegisteredMemory>
    private var nextRegion = 1
    /// Whether ranks share processors: then a waiting one must give way.
    private let givesWay: Bool
    /// Fruitless polls before a rank does something else: gives way, or sleeps where it may.
    ///
    /// On hardware about a millisecond, which the time to wake up is nothing against. A software device has its work to do on
    /// these processors: some 10 us, longer than a small message takes.
    private let spins: Int
    /// Whether a rank that has polled for long sleeps: not where messages come without the device's word.
    private let sleeps: Bool
    /// The rail whose completions the last poll took.
    private var polled = 0
    /// Whether every rail was asked for an event since the last sleep.
    private var isArmed = false

    let rails: Int
    let queuePairsPerPeer: Int
    let sendDepth: Int
    let largestMessage: Int

    /// One region as all rails know it.
    struct RegisteredMemory: ~Copyable {
      let number: Int
      let byRail: UniqueArray<MemoryRegion>
    }

    init(_ settings: VerbsSettings, givesWay: Bool) throws(TransportError) {
      if let complaint = settings.complaint { throw .unavailable(complaint) }
      let places = settings.devices.isEmpty ? [try Self.firstActive()] : settings.devices
      var open = UniqueArray<Rail>(minimumCapacity: places.count)
      var largest = 1 << 30
      for place in places {
        let rail = try TransportError.verbs { () throws(VerbsError) in try Rail.open(place, settings) }
        largest = min(largest, rail.attributes.maxMessage)
        open.append(rail)
      }
      self.settings = settings
      self.givesWay = givesWay
      self.open = open
      queuePairs = UniqueArray()
      listeners = UniqueArray()
      regions = UniqueArray()
      rails = places.count
      queuePairsPerPeer = places.count * settings.queuePairs
      sendDepth = settings.sendDepth
      largestMessage = largest
      spins = places.contains { Context.isSoftware(device: $0.device) } ? 256 : 32_768
      sleeps = settings.waiting == .adaptive && settings.smallMessages != .polled
    }

    /// The first port that is up.
    private static func firstActive() throws(TransportError) -> VerbsSettings.DevicePort {
      let devices = Device.all()
      for device in devices {
        if let port = device.ports.first(where: { $0.state == "active" }) {
          return VerbsSettings.DevicePort(device: device.name, port: port.number)
        }
      }
      throw .unavailable(
        devices.isEmpty
          ? "no RDMA device on this host: `syncline devices` says what is missing"
          : "no RDMA port is active: \(devices.map(\.description).joined(separator: "; "))")
    }

    /// The device ports in use, in words.
    var ports: [String] {
      (0..<rails).map { rail in
        let gid = open[rail].gid.map { ", GID index \($0.index) \($0.gid) \($0.kind.rawValue)" } ?? ""
        return "\(open[rail].name), MTU \(open[rail].mtu)\(gid)"
      }
    }

    mutating func register(_ region: Region, inOrder: Bool) throws(TransportError) -> Registration {
      var byRail = UniqueArray<MemoryRegion>(minimumCapacity: rails)
      var (local, remote) = (SIMD8<UInt32>(repeating: 0), SIMD8<UInt32>(repeating: 0))
      var access: Access = [.localWrite, .remoteWrite]
      if settings.relaxedOrdering, !inOrder { access.insert(.relaxedOrdering) }
      try TransportError.verbs { () throws(VerbsError) in
        try MemoryRegion.checkLimit(bytes: region.bytes * rails)
        for rail in 0..<rails {
          let made = try unsafe MemoryRegion(
            address: region.address, bytes: region.bytes, access: access, in: open[rail].domain)
          (local[rail], remote[rail]) = (made.localKey, made.remoteKey)
          byRail.append(made)
        }
      }
      let number = nextRegion
      nextRegion += 1
      regions.append(RegisteredMemory(number: number, byRail: byRail))
      return Registration(
        number: number, address: region.address64, bytes: region.bytes, localKeys: local, remoteKeys: remote)
    }

    mutating func unregister(_ registration: Registration) {
      for index in 0..<regions.count where regions[index].number == registration.number {
        _ = regions.remove(at: index)
        return
      }
    }

    @inline(__always)
    mutating func post(_ write: Write, on queuePair: Int) throws(TransportError) {
      let code = unsafe queuePairs[queuePair].write(
        from: write.source.address64, bytes: write.source.bytes, localKey: write.localKey, to: write.target,
        remoteKey: write.remoteKey, immediate: write.immediate, id: id(queuePair, write.sequence),
        signalled: write.isSignalled, inline: write.source.bytes <= queuePairs[queuePair].inlineLimit)
      if code != 0 { throw refused("ibv_post_send", code, queuePair) }
    }

    @inline(__always)
    mutating func postReceive(on queuePair: Int) throws(TransportError) {
      let code = queuePairs[queuePair].receive(id: id(queuePair, 0))
      if code != 0 { throw refused("ibv_post_recv", code, queuePair) }
    }

    @inline(__always)
    func id(_ queuePair: Int, _ sequence: UInt32) -> UInt64 {
      UInt64(UInt32(truncatingIfNeeded: queuePair)) << 32 | UInt64(sequence)
    }

    private func refused(_ call: String, _ code: Int32, _ queuePair: Int) -> TransportError {
      .device(
        VerbsError(
          call, code: code, device: open[queuePair % rails].context.name,
          detail: "queue pair \(queuePairs[queuePair].number)"))
    }

    @inline(__always)
    mutating func poll() throws(TransportError) -> Int {
      for _ in 0..<rails {
        polled = polled + 1 < rails ? polled + 1 : 0
        let rail = polled
        let count: Int
        do throws(VerbsError) {
          count = try open[rail].completions.poll()
        } catch {
          throw .device(error)
        }
        if count > 0 { return count }
      }
      return 0
    }

    @inline(__always)
    func completion(_ index: Int) -> WorkCompletion {
      switch open[polled].completions[index] {
      case .success(let id, _, .write):
        .written(queuePair: Int(id >> 32), sequence: UInt32(truncatingIfNeeded: id))
      case .success(let id, _, .receiveWithImmediate(_, let immediate)):
        .arrived(queuePair: Int(id >> 32), immediate: immediate)
      case .success(let id, _, _):
        // No rank posts anything else; the data path refuses these bits.
        .arrived(queuePair: Int(id >> 32), immediate: .max)
      case .failure(let id, _, let status, let vendorError):
        .failed(
          queuePair: Int(id >> 32),
          WorkFailure(status: status.rawValue, isFlushed: status.isFlush, vendorError: vendorError))
      }
    }

    mutating func idle(fruitless polls: Int) throws(TransportError) -> Bool {
      if polls.isMultiple(of: 1_024) { try checkEvents() }
      switch settings.waiting {
      case .adaptive where sleeps && polls > spins: return try sleep()
      case .adaptive, .polling:
        // Another rank, or a software device's own work, may wait for this processor.
        if givesWay || polls > spins { sched_yield() }
        return false
      case .events:
        guard polls > 16 else { return false }
        return try sleep()
      }
    }

    /// Asks for events first, so that what came before is seen by one more poll; sleeps at the second call.
    private mutating func sleep() throws(TransportError) -> Bool {
      guard isArmed else {
        for rail in 0..<rails {
          try TransportError.verbs { () throws(VerbsError) in
            try open[rail].completions.requestNotification()
          }
        }
        isArmed = true
        return false
      }
      isArmed = false
      var descriptors: [pollfd] = []
      for rail in 0..<rails {
        if let descriptor = open[rail].channelDescriptor {
          descriptors.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
        }
        descriptors.append(
          pollfd(fd: open[rail].context.eventDescriptor, events: Int16(POLLIN), revents: 0))
      }
      let found = unsafe Foundation.poll(&descriptors, nfds_t(descriptors.count), 50)
      guard found >= 0 || errno == EINTR else {
        throw .library(call: "poll", reason: unsafe String(cString: strerror(errno)))
      }
      for rail in 0..<rails {
        try TransportError.verbs { () throws(VerbsError) in try open[rail].takeEvents() }
      }
      try checkEvents()
      return true
    }

    /// Ends the run where a device says that it can't go on.
    mutating func checkEvents() throws(TransportError) {
      for rail in 0..<rails {
        while let event = open[rail].context.nextEvent() {
          if event.isFatal { throw .linkLost("\(open[rail].context.name): \(event)") }
          if event.kind == .gidChange { try checkGID(rail) }
        }
      }
    }

    /// Ends the run where the address that its packets come from is no longer there.
    private func checkGID(_ rail: Int) throws(TransportError) {
      guard let gid = open[rail].gid else { return }
      let entries = try TransportError.verbs { () throws(VerbsError) in
        try open[rail].context.gids(port: open[rail].port)
      }
      guard !entries.contains(gid) else { return }
      let now = entries.first { $0.index == gid.index }.map { "is \($0.gid) now" } ?? "is gone"
      throw .linkLost("\(open[rail].name): GID index \(gid.index), \(gid.gid), \(now)")
    }
  }
#endif
