/// Names and rails for endpoints that are devices of hosts: HCAs and NICs.
///
/// An endpoint is called by its host, and by its device too where the host has several. The rail is the place of the
/// device's name among all names that devices have, sorted as people do, so that a host in which one is missing keeps the
/// others' rails.
struct HostDevices {
  /// One endpoint.
  struct Device {
    let host: String
    let device: String
  }

  let names: [String]
  /// Nil where there are no rails: where every host has one device, or hosts name theirs differently.
  let rails: [Int?]

  init(_ devices: [Device]) {
    var counts = [String: Int]()
    for device in devices { counts[device.host, default: 0] += 1 }
    names = devices.map { counts[$0.host] == 1 || $0.device.isEmpty ? $0.host : "\($0.host).\($0.device)" }
    let most = counts.values.max() ?? 0
    // A host of one device, such as one that manages the network, is on no rail unless its device has a rail's name.
    let kinds = Set(devices.lazy.filter { counts[$0.host, default: 0] > 1 }.map(\.device)).sorted {
      Self.key($0).lexicographicallyPrecedes(Self.key($1), by: <)
    }
    // Names that hosts don't share say nothing of rails; the factor leaves room for hosts of two kinds.
    guard most > 1, kinds.count <= 2 * most else {
      rails = devices.map { _ in nil }
      return
    }
    let places = Dictionary(uniqueKeysWithValues: kinds.enumerated().map { ($0.element, $0.offset) })
    rails = devices.map { places[$0.device] }
  }

  /// A name in pieces, so that `mlx5_9` comes before `mlx5_10`.
  private static func key(_ name: String) -> [Piece] {
    name.matches(of: #/[0-9]+|[^0-9]+/#).map { Piece(number: Int($0.output), text: $0.output) }
  }

  private struct Piece: Comparable {
    let number: Int?
    let text: Substring

    static func < (left: Piece, right: Piece) -> Bool {
      if let one = left.number, let other = right.number, one != other { return one < other }
      return left.text < right.text
    }
  }
}
