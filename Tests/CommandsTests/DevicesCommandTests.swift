import Commands
import Foundation
import Quantities
import Testing
import Verbs

@Suite("devices")
struct DevicesCommandTests {
  /// Two devices: one RoCE port with four GIDs, and one InfiniBand port without any.
  private static let survey: DeviceSurvey = {
    let linkLocal = GID(prefix: 0xFE80_0000_0000_0000, interface: 0x5054_00FF_FE00_0001)
    let ipv4 = GID(prefix: 0, interface: 0xFFFF_C000_0201)
    let gids = [(GIDEntry.Kind.roceV1, linkLocal), (.roceV2, linkLocal), (.roceV1, ipv4), (.roceV2, ipv4)]
      .enumerated().map { GIDEntry(index: $0, gid: $1.1, kind: $1.0, interface: "eth0") }
    func attributes(_ layer: PortAttributes.LinkLayer, lid: UInt16) -> PortAttributes {
      PortAttributes(
        state: layer == .ethernet ? .active : .initializing, linkLayer: layer, activeMTU: 1_024,
        maxMTU: 4_096,
        rate: .gigabits(100), lid: lid, maxMessage: 1 << 30, gidTableLength: 16, pkeyTableLength: 1)
    }
    return DeviceSurvey(
      devices: [
        Device(
          name: "mlx5_0", firmware: "16.35.2000", vendor: 0x2C9, vendorPart: 4_121, numaNode: 1,
          ports: [
            Device.Port(
              number: 1, attributes: attributes(.ethernet, lid: 0), gids: gids, rate: .gigabits(100))
          ]),
        Device(
          name: "mlx5_1", firmware: "", vendor: 0x2C9, vendorPart: 4_121, numaNode: nil,
          ports: [Device.Port(number: 1, attributes: attributes(.infiniband, lid: 17), gids: [], rate: nil)]),
      ],
      refusals: [VerbsError("ibv_open_device", code: 13, device: "mlx5_2")], absence: nil)
  }()

  @Test("are shown with ports, GIDs, and the one that is used")
  func table() {
    #expect(
      DeviceReport.table(Self.survey) == """
        device  port  state         link layer        rate   MTU  most  LID  NUMA  interface  firmware
        mlx5_0     1  active        Ethernet    100 Gbit/s  1024  4096    -     1  eth0       16.35.2000
        mlx5_1     1  initializing  InfiniBand           -  1024  4096   17     -  -          -

        device  port  GID  kind     interface  address                                  used, since it is
        mlx5_0     1    0  RoCE v1  eth0       fe80:0000:0000:0000:5054:00ff:fe00:0001
        mlx5_0     1    1  RoCE v2  eth0       fe80:0000:0000:0000:5054:00ff:fe00:0001
        mlx5_0     1    2  RoCE v1  eth0       192.0.2.1
        mlx5_0     1    3  RoCE v2  eth0       192.0.2.1                                RoCE v2 with an IPv4 address

        mlx5_1, port 1: GID index 0: the table has no such entry: there are: none
        can't be read: ibv_open_device on mlx5_2: Permission denied (errno 13)
        """)
  }

  /// What is promised of the document.
  private struct Shown: Decodable {
    struct Device: Decodable {
      let name: String
      let firmware: String?
      let vendor, vendorPart: Int
      let numaNode: Int?
      let ports: [Port]
    }
    struct Port: Decodable {
      let port: Int
      let state, linkLayer: String
      let bytesPerSecond: Double?
      let activeMtuBytes, maxMtuBytes: Int
      let lid: Int?
      let interface: String?
      let usedGid: Int?
      let usedSinceItIs, noGidSince: String?
      let gids: [Entry]
    }
    struct Entry: Decodable {
      let index: Int
      let kind, gid: String
      let interface: String?
    }
    let schema: String
    let devices: [Device]
    let unreadable: [String]?

    init(parsing text: String) throws {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      self = try decoder.decode(Shown.self, from: Data(text.utf8))
    }
  }

  @Test("are written as JSON in base units")
  func json() throws {
    let shown = try Shown(parsing: DeviceReport.json(Self.survey))
    #expect(shown.schema == "syncline.devices/1")
    let (first, second) = (shown.devices[0], shown.devices[1])
    #expect(first.name == "mlx5_0" && first.firmware == "16.35.2000" && first.numaNode == 1)
    #expect(first.vendor == 713 && first.vendorPart == 4_121)
    let port = first.ports[0]
    // 100 Gbit/s in bytes.
    #expect(port.bytesPerSecond == 12.5e9 && port.activeMtuBytes == 1_024 && port.maxMtuBytes == 4_096)
    #expect(port.port == 1 && port.state == "active" && port.linkLayer == "Ethernet")
    #expect(port.usedGid == 3 && port.usedSinceItIs == "RoCE v2 with an IPv4 address")
    #expect(port.gids.map(\.index) == [0, 1, 2, 3] && port.lid == nil && port.interface == "eth0")
    #expect(port.gids[3].gid == "0000:0000:0000:0000:0000:ffff:c000:0201" && port.gids[3].kind == "RoCE v2")
    #expect(second.firmware == nil && second.numaNode == nil)
    #expect(
      second.ports[0].lid == 17 && second.ports[0].usedGid == nil && second.ports[0].noGidSince != nil)
    #expect(shown.unreadable == ["ibv_open_device on mlx5_2: Permission denied (errno 13)"])
  }

  @Test(
    "are none for a reason, with what helps",
    arguments: [
      (DeviceSurvey.Absence.build, ["made without the trait RDMA"]),
      (.kernel, ["no RDMA loaded", "rdma-core ibverbs-providers", "modprobe rdma_rxe", "rdma link add"]),
      (.provider(["mlx5_0"]), ["the kernel has mlx5_0", "ibverbs-providers"]),
      (.device, ["there is no device", "modprobe rdma_rxe", "rdma link add"]),
    ])
  func none(_ absence: DeviceSurvey.Absence, _ hints: [String]) {
    let survey = DeviceSurvey(devices: [], refusals: [], absence: absence)
    let text = DeviceReport.table(survey)
    #expect(text.hasPrefix("no RDMA devices: "))
    for hint in hints { #expect(text.contains(hint)) }
    #expect(
      DeviceReport.json(survey) == """
        {
        "schema": "syncline.devices/1",
        "devices": []
        }
        """)
  }

  @Test("are shown by the command, and none is no error")
  func command() throws {
    let (table, json) = (try CommandRun(["devices"]), try CommandRun(["devices", "--format", "json"]))
    #expect(table.status == 0 && json.status == 0)
    #expect(table.errors.isEmpty && json.errors.isEmpty)
    let shown = try Shown(parsing: json.output)
    #expect(shown.devices.isEmpty == table.output.hasPrefix("no RDMA devices: "))
    #expect(shown.devices.allSatisfy { table.output.contains($0.name) })
  }

  @Test("help has examples, and a wrong format is refused with the right ones")
  func help() throws {
    let help = try CommandRun(["devices", "--help"])
    #expect(help.status == 0 && help.output.contains("syncline devices --format json"))
    let wrong = try CommandRun(["devices", "--format", "yaml"])
    #expect(wrong.status == 64 && wrong.errors.contains("json"))
  }
}
