extension FluidNetwork {
  /// A flow on a link.
  struct Occupant: BitwiseCopyable {
    /// Its flow's number and which hop of its path this is: `flow << strideBits + hop`.
    var hop: Int32
    var count: Int32
  }

  /// The flows on each link, side by side in memory, in no order.
  ///
  /// All lists are blocks of one arena, of a power of two places each; a list that outgrows its block moves
  /// to one of twice the size and leaves the old one to other lists. Adding and removing cost O(1),
  /// amortised, and nothing is allocated once every link has had as many flows as it ever will.
  struct OccupantLists: ~Copyable {
    struct List: BitwiseCopyable {
      var start: Int32 = 0
      var count: Int32 = 0
      /// The binary logarithm of its places; -1 before it has any.
      var size: Int8 = -1

      @inline(__always)
      var range: Range<Int> {
        unsafe Range(uncheckedBounds: (Int(start), Int(start) + Int(count)))
      }
    }

    private var occupants = Arena<Occupant>()
    /// The first free block of each size; the first occupant of a free block has the next one in place of a
    /// hop.
    private var free = Arena<Int32>(repeating: -1, count: 31)

    @inline(__always)
    subscript(place: Int) -> Occupant {
      get { occupants[place] }
      set { occupants[place] = newValue }
    }

    /// Adds an occupant and gives its place from the list's start.
    @inline(__always)
    mutating func add(_ occupant: Occupant, to list: inout List) -> Int32 {
      if list.size < 0 || list.count == 1 << list.size { grow(&list) }
      let place = list.count
      occupants[Int(list.start + place)] = occupant
      list.count = place + 1
      return place
    }

    /// Removes the occupant at `place`, and gives the one that came to stand there instead.
    @inline(__always)
    mutating func remove(at place: Int32, from list: inout List) -> Occupant? {
      list.count -= 1
      guard place != list.count else { return nil }
      let moved = occupants[Int(list.start + list.count)]
      occupants[Int(list.start + place)] = moved
      return moved
    }

    @inline(never)
    private mutating func grow(_ list: inout List) {
      let old = list
      list.size = old.size + 1
      if free[Int(list.size)] >= 0 {
        list.start = free[Int(list.size)]
        free[Int(list.size)] = occupants[Int(list.start)].hop
      } else {
        list.start = Int32(occupants.count)
        occupants.append(Occupant(hop: -1, count: 0), count: 1 << Int(list.size))
      }
      guard old.size >= 0 else { return }
      for place in 0..<Int(old.count) {
        occupants[Int(list.start) + place] = occupants[Int(old.start) + place]
      }
      occupants[Int(old.start)].hop = free[Int(old.size)]
      free[Int(old.size)] = old.start
    }
  }
}
