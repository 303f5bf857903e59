/// Future events, each a number, taken out in order of time, all those of one picosecond together.
///
/// Collectives move in lockstep, so most events share their time with many others: events of one time are chained in
/// a bucket, and only buckets are kept in a heap. A small table remembers the latest buckets by a hash of their time.
/// Where it forgets one, a second bucket of the same time is opened, which is slower but not wrong. Inside a bucket
/// events keep the order in which they came. Nothing is allocated once the greatest number of events has been seen.
///
/// Putting in and taking out cost O(1) for an event that shares its bucket, else O(log buckets).
struct TimeQueue {
  private struct Bucket {
    /// Its picosecond; -1 while it is free.
    var time: Int64
    var first: Int32
    var last: Int32
  }

  private struct Node {
    let event: Int32
    var next: Int32
  }

  private struct Entry {
    let time: Int64
    let bucket: Int32
  }

  private var buckets: [Bucket] = []
  private var nodes: [Node] = []
  /// A heap whose nodes have four children each.
  private var heap: [Entry] = []
  private var recent = [Int32](repeating: -1, count: 64)
  private var freeBucket: Int32 = -1
  private var freeNode: Int32 = -1
  /// How many events are in it.
  private(set) var count = 0

  /// The picosecond of the earliest event; `Int64.max` if there is none.
  var next: Int64 { heap.isEmpty ? .max : heap[0].time }

  /// Puts in `event` at `time`, which is 0 or later.
  mutating func push(_ event: Int32, at time: Int64) {
    count += 1
    var node = freeNode
    if node >= 0 {
      freeNode = nodes[Int(node)].next
      nodes[Int(node)] = Node(event: event, next: -1)
    } else {
      node = Int32(nodes.count)
      nodes.append(Node(event: event, next: -1))
    }
    let place = Int(truncatingIfNeeded: (UInt64(bitPattern: time) &* 0x9E37_79B9_7F4A_7C15) >> 58)
    let known = recent[place]
    if known >= 0, buckets[Int(known)].time == time {
      nodes[Int(buckets[Int(known)].last)].next = node
      buckets[Int(known)].last = node
      return
    }
    let bucket = open(Bucket(time: time, first: node, last: node))
    recent[place] = bucket
    heap.append(Entry(time: time, bucket: bucket))
    siftUp(heap.count - 1)
  }

  /// Takes out every event of the earliest time and appends them to `events`.
  mutating func popEarliest(to events: inout [Int32]) {
    guard let earliest = heap.first?.time else { return }
    while let top = heap.first, top.time == earliest {
      let bucket = buckets[Int(top.bucket)]
      var node = bucket.first
      while node >= 0 {
        events.append(nodes[Int(node)].event)
        node = nodes[Int(node)].next
        count -= 1
      }
      nodes[Int(bucket.last)].next = freeNode
      freeNode = bucket.first
      buckets[Int(top.bucket)] = Bucket(time: -1, first: freeBucket, last: -1)
      freeBucket = top.bucket
      removeTop()
    }
  }

  /// Visits every event with its time, in no particular order.
  func forEach(_ visit: (_ event: Int32, _ time: Int64) -> Void) {
    for entry in heap {
      var node = buckets[Int(entry.bucket)].first
      while node >= 0 {
        visit(nodes[Int(node)].event, entry.time)
        node = nodes[Int(node)].next
      }
    }
  }

  /// Moves every event into the future.
  mutating func move(by picoseconds: Int64) {
    for place in heap.indices {
      let entry = heap[place]
      heap[place] = Entry(time: entry.time + picoseconds, bucket: entry.bucket)
      buckets[Int(entry.bucket)].time += picoseconds
    }
    for place in recent.indices { recent[place] = -1 }
  }

  /// Forgets every event and keeps the memory.
  mutating func removeAll() {
    buckets.removeAll(keepingCapacity: true)
    nodes.removeAll(keepingCapacity: true)
    heap.removeAll(keepingCapacity: true)
    for place in recent.indices { recent[place] = -1 }
    (freeBucket, freeNode, count) = (-1, -1, 0)
  }

  private mutating func open(_ bucket: Bucket) -> Int32 {
    guard freeBucket >= 0 else {
      buckets.append(bucket)
      return Int32(buckets.count - 1)
    }
    let index = freeBucket
    freeBucket = buckets[Int(index)].first
    buckets[Int(index)] = bucket
    return index
  }

  private mutating func siftUp(_ start: Int) {
    var place = start
    let entry = heap[place]
    while place > 0 {
      let parent = (place - 1) >> 2
      guard entry.time < heap[parent].time else { break }
      heap[place] = heap[parent]
      place = parent
    }
    heap[place] = entry
  }

  private mutating func removeTop() {
    let entry = heap.removeLast()
    guard !heap.isEmpty else { return }
    var place = 0
    while true {
      let first = place << 2 + 1
      guard first < heap.count else { break }
      var least = first
      for child in first + 1..<max(first + 1, min(first + 4, heap.count))
      where heap[child].time < heap[least].time {
        least = child
      }
      guard heap[least].time < entry.time else { break }
      heap[place] = heap[least]
      place = least
    }
    heap[place] = entry
  }
}
