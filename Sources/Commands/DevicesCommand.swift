import ArgumentParser
import Quantities
import Reports
package import Verbs

/// `syncline devices`: which RDMA devices this host has.
struct DevicesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "devices",
    abstract: "Show this host's RDMA devices: ports, rates, MTUs, GIDs, and the GID that would be used.",
    discussion: """
      The GID decides which network a RoCE connection uses and which header its packets have. RoCE v2 is taken before \
      RoCE v1, an IPv4 address before a routable IPv6 address before a link-local one. JSON has vendor and part too, and \
      rates in bytes_per_second.

      EXAMPLES:
        syncline devices
        syncline devices --format json
      """)

  @Option(help: "table, or json.")
  var format = OutputFormat.table

  init() {}

  func run() throws {
    let survey = DeviceSurvey.now()
    switch format {
    case .table: print(DeviceReport.table(survey))
    case .json: print(DeviceReport.json(survey))
    }
  }
}

/// What `syncline devices` prints.
package enum DeviceReport {
  /// Two tables, of ports and of GIDs; or why there is none.
  package static func table(_ survey: DeviceSurvey) -> String {
    var ports = TextTable([
      ("device", .left), ("port", .right), ("state", .left), ("link layer", .left), ("rate", .right),
      ("MTU", .right), ("most", .right), ("LID", .right), ("NUMA", .right), ("interface", .left),
      ("firmware", .left),
    ])
    var gids = TextTable([
      ("device", .left), ("port", .right), ("GID", .right), ("kind", .left), ("interface", .left),
      ("address", .left), ("used, since it is", .left),
    ])
    var notes: [String] = []
    for device in survey.devices {
      for port in device.ports {
        ports.addRow([
          device.name, "\(port.number)", port.state, port.linkLayer, port.rate?.description ?? "-",
          "\(port.activeMTU.bytes)", "\(port.maxMTU.bytes)", port.lid.map { "\($0)" } ?? "-",
          device.numaNode.map { "\($0)" } ?? "-", port.interface ?? "-",
          device.firmware.isEmpty ? "-" : device.firmware,
        ])
        var choice: GIDChoice?
        do throws(VerbsError) { choice = try port.choice() } catch {
          notes.append("\(device.name), port \(port.number): \(error)")
        }
        for entry in port.gids {
          gids.addRow([
            device.name, "\(port.number)", "\(entry.index)", entry.kind.rawValue, entry.interface ?? "-",
            entry.gid.description, choice?.entry == entry ? choice?.why ?? "" : "",
          ])
        }
      }
    }
    notes += survey.refusals.map { "can't be read: \($0)" }
    let parts =
      (ports.isEmpty ? [] : [ports.description]) + (gids.isEmpty ? [] : [gids.description])
      + (notes.isEmpty ? [] : [notes.joined(separator: "\n")])
      + (survey.absence.map { [text(of: $0)] } ?? [])
    return parts.joined(separator: "\n\n")
  }

  /// Why there is no device, and how to come by one.
  private static func text(of absence: DeviceSurvey.Absence) -> String {
    switch absence {
    case .build:
      "no RDMA devices: this build was made without the trait RDMA"
    case .kernel:
      """
      no RDMA devices: this kernel has no RDMA loaded (ib_uverbs)
      with a device:     apt-get install rdma-core ibverbs-providers, and load the device's module
      without a device:  \(software)
      """
    case .provider(let names):
      """
      no RDMA devices: the kernel has \(names.joined(separator: ", ")), but libibverbs has no provider for them
      to get one:  apt-get install rdma-core ibverbs-providers
      """
    case .device:
      """
      no RDMA devices: RDMA is loaded, but there is no device
      without a device:  \(software)
      """
    }
  }

  /// How software makes a device of a network interface.
  private static let software = "modprobe rdma_rxe && rdma link add rxe0 type rxe netdev eth0"

  /// One document, of schema syncline.devices/1.
  package static func json(_ survey: DeviceSurvey) -> String {
    var json = JSONText()
    json.object { json in
      json.field("schema", "syncline.devices/1")
      json.key("devices")
      json.array(survey.devices) { json, device in
        json.object { json in
          json.field("name", device.name)
          if !device.firmware.isEmpty { json.field("firmware", device.firmware) }
          json.field("vendor", device.vendor)
          json.field("vendor_part", device.vendorPart)
          if let node = device.numaNode { json.field("numa_node", node) }
          json.key("ports")
          json.array(device.ports) { json, port in write(port, to: &json) }
        }
      }
      if !survey.refusals.isEmpty {
        json.key("unreadable")
        json.array(survey.refusals) { json, refusal in json.value(refusal.description) }
      }
    }
    return json.text
  }

  private static func write(_ port: Device.Port, to json: inout JSONText) {
    json.object { json in
      json.field("port", port.number)
      json.field("state", port.state)
      json.field("link_layer", port.linkLayer)
      if let rate = port.rate { json.field("bytes_per_second", rate.bytesPerSecond) }
      json.field("active_mtu_bytes", port.activeMTU.bytes)
      json.field("max_mtu_bytes", port.maxMTU.bytes)
      if let lid = port.lid { json.field("lid", lid) }
      if let interface = port.interface { json.field("interface", interface) }
      do throws(VerbsError) {
        let choice = try port.choice()
        json.field("used_gid", choice.entry.index)
        json.field("used_since_it_is", choice.why)
      } catch {
        json.field("no_gid_since", error.description)
      }
      json.key("gids")
      json.array(port.gids) { json, entry in
        json.object { json in
          json.field("index", entry.index)
          json.field("kind", entry.kind.rawValue)
          json.field("gid", entry.gid.grouped)
          if let interface = entry.interface { json.field("interface", interface) }
        }
      }
    }
  }
}

extension Device.Port {
  /// The GID that a connection would use where none is asked for.
  fileprivate func choice() throws(VerbsError) -> GIDChoice {
    try GIDChoice.choose(among: gids, linkLayer: attributes.linkLayer)
  }
}
