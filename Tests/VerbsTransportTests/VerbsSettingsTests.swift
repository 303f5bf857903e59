import Testing
import Verbs
import VerbsTransport

@Suite("What verbs connections are asked for, and why they fail")
struct VerbsSettingsTests {
  /// One knob, set to something.
  struct Knob: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let set: @Sendable (inout VerbsSettings) -> Void

    init(_ complaint: String, _ set: @escaping @Sendable (inout VerbsSettings) -> Void) {
      (testDescription, self.set) = (complaint, set)
    }
  }

  @Test(
    "A knob out of its range is refused with the range",
    arguments: [
      Knob("GID index 256: 0 to 255 are possible") { $0.gidIndex = 256 },
      Knob("RoCE version 3: 1 to 2 are possible") { $0.roceVersion = 3 },
      Knob("traffic class 256: 0 to 255 are possible (the DSCP times 4)") { $0.trafficClass = 256 },
      Knob("service level 16: 0 to 15 are possible") { $0.serviceLevel = 16 },
      Knob("queue pairs per connection 0: 1 to 128 are possible") { $0.queuePairs = 0 },
      Knob("send depth 7: 8 to 32768 are possible") { $0.sendDepth = 7 },
      Knob("completion moderation 129: 1 to 128 are possible (the send depth)") { $0.moderation = 129 },
      Knob("inline size -1: 0 to 4096 are possible") { $0.inline = -1 },
      Knob("QP timeout 0: 1 to 31 are possible (4.096 us times 2 to this power)") { $0.timeout = 0 },
      Knob("retry count 8: 0 to 7 are possible") { $0.retryCount = 8 },
      Knob("RNR retry count 8: 0 to 7 are possible (7 is for ever)") { $0.rnrRetry = 8 },
      Knob("minimum RNR timer 32: 0 to 31 are possible") { $0.minRNRTimer = 32 },
      Knob("P_Key index 65536: 0 to 65535 are possible") { $0.pkeyIndex = 65_536 },
      Knob("hop limit 0: 1 to 255 are possible") { $0.hopLimit = 0 },
      Knob("eager limit 1048577: 0 to 1048576 are possible") { $0.eagerLimit = (1 << 20) + 1 },
      Knob("ring slots 0: 1 to 4096 are possible") { $0.ringSlots = 0 },
      Knob("MTU 1500: it is 256, 512, 1024, 2048 or 4096") { $0.mtu = 1_500 },
      Knob("9 device ports: at most 8 are possible") { settings in
        settings.devices = (1...9).map { VerbsSettings.DevicePort(device: "rxe0", port: $0) }
      },
      Knob("rdma_cm takes an MTU from the route: leave it out, or connect out of band") {
        ($0.exchange, $0.mtu) = (.connectionManager, 1_024)
      },
      Knob("rdma_cm takes a P_Key from the route: leave it out, or connect out of band") {
        ($0.exchange, $0.pkeyIndex) = (.connectionManager, 0)
      },
      Knob("rdma_cm takes a service level from the route: leave it out, or connect out of band") {
        ($0.exchange, $0.serviceLevel) = (.connectionManager, 1)
      },
      Knob("rdma_cm takes a hop limit from the route: leave it out, or connect out of band") {
        ($0.exchange, $0.hopLimit) = (.connectionManager, 1)
      },
    ])
  func complaint(knob: Knob) {
    var settings = VerbsSettings()
    #expect(settings.complaint == nil)
    knob.set(&settings)
    #expect(settings.complaint == knob.testDescription)
  }

  @Test("A connection is given up after every try has had its time")
  func patience() {
    var settings = VerbsSettings()
    // 4.096 us * 2^14 is 67.1 ms, eight times: the first and seven more.
    #expect(abs(settings.patience - 0.536_870_912) < 1e-9)
    (settings.timeout, settings.retryCount) = (8, 0)
    #expect(abs(settings.patience - 0.001_048_576) < 1e-9)
  }

  @Test("Without an answer on Ethernet: first the peer, then the GID, the MTU, loss and a firewall")
  func ethernet() {
    var causes = LikelyCauses(.retriesExceeded, onEthernet: true)
    causes.gid = "index 1, 192.0.2.1, RoCE v2"
    causes.mtu = 4_096
    let list = causes.list
    #expect(list.count == 5)
    for (cause, words) in zip(
      list,
      [
        "process or host is gone", "wrong GID (here index 1, 192.0.2.1, RoCE v2;", "MTU than 4096 B",
        "lossy fabric without PFC", "UDP port 4791",
      ])
    {
      #expect(cause.contains(words), "\(cause)")
    }
  }

  @Test("Without an answer on InfiniBand no address and no firewall is to blame")
  func infiniBand() {
    let list = LikelyCauses(.retriesExceeded, onEthernet: false).list
    #expect(list.count == 3 && list[0].contains("is gone") && list[1].contains("link on the path"))
    #expect(!list.contains { $0.contains("GID") || $0.contains("4791") || $0.contains("PFC") })
  }

  @Test("A peer that is there but not ready, or closed its memory, is told from one that is gone")
  func others() {
    func first(_ status: CompletionStatus) -> String {
      LikelyCauses(status, onEthernet: true).list[0]
    }
    #expect(first(.receiverNotReady).contains("stopped or starved"))
    #expect(first(.remoteAccess).contains("no longer registered"))
    #expect(first(.flushed).contains("had failed before"))
    #expect(first(CompletionStatus(rawValue: 2)).contains("can't send"))
    #expect(first(.localProtection).contains("a bug"))
  }
}
