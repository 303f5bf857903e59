import BasicContainers
import Transport

/// A message that the caller has posted under a slot, and what has become of it.
struct Message {
  var region: Region
  var tag: Int32
  /// The next message in the same queue; -1 at its end.
  var next: Int32 = -1
  /// Writes of it that are not complete; for a receive, writes that have not arrived.
  var remaining: Int32 = 0
  /// Writes of it that are posted.
  var posted: Int32 = 0

  /// A slot without a message.
  init(_ region: Region, tag: Int32) { (self.region, self.tag) = (region, tag) }
}

/// Slots in the order in which they were put in, linked through their messages: no memory of its own.
struct MessageQueue {
  private var first: Int32 = -1
  private var last: Int32 = -1
  private(set) var count = 0

  var isEmpty: Bool { first < 0 }

  /// The slot that was put in first.
  var peek: Int? { first < 0 ? nil : Int(first) }

  mutating func append(_ slot: Int, in messages: inout UniqueArray<Message>) {
    messages[slot].next = -1
    if last >= 0 { messages[Int(last)].next = Int32(slot) } else { first = Int32(slot) }
    last = Int32(slot)
    count += 1
  }

  mutating func removeFirst(in messages: borrowing UniqueArray<Message>) -> Int? {
    guard first >= 0 else { return nil }
    let slot = Int(first)
    first = messages[slot].next
    if first < 0 { last = -1 }
    count -= 1
    return slot
  }

  /// Takes out the first message with `tag`: O(its place), and messages mostly come in the order of their receives.
  mutating func remove(tag: Int32, in messages: inout UniqueArray<Message>) -> Int? {
    var (before, slot) = (Int32(-1), first)
    while slot >= 0 {
      guard messages[Int(slot)].tag != tag else { break }
      (before, slot) = (slot, messages[Int(slot)].next)
    }
    guard slot >= 0 else { return nil }
    let next = messages[Int(slot)].next
    if before >= 0 { messages[Int(before)].next = next } else { first = next }
    if next < 0 { last = before }
    count -= 1
    return Int(slot)
  }
}
