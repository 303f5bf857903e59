/// A growing row of plain values in memory of its own, for loops in which an array's checks would cost more
/// than the work.
///
/// It is what `Array` is, less the copying on writes, the check for it at each write, and the check of each
/// index in release builds. Memory is given back when the arena is; nothing is allocated until it outgrows
/// what it had.
@safe struct Arena<Element: BitwiseCopyable>: ~Copyable {
  private var base: UnsafeMutablePointer<Element>
  private var capacity: Int
  private(set) var count: Int

  init() {
    unsafe base = Self.allocate(4)
    (capacity, count) = (4, 0)
  }

  init(repeating element: Element, count: Int) {
    self.init()
    append(element, count: count)
  }

  deinit { unsafe base.deallocate() }

  var isEmpty: Bool { count == 0 }
  var indices: Range<Int> { 0..<count }

  @inline(__always)
  subscript(index: Int) -> Element {
    get {
      assert(index >= 0 && index < count)
      return unsafe base[index]
    }
    _modify {
      assert(index >= 0 && index < count)
      yield unsafe &base[index]
    }
  }

  @inline(__always)
  mutating func append(_ element: Element) {
    if count == capacity { reserve(count + 1) }
    unsafe (base + count).initialize(to: element)
    count += 1
  }

  mutating func append(_ element: Element, count more: Int) {
    reserve(count + more)
    unsafe (base + count).initialize(repeating: element, count: more)
    count += more
  }

  @inline(__always)
  mutating func removeLast() -> Element {
    assert(count > 0)
    count -= 1
    return unsafe base[count]
  }

  mutating func removeAll() { count = 0 }

  /// From a cache line's beginning, so that elements of 64 bytes take one line each.
  private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<Element> {
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: capacity * MemoryLayout<Element>.stride, alignment: 64)
    return unsafe bytes.bindMemory(to: Element.self, capacity: capacity)
  }

  /// Makes room for this many elements, and for twice as many as there was room for.
  @inline(never)
  private mutating func reserve(_ least: Int) {
    guard least > capacity else { return }
    let room = max(least, 2 * capacity)
    let larger = unsafe Self.allocate(room)
    unsafe larger.initialize(from: base, count: count)
    unsafe base.deallocate()
    unsafe base = larger
    capacity = room
  }
}

// An arena has its memory to itself, so whoever has the arena is alone with it.
extension Arena: @unchecked Sendable where Element: Sendable {}
