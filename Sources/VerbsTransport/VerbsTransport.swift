#if RDMA
  public import Transport

  /// Messages over RDMA queue pairs: `ibv_post_send` of writes into the memory of other ranks.
  ///
  /// Ranks find each other over `Channel`: MPI, a ``TCPRendezvous``, or whatever else they share. Pairs are connected when
  /// a run is prepared that needs them, and stay connected. `docs/rdma.md` tells how
  /// messages travel.
  public struct VerbsTransport<Channel: OutOfBand & ~Copyable>: ~Copyable, Transport {
    private var path: QueuePairTransport<VerbsProvider, Channel>

    /// Opens this rank's devices; nothing is connected as yet.
    ///
    /// Every rank calls it.
    ///
    /// - Throws: ``TransportError/agreed(_:)`` where a rank has no such device, port, GID, P_Key or MTU.
    public init(_ settings: VerbsSettings, over channel: consuming Channel) throws(TransportError) {
      let place = try channel.placeOnHost()
      var settings = settings
      if settings.isByRank, !settings.devices.isEmpty {
        settings.devices = [settings.devices[place.index % settings.devices.count]]
      }
      var data = DataPathSettings()
      data.eagerLimit = settings.eagerLimit
      data.ringSlots = settings.ringSlots
      data.moderation = settings.moderation
      data.polledRing = settings.smallMessages == .polled
      let provider: VerbsProvider
      do {
        provider = try VerbsProvider(settings, givesWay: place.sharesProcessors)
      } catch {
        try channel.agree(error)
        throw error
      }
      try channel.agree(nil)
      ports = provider.ports
      path = QueuePairTransport(provider, over: channel, settings: data)
    }

    /// Waits until all that was sent has arrived, on all ranks; takes the connections down and gives the channel back.
    public consuming func close() throws(TransportError) -> Channel { try path.close() }

    /// This rank.
    public var rank: Int { path.rank }
    /// How many ranks there are.
    public var ranks: Int { path.ranks }
    /// How long a wait may last, in seconds.
    public var timeLimit: Double {
      get { path.timeLimit }
      set { path.timeLimit = newValue }
    }

    /// The device ports in use, in words.
    public let ports: [String]

    /// Registers memory and connects peers, as far as they aren't yet.
    public mutating func prepare(_ traffic: Traffic) throws(TransportError) { try path.prepare(traffic) }

    /// Writes a small message into the peer's ring, a large one to where its receive is.
    public mutating func send(_ region: Region, to peer: Int, tag: Int32, slot: Int) throws(TransportError) {
      try path.send(region, to: peer, tag: tag, slot: slot)
    }

    /// Grants the place for a large message, and takes a small one out of the ring.
    public mutating func receive(_ region: Region, from peer: Int, tag: Int32, slot: Int)
      throws(TransportError)
    {
      try path.receive(region, from: peer, tag: tag, slot: slot)
    }

    /// Polls completions, or sleeps until there are some.
    public mutating func wait(into completed: inout [Int]) throws(TransportError) {
      try path.wait(into: &completed)
    }

    /// Over the out-of-band channel.
    public mutating func greatest(_ value: Int64) throws(TransportError) -> Int64 { try path.greatest(value) }

    /// Over the out-of-band channel.
    public mutating func gather(_ values: [Int64]) throws(TransportError) -> [[Int64]] {
      try path.gather(values)
    }

    /// What the out-of-band channel knows of lost ranks.
    public mutating func check() throws(TransportError) { try path.check() }
  }
#endif
