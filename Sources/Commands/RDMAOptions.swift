import ArgumentParser
import Foundation
import Quantities
package import VerbsTransport

/// The knobs of RDMA connections, under perftest's names too; what isn't given is taken from NCCL's variables.
package struct RDMAOptions: ParsableArguments {
  package init() {}

  @Option(
    name: [.long, .customLong("ib-dev")],
    help: "RDMA devices, DEVICE[:PORT],…: one a rail (the first active port). NCCL_IB_HCA.")
  var device: String?

  @Option(name: .customLong("ib-port"), help: "The port of devices that are named without one.")
  var port = 1

  @Option(
    help:
      "'all': every rank uses all devices; 'by-rank': a host's i-th rank uses the i-th, and so on by turns.")
  var rails = "all"

  @Option(help: "The entry of the GID table (chosen: 'syncline devices' says why). NCCL_IB_GID_INDEX.")
  var gidIndex: Int?

  @Option(help: "1 or 2, where no GID index is given. NCCL_IB_ROCE_VERSION_NUM.")
  var roceVersion: Int?

  @Option(help: "any, ipv4 or ipv6, where no GID index is given. NCCL_IB_ADDR_FAMILY.")
  var addressFamily: String?

  @Option(
    name: [.long, .customLong("tclass"), .customLong("tos")],
    help: "The IP header's traffic class: DSCP times 4 (0). NCCL_IB_TC.")
  var trafficClass: Int?

  @Option(name: [.long, .customLong("sl")], help: "The service level (0). NCCL_IB_SL.")
  var serviceLevel: Int?

  @Option(help: "Bytes in a packet: 256 to 4096 (what the ports do).")
  var mtu: Int?

  @Option(
    name: [.long, .customLong("qp")],
    help: "Queue pairs that two ranks have on each rail (1). NCCL_IB_QPS_PER_CONNECTION.")
  var queuePairs: Int?

  @Option(name: [.long, .customLong("tx-depth")], help: "Writes that a queue pair may have under way.")
  var sendDepth = 128

  @Option(
    name: [.long, .customLong("cq-mod")], help: "Large messages for which one completion is asked.")
  var completionModeration = 1

  @Option(
    name: [.long, .customLong("inline_size")], help: "The most bytes that go with their work request.")
  var inlineSize = 220

  @Option(help: "How long an answer may take: 4.096 us times 2 to this power (14). NCCL_IB_TIMEOUT.")
  var qpTimeout: Int?

  @Option(
    name: [.long, .customLong("retry_count")],
    help: "How often a packet without an answer is sent again (7). NCCL_IB_RETRY_CNT.")
  var retryCount: Int?

  @Option(
    name: [.long, .customLong("rnr_retry")], help: "The same for a receiver that is not ready; 7: for ever.")
  var rnrRetry = 7

  @Option(
    name: [.long, .customLong("min_rnr_timer")],
    help: "How long a sender then waits: a code of InfiniBand's table, 12 is 0.64 ms.")
  var minRnrTimer = 12

  @Option(help: "The partition's key, such as 0x8001 (the first of the port).")
  var pkey: String?

  @Option(
    name: [.long, .customLong("pkey_index")], help: "The key's place in the port's table. NCCL_IB_PKEY.")
  var pkeyIndex: Int?

  @Option(name: [.long, .customLong("hop_limit")], help: "How many routers a packet may pass.")
  var hopLimit = 64

  @Option(help: "on or off: whether bytes may arrive in any order (on). NCCL_IB_PCI_RELAXED_ORDERING.")
  var relaxedOrdering: String?

  @Flag(name: .customLong("disable_pcie_relaxed"), help: "The same as --relaxed-ordering off.")
  var disablesRelaxedOrdering = false

  @Option(
    help: ArgumentHelp(
      "polling, events (sleep until the device says so), or adaptive: the one, and after a while the other.",
      valueName: "way"))
  var waiting = "adaptive"

  @Flag(help: "The same as --waiting events.")
  var events = false

  @Flag(
    name: [.customLong("rdma-cm"), .customLong("rdma_cm")],
    help: "Connect by the RDMA connection manager.")
  var usesConnectionManager = false

  @Option(help: "The most bytes of a message that is copied through the receiver's ring.")
  var eagerLimit = "8K"

  @Option(help: "Such messages that a sender may be ahead of its receiver.")
  var ringSlots = 32

  @Option(
    help: "immediate, or polled: look for small messages in memory, as ib_write_lat does (docs/rdma.md).")
  var smallMessages = "immediate"

  /// How ranks share a host's devices.
  private enum Sharing: String, CaseIterable {
    case all
    case byRank = "by-rank"
  }

  private enum Switch: String, CaseIterable {
    case on, off
  }

  /// The knobs that are given, or that NCCL's variables name.
  ///
  /// - Throws: in one line, what is out of its range or not to be understood.
  package func resolved(
    _ variables: [String: String]
  ) throws(Failure) -> VerbsSettings {
    let variables = NCCLVariables(variables)
    var settings = VerbsSettings()
    settings.devices = try Self.devices(device ?? variables.text("NCCL_IB_HCA"), port: port)
    settings.gidIndex = try variables.number("NCCL_IB_GID_INDEX", unless: gidIndex, none: -1)
    settings.roceVersion = try variables.number("NCCL_IB_ROCE_VERSION_NUM", unless: roceVersion)
    let family =
      addressFamily ?? variables.text("NCCL_IB_ADDR_FAMILY").map { $0.hasSuffix("6") ? "ipv6" : "ipv4" }
    settings.addressFamily = try Names.one("address family", family ?? settings.addressFamily.rawValue)
    settings.trafficClass = try variables.number("NCCL_IB_TC", unless: trafficClass) ?? settings.trafficClass
    settings.serviceLevel = try variables.number("NCCL_IB_SL", unless: serviceLevel) ?? settings.serviceLevel
    settings.mtu = mtu
    settings.queuePairs =
      try variables.number("NCCL_IB_QPS_PER_CONNECTION", unless: queuePairs) ?? settings.queuePairs
    settings.sendDepth = sendDepth
    settings.moderation = completionModeration
    settings.inline = inlineSize
    settings.timeout = try variables.number("NCCL_IB_TIMEOUT", unless: qpTimeout) ?? settings.timeout
    settings.retryCount = try variables.number("NCCL_IB_RETRY_CNT", unless: retryCount) ?? settings.retryCount
    (settings.rnrRetry, settings.minRNRTimer) = (rnrRetry, minRnrTimer)
    if let pkey {
      guard
        let key = UInt16(
          pkey.hasPrefix("0x") ? String(pkey.dropFirst(2)) : pkey, radix: pkey.hasPrefix("0x") ? 16 : 10)
      else { throw Failure(.usage, "--pkey '\(pkey)' is no key of 16 bits such as 0x8001") }
      settings.pkey = key
    }
    settings.pkeyIndex = pkeyIndex
    if pkey == nil { settings.pkeyIndex = try variables.number("NCCL_IB_PKEY", unless: pkeyIndex) }
    guard settings.pkey == nil || settings.pkeyIndex == nil else {
      throw Failure(.usage, "--pkey and --pkey-index exclude each other")
    }
    settings.hopLimit = hopLimit
    let ordering: Switch = try Names.one("setting of --relaxed-ordering", relaxedOrdering ?? "on")
    let asked = try variables.number("NCCL_IB_PCI_RELAXED_ORDERING", unless: relaxedOrdering == nil ? nil : 1)
    settings.relaxedOrdering = ordering == .on && asked != 0 && !disablesRelaxedOrdering
    settings.waiting = events ? .events : try Names.one("way of --waiting", waiting)
    settings.exchange = usesConnectionManager ? .connectionManager : .outOfBand
    settings.eagerLimit = try Names.size("--eager-limit", eagerLimit).bytes
    settings.ringSlots = ringSlots
    settings.smallMessages = try Names.one("way to learn of --small-messages", smallMessages)
    if let complaint = settings.complaint { throw Failure(.usage, complaint) }
    let sharing: Sharing = try Names.one("way to share --rails", rails)
    settings.isByRank = sharing == .byRank
    return settings
  }

  /// `DEVICE[:PORT],…`; NCCL's `=` for exact names is what is done anyway.
  private static func devices(_ text: String?, port: Int) throws(Failure) -> [VerbsSettings.DevicePort] {
    guard let text, !text.isEmpty else { return [] }
    guard !text.hasPrefix("^") else {
      throw Failure(.usage, "device '\(text)': name the devices that are used, not those that aren't")
    }
    var places: [VerbsSettings.DevicePort] = []
    for name in Names.list(text.hasPrefix("=") ? String(text.dropFirst()) : text) {
      let parts = name.split(separator: ":", omittingEmptySubsequences: false)
      guard let device = parts.first, !device.isEmpty, parts.count <= 2,
        let number = parts.count == 2 ? Int(parts[1]) : port, (1...255).contains(number)
      else { throw Failure(.usage, "device '\(name)': it is DEVICE or DEVICE:PORT, as in mlx5_0:1") }
      let place = VerbsSettings.DevicePort(device: String(device), port: number)
      guard !places.contains(place) else { throw Failure(.usage, "device '\(name)' is named twice") }
      places.append(place)
    }
    return places
  }
}

/// The variables that NCCL reads, for those who have tuned a fabric with them.
private struct NCCLVariables {
  private let variables: [String: String]

  init(_ variables: [String: String]) { self.variables = variables }

  func text(_ name: String) -> String? {
    variables[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The option where it is given, else the variable's number; nil where there is none, or what NCCL takes for none.
  func number(_ name: String, unless option: Int?, none: Int? = nil) throws(Failure) -> Int? {
    if let option { return option }
    guard let text = text(name) else { return nil }
    guard let number = Int(text) else { throw Failure(.usage, "\(name)=\(text): it is a whole number") }
    return number == none ? nil : number
  }
}
