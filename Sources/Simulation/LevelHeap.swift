/// The levels at which links are full and flows at their bounds, lowest first; equal ones by their subject's number.
struct LevelHeap {
  struct Entry {
    var level: Double
    /// A link, or the complement of a flow's number.
    let subject: Int32

    func isBelow(_ other: Entry) -> Bool {
      level < other.level || level == other.level && subject < other.subject
    }
  }

  private var entries: [Entry] = []

  var first: Entry? { entries.first }

  mutating func removeAll() { entries.removeAll(keepingCapacity: true) }

  /// Adds an entry; ``makeHeap()`` must follow before anything is read.
  mutating func append(_ level: Double, of subject: Int) {
    entries.append(Entry(level: level, subject: Int32(subject)))
  }

  mutating func makeHeap() {
    for place in stride(from: entries.count / 2 - 1, through: 0, by: -1) {
      siftDown(entries[place], from: place)
    }
  }

  mutating func removeFirst() {
    let last = entries.removeLast()
    if !entries.isEmpty { siftDown(last, from: 0) }
  }

  /// Gives the first entry a higher level.
  mutating func replaceFirst(level: Double) {
    siftDown(Entry(level: level, subject: entries[0].subject), from: 0)
  }

  private mutating func siftDown(_ entry: Entry, from start: Int) {
    var place = start
    while true {
      var child = 2 * place + 1
      guard child < entries.count else { break }
      if child + 1 < entries.count, entries[child + 1].isBelow(entries[child]) { child += 1 }
      guard entries[child].isBelow(entry) else { break }
      entries[place] = entries[child]
      place = child
    }
    entries[place] = entry
  }
}
