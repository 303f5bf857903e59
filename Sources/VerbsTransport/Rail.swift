#if RDMA
  import Transport
  import Verbs

  /// One device port of this rank, open, with the queue that its completions go to.
  struct Rail: ~Copyable {
    let context: Context
    let domain: ProtectionDomain
    let channel: CompletionChannel?
    var completions: CompletionQueue
    let port: Int
    let attributes: PortAttributes
    /// Whose address packets come from; nil on InfiniBand.
    let gid: GIDEntry?
    let pkeyIndex: Int
    /// The most bytes in a packet that this end does.
    let mtu: Int
    /// Completions that its queue pairs may have at a time.
    private var promised = 0

    /// `rxe0 port 1`.
    var name: String { "\(context.name) port \(port)" }

    private init(
      _ context: consuming Context, _ domain: consuming ProtectionDomain,
      _ channel: consuming CompletionChannel?, _ completions: consuming CompletionQueue, port: Int,
      attributes: PortAttributes, gid: GIDEntry?, pkeyIndex: Int, mtu: Int
    ) {
      self.context = context
      self.domain = domain
      self.channel = channel
      self.completions = completions
      (self.port, self.attributes, self.gid) = (port, attributes, gid)
      (self.pkeyIndex, self.mtu) = (pkeyIndex, mtu)
    }

    /// Opens a device and looks at its port.
    ///
    /// - Throws: where the device, its port, or what is asked of them is not there.
    static func open(
      _ place: VerbsSettings.DevicePort, _ settings: VerbsSettings
    ) throws(VerbsError) -> Rail {
      // The connection manager has opened each device, and takes no other's queues.
      let context =
        switch settings.exchange {
        case .outOfBand: try Context(device: place.device)
        case .connectionManager: try Context(ofConnectionManager: place.device)
        }
      let attributes = try context.port(place.port)
      guard attributes.state == .active else {
        throw VerbsError(
          "ibv_query_port", code: 0, device: place.device,
          detail:
            "port \(place.port) is \(attributes.state.rawValue): bring its link up, or name another by --device"
        )
      }
      if let mtu = settings.mtu, mtu > attributes.activeMTU {
        throw VerbsError(
          "ibv_query_port", code: 0, device: place.device,
          detail:
            "MTU \(mtu): port \(place.port) does \(attributes.activeMTU) now; a RoCE port follows its interface"
        )
      }
      let gid = try gid(context, place.port, attributes, settings)
      let pkeyIndex = try pkeyIndex(context, place.port, settings)
      let domain = try ProtectionDomain(context)
      var channel: CompletionChannel? = nil
      if settings.waiting != .polling { channel = try CompletionChannel(context) }
      let completions = try CompletionQueue(context, capacity: 64, channel: channel)
      return Rail(
        context, domain, channel, completions, port: place.port, attributes: attributes, gid: gid,
        pkeyIndex: pkeyIndex, mtu: settings.mtu ?? attributes.activeMTU)
    }

    /// Takes the events that are there.
    func takeEvents() throws(VerbsError) {
      switch channel {
      case .some(let channel): try channel.takeEvents()
      case .none: break
      }
    }

    /// Where the next completion is announced; nil where it is polled for.
    var channelDescriptor: Int32? {
      switch channel {
      case .some(let channel): channel.descriptor
      case .none: nil
      }
    }

    /// The address that packets come from.
    private static func gid(
      _ context: borrowing Context, _ port: Int, _ attributes: PortAttributes, _ settings: VerbsSettings
    ) throws(VerbsError) -> GIDEntry? {
      guard attributes.linkLayer == .ethernet || settings.gidIndex != nil else { return nil }
      let entries = try context.gids(port: port)
      let asked: GIDChoice.Request =
        if let index = settings.gidIndex {
          .index(index)
        } else {
          .automatic(
            version: settings.roceVersion.flatMap { GIDChoice.Version(rawValue: $0) },
            family: GIDChoice.Family(rawValue: settings.addressFamily.rawValue) ?? .any)
        }
      do {
        return try GIDChoice.choose(among: entries, linkLayer: attributes.linkLayer, asked: asked).entry
      } catch {
        throw VerbsError(
          "ibv_query_gid_table", code: 0, device: context.name, detail: "port \(port): \(error)")
      }
    }

    /// Where the partition's key stands in the port's table.
    private static func pkeyIndex(
      _ context: borrowing Context, _ port: Int, _ settings: VerbsSettings
    ) throws(VerbsError) -> Int {
      guard settings.pkey != nil || settings.pkeyIndex != nil else { return 0 }
      let keys = try context.pkeys(port: port)
      let present = keys.enumerated().filter { $0.element != 0 }
        .map { "\($0.element.hexadecimal) at index \($0.offset)" }.joined(separator: ", ")
      // The top bit only says whether the port is a full member.
      if let key = settings.pkey {
        if let index = keys.firstIndex(where: { $0 & 0x7fff == key & 0x7fff && $0 != 0 }) { return index }
        throw VerbsError(
          "ibv_query_pkey", code: 0, device: context.name,
          detail: "P_Key \(key.hexadecimal) is not in port \(port)'s table; there are: \(present)")
      }
      let index = settings.pkeyIndex ?? 0
      if keys.indices.contains(index), keys[index] != 0 { return index }
      throw VerbsError(
        "ibv_query_pkey", code: 0, device: context.name,
        detail: "P_Key index \(index) of port \(port) is empty; there are: \(present)")
    }

    /// Makes room for the completions of another queue pair.
    mutating func reserve(_ more: Int) throws(VerbsError) {
      promised += more
      guard completions.capacity < promised else { return }
      let most = context.limits.maxCompletions
      guard promised <= most else {
        throw VerbsError(
          "ibv_resize_cq", code: 0, device: context.name,
          detail:
            "its queue pairs may have \(promised) completions, a queue holds \(most) at the most: use fewer queue pairs or less send depth"
        )
      }
      try completions.resize(to: min(most, promised * 2))
    }
  }

  extension TransportError {
    /// Runs what only the device can refuse.
    static func verbs<Result: ~Copyable>(
      _ body: () throws(VerbsError) -> Result
    ) throws(TransportError) -> Result {
      do throws(VerbsError) {
        return try body()
      } catch {
        throw .device(error)
      }
    }

    /// A refusal of the device, as a transport's.
    static func device(_ error: VerbsError) -> TransportError { .unavailable(error.description) }
  }

  extension UInt16 {
    /// As `0xffff`.
    var hexadecimal: String {
      let digits = String(self, radix: 16)
      return "0x" + String(repeating: "0", count: 4 - digits.count) + digits
    }
  }
#endif
