import Fabric
import Quantities

/// Writes a network as `ibnetdiscover` would print it: switches and channel adapters with their ports, each cable at both ends.
///
/// An endpoint is described by its host and device where its name is made of them (`host0.gpu3`), so that host and rail
/// are found again; else by its name alone.
struct IBNetDiscoverWriter {
  private(set) var draft = Draft()

  private let fabric: Fabric

  init(_ fabric: Fabric) {
    self.fabric = fabric
    // Only what is a network: NVSwitches and their links are no part of a subnet.
    draft.nodes = fabric.nodes.indices.filter { fabric.nodes[$0].kind != .nvSwitch }
    let cables = stride(from: 0, to: fabric.links.count, by: 2).filter { index in
      [fabric.links[index].from, fabric.links[index].to].allSatisfy { fabric.nodes[$0].kind != .nvSwitch }
    }
    // Ports are numbered by node, in the order of the cables.
    var ports = [[(link: Int, peerPort: Int)]](repeating: [], count: fabric.nodes.count)
    for index in cables {
      let (from, to) = (fabric.links[index].from, fabric.links[index].to)
      let (here, there) = (ports[from].count + 1, ports[to].count + 1)
      ports[from].append((index, there))
      ports[to].append((index + 1, here))
    }
    var isWritten = Set<Int>()
    for node in draft.nodes {
      draft.text += header(node, ports: ports[node].count)
      for (place, port) in ports[node].enumerated() {
        draft.text += line(port.link, number: place + 1, peerPort: port.peerPort)
        if isWritten.insert(port.link >> 1).inserted { draft.cables.append([port.link]) }
      }
      draft.text += "\n"
    }
  }

  /// A GUID that is made of the node's place.
  private func guid(_ node: Int) -> String {
    let digits = String(node + 1, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private func id(_ node: Int) -> String {
    "\(fabric.nodes[node].kind == .endpoint ? "H" : "S")-\(guid(node))"
  }

  private func description(_ node: Int) -> String {
    let name = fabric.nodes[node].id.replacing("\"", with: "'")
    guard fabric.nodes[node].kind == .endpoint, let dot = name.lastIndex(of: ".") else { return name }
    return "\(name[..<dot]) \(name[name.index(after: dot)...])"
  }

  private func header(_ node: Int, ports: Int) -> String {
    let isSwitch = fabric.nodes[node].kind != .endpoint
    let guid = guid(node)
    return """
      vendid=0x2c9
      devid=0x0
      sysimgguid=0x\(guid)
      \(isSwitch ? "switchguid" : "caguid")=0x\(guid)
      \(isSwitch ? "Switch" : "Ca")\t\(ports) "\(id(node))"\t\t# "\(description(node))"\(isSwitch ? " enhanced port 0 lid \(node + 1) lmc 0" : "")

      """
  }

  private func line(_ link: Int, number: Int, peerPort: Int) -> String {
    let link = fabric.links[link]
    let own = fabric.nodes[link.from].kind == .endpoint ? "(\(guid(link.from)))" : ""
    let peer = fabric.nodes[link.to].kind == .endpoint ? "(\(guid(link.to)))" : ""
    let port = PortRate.port(of: link.bandwidth).map { " \($0)" } ?? ""
    return "[\(number)]\(own)\t\"\(id(link.to))\"[\(peerPort)]\(peer)"
      + "\t\t# \"\(description(link.to))\" lid \(link.to + 1)\(port)\n"
  }
}
