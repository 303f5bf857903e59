/// The route of every pair of lane and peer that has sent, so that each path is asked for once.
///
/// An open table: the same numbers on every run, unlike a Dictionary's order, and one look a message.
struct RouteTable {
  private struct Slot {
    var key: UInt64
    var route: Int32
  }

  private static let empty = UInt64.max
  private var slots = [Slot](repeating: Slot(key: RouteTable.empty, route: -1), count: 256)
  private var count = 0
  private var shift: UInt64 = 56

  private func place(of key: UInt64) -> Int {
    var place = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> shift)
    while slots[place].key != key, slots[place].key != Self.empty { place = (place + 1) & (slots.count - 1) }
    return place
  }

  private static func key(_ sender: Int, _ receiver: Int) -> UInt64 {
    UInt64(sender) << 32 | UInt64(receiver)
  }

  /// The route of `sender` to `receiver`, or -1.
  func route(from sender: Int, to receiver: Int) -> Int32 {
    slots[place(of: Self.key(sender, receiver))].route
  }

  /// Keeps a route that ``route(from:to:)`` didn't know.
  mutating func insert(_ route: Int32, from sender: Int, to receiver: Int) {
    if 2 * count >= slots.count {
      let old = slots
      slots = Array(repeating: Slot(key: Self.empty, route: -1), count: 2 * old.count)
      shift -= 1
      for slot in old where slot.key != Self.empty { slots[place(of: slot.key)] = slot }
    }
    let key = Self.key(sender, receiver)
    slots[place(of: key)] = Slot(key: key, route: route)
    count += 1
  }
}
