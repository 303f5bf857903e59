/// The routes of every pair of lane and peer that has sent, so that each path is asked for once.
///
/// The messages of a pair take its turns one after the other, and each turn has a route: message m that of turn
/// m modulo ``Turns/count``.
///
/// An open table: the same numbers on every run, unlike a Dictionary's order, and one look a message.
struct RouteTable {
  private struct Slot {
    var key: UInt64
    var route: Int32
    /// Of a pair's first turn: how many messages it has had.
    var messages: Int32
  }

  private static let empty = UInt64.max
  private var slots = [Slot](repeating: Slot(key: RouteTable.empty, route: -1, messages: 0), count: 256)
  private var count = 0
  private var shift: UInt64 = 56

  private func place(of key: UInt64) -> Int {
    var place = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> shift)
    while slots[place].key != key, slots[place].key != Self.empty { place = (place + 1) & (slots.count - 1) }
    return place
  }

  /// The steps in flight of all lanes have 26 bits, and so have the lanes.
  private static func key(_ sender: Int, _ receiver: Int, _ turn: Int) -> UInt64 {
    UInt64(turn) << 52 | UInt64(sender) << 26 | UInt64(receiver)
  }

  /// The turn of the next message of `sender` to `receiver`, out of `count`.
  mutating func turn(from sender: Int, to receiver: Int, of count: Int) -> Int {
    guard count > 1 else { return 0 }
    let place = place(of: Self.key(sender, receiver, 0))
    // The first message finds no slot, and leaves one by its route.
    guard slots[place].key != Self.empty else { return 0 }
    let turn = Int(slots[place].messages)
    slots[place].messages = turn + 1 < count ? Int32(turn + 1) : 0
    return turn
  }

  /// The route of `sender` to `receiver` in a turn, or -1.
  func route(from sender: Int, to receiver: Int, turn: Int) -> Int32 {
    slots[place(of: Self.key(sender, receiver, turn))].route
  }

  /// Keeps a route that ``route(from:to:turn:)`` didn't know.
  mutating func insert(_ route: Int32, from sender: Int, to receiver: Int, turn: Int) {
    if 2 * count >= slots.count {
      let old = slots
      slots = Array(repeating: Slot(key: Self.empty, route: -1, messages: 0), count: 2 * old.count)
      shift -= 1
      for slot in old where slot.key != Self.empty { slots[place(of: slot.key)] = slot }
    }
    let key = Self.key(sender, receiver, turn)
    slots[place(of: key)] = Slot(key: key, route: route, messages: 1)
    count += 1
  }
}
