/// Colours for things of several kinds: equal for those that are alike, numbered in the order of their first.
///
/// Likeness is decided by comparison; the hash only says where to look. O(things) comparisons, unless hashes
/// collide.
struct Colouring {
  /// The colour of each thing so far, those of the first kind first.
  private(set) var colours: [Int32] = []
  /// How many colours have been given.
  private(set) var count = 0

  /// Appends the colours of `things` things of a new kind, none of which is like any of the kinds before.
  ///
  /// - Parameters:
  ///   - hash: the same for things that are alike.
  ///   - areAlike: an equivalence.
  mutating func append(things: Int, hash: (Int) -> UInt64, areAlike: (Int, Int) -> Bool) {
    let (base, offset) = (count, colours.count)
    colours.reserveCapacity(offset + things)
    /// The first thing of each new colour and its hash; an open table of colours, counted from `base`.
    var firsts: [Int] = []
    var hashes: [UInt64] = []
    var table = [Int32](repeating: -1, count: 64)
    for thing in 0..<things {
      // Neighbours mostly are alike.
      if thing > 0, areAlike(thing - 1, thing) {
        colours.append(colours[offset + thing - 1])
        continue
      }
      let hash = hash(thing) &* 0x9E37_79B9_7F4A_7C15
      let shift = UInt64(64 - table.count.trailingZeroBitCount)
      var place = Int(truncatingIfNeeded: hash >> shift)
      while table[place] >= 0 {
        let known = Int(table[place])
        if hashes[known] == hash, areAlike(firsts[known], thing) { break }
        place = (place + 1) & (table.count - 1)
      }
      if table[place] < 0 {
        table[place] = Int32(firsts.count)
        firsts.append(thing)
        hashes.append(hash)
      }
      colours.append(Int32(base) + table[place])
      if 2 * firsts.count >= table.count { table = Self.table(of: hashes) }
    }
    count += firsts.count
  }

  /// A table with room for three times as many colours as it has.
  private static func table(of hashes: [UInt64]) -> [Int32] {
    var capacity = 64
    while capacity < 4 * hashes.count { capacity *= 2 }
    var table = [Int32](repeating: -1, count: capacity)
    let shift = UInt64(64 - capacity.trailingZeroBitCount)
    for (colour, hash) in hashes.enumerated() {
      var place = Int(truncatingIfNeeded: hash >> shift)
      while table[place] >= 0 { place = (place + 1) & (capacity - 1) }
      table[place] = Int32(colour)
    }
    return table
  }

  /// A hash of what has been hashed and one value more.
  @inline(__always)
  static func mix(_ hash: UInt64, _ value: UInt64) -> UInt64 {
    let mixed = (hash ^ value) &* 0xBF58_476D_1CE4_E5B9
    return mixed ^ (mixed >> 31)
  }
}
