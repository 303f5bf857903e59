internal import Collectives
import Statistics
package import Transport

/// The numbers that ranks contribute, and the ones that must come out.
///
/// A contribution differs by rank, by element and by iteration. All are whole numbers, chosen so that every partial
/// result of every order of combination is exact in the type and can't overflow it; so the expected value is one bit
/// pattern, and a result is right or wrong.
///
/// Element *i* of iteration *k* is entry *(i + 7919 ⌊i / period⌋ + 12289 k) mod period* of a table that each rank derives
/// from its number. Runs of a table move with one copy and are checked with one comparison, and no shift of the vector,
/// no other rank's block and no earlier iteration's result looks right.
package struct InputPattern: ~Copyable {
  /// A prime, so that the steps above visit every entry.
  private static let period = 4_093

  /// What came out wrong first, as bit patterns of the type.
  package struct Mismatch: Equatable {
    package let index: Int
    package let got: UInt64
    package let expected: UInt64
  }

  private let benchCase: BenchCase
  private let rank: Int
  private let ranks: Int
  private let count: Int
  private let blockStarts: [Int]
  private let exchanged: ExchangedBlocks
  /// What this rank contributes: two periods, so that a run from any phase on lies in one piece.
  private let input: Memory
  /// What comes out: one table, or one a rank where elements of several ranks come out as they are.
  private let outcome: Memory

  package init(_ benchCase: BenchCase, count: Int, rank: Int, ranks: Int) {
    (self.benchCase, self.count, self.rank, self.ranks) = (benchCase, count, rank, ranks)
    blockStarts = Schedule.blockStarts(count: count, ranks: ranks)
    exchanged = ExchangedBlocks(count: count, ranks: ranks)
    let values = Values(benchCase, ranks: ranks)
    let table = 2 * Self.period * benchCase.type.size
    input = Memory(bytes: table)
    let isGather = benchCase.collective == .allGather || benchCase.collective == .allToAll
    outcome = Memory(bytes: table * (isGather ? ranks : 1))
    let half = Self.period * benchCase.type.size
    for index in 0..<Self.period {
      values.store(values.contribution(of: rank, index), at: index, in: input.region)
      for table in 0..<(isGather ? ranks : 1) {
        let value =
          if isGather {
            values.contribution(of: table, index)
          } else if benchCase.collective == .broadcast {
            values.contribution(of: benchCase.root, index)
          } else {
            values.combination(index)
          }
        values.store(value, at: table * 2 * Self.period + index, in: outcome.region)
      }
    }
    input.region.part(half, half).copy(from: input.region.part(0, half))
    for table in 0..<(isGather ? ranks : 1) {
      outcome.region.part((2 * table + 1) * half, half).copy(
        from: outcome.region.part(2 * table * half, half))
    }
  }

  /// The elements that this rank contributes.
  package var contributed: Range<Int> {
    switch benchCase.collective {
    case .allGather: blockStarts[rank]..<blockStarts[rank + 1]
    case .broadcast: rank == benchCase.root ? 0..<count : 0..<0
    case .allReduce, .reduceScatter, .reduce, .allToAll: 0..<count
    }
  }

  /// The elements that this rank must end with.
  package var expected: Range<Int> {
    switch benchCase.collective {
    case .reduceScatter: blockStarts[rank]..<blockStarts[rank + 1]
    case .reduce: rank == benchCase.root ? 0..<count : 0..<0
    case .allReduce, .allGather, .broadcast, .allToAll: 0..<count
    }
  }

  /// The runs of which the result consists: whose table each is from, its elements there, and where it lies here.
  private var outcomes: [(table: Int, elements: Range<Int>, place: Int)] {
    switch benchCase.collective {
    case .allGather:
      (0..<ranks).map { ($0, blockStarts[$0]..<blockStarts[$0 + 1], blockStarts[$0]) }
    case .allToAll:
      (0..<ranks).map {
        ($0, exchanged.block(of: $0, with: rank), exchanged.block(of: rank, with: $0).lowerBound)
      }
    case .allReduce, .reduceScatter, .broadcast, .reduce: [(0, expected, expected.lowerBound)]
    }
  }

  /// Writes this rank's contribution to `iteration` into its place in `vector`.
  package func fill(_ vector: Region, iteration: Int) {
    visit(contributed, iteration) { elements, entry in
      part(vector, elements).copy(from: tablePart(input.region, entry, elements.count))
      return true
    }
  }

  /// Compares what this rank must end with, element by element.
  ///
  /// - Parameters:
  ///   - vector: where results are.
  ///   - shift: how many elements the result lies before its place, for libraries that leave a block at the start.
  /// - Returns: the first wrong element; nil where all are right.
  package func check(_ vector: Region, iteration: Int, shift: Int = 0) -> Mismatch? {
    var mismatch: Mismatch?
    for (table, run, place) in outcomes where mismatch == nil {
      let shift = shift + run.lowerBound - place
      visit(run, iteration) { elements, entry in
        let right = tablePart(outcome.region, table * 2 * Self.period + entry, elements.count)
        let found = part(vector, elements.lowerBound - shift..<elements.upperBound - shift)
        guard !found.holdsSame(as: right) else { return true }
        for offset in 0..<elements.count where mismatch == nil {
          let (got, wanted) = (bits(found, offset), bits(right, offset))
          guard got != wanted else { continue }
          mismatch = Mismatch(
            index: elements.lowerBound + offset + place - run.lowerBound, got: got, expected: wanted)
        }
        return false
      }
    }
    return mismatch
  }

  /// The number that a bit pattern of the type stands for, in print.
  package static func text(_ bits: UInt64, as type: DataType) -> String {
    switch type {
    case .float32: "\(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))"
    case .float64: "\(Double(bitPattern: bits))"
    case .int32: "\(Int32(truncatingIfNeeded: bits))"
    case .int64: "\(Int64(bitPattern: bits))"
    case .float16: "\(Binary16(bits: UInt16(truncatingIfNeeded: bits)).wide)"
    case .bfloat16: "\(BFloat16(bits: UInt16(truncatingIfNeeded: bits)).wide)"
    }
  }

  /// Calls `body` with runs of elements and the table entry that each starts at, until it returns false.
  private func visit(_ elements: Range<Int>, _ iteration: Int, _ body: (Range<Int>, Int) -> Bool) {
    var start = elements.lowerBound
    while start < elements.upperBound {
      let (tile, offset) = start.quotientAndRemainder(dividingBy: Self.period)
      let end = min((tile + 1) * Self.period, elements.upperBound)
      let phase = (tile % Self.period * 7_919 + iteration % Self.period * 12_289) % Self.period
      guard body(start..<end, phase + offset) else { return }
      start = end
    }
  }

  private func part(_ vector: Region, _ elements: Range<Int>) -> Region {
    vector.part(elements.lowerBound * benchCase.type.size, elements.count * benchCase.type.size)
  }

  private func tablePart(_ table: Region, _ entry: Int, _ count: Int) -> Region {
    part(table, entry..<entry + count)
  }

  private func bits(_ region: Region, _ index: Int) -> UInt64 {
    switch benchCase.type.size {
    case 2: UInt64(region.load(index, as: UInt16.self))
    case 4: UInt64(region.load(index, as: UInt32.self))
    default: region.load(index, as: UInt64.self)
    }
  }
}

/// Whole numbers that stay exact whatever the order in which a type and an operation combine them.
private struct Values {
  private let type: DataType
  private let operation: ReduceOperation
  private let ranks: Int
  /// Contributions lie between plus and minus this.
  private let amplitude: Int64
  /// Of this many neighbouring ranks one contributes more than the neutral element.
  private let stride: Int

  init(_ benchCase: BenchCase, ranks: Int) {
    (type, operation, self.ranks) = (benchCase.type, benchCase.operation, ranks)
    /// The greatest number up to which every whole number is exact.
    let exact: Int64 =
      switch type {
      case .float16: 1 << 11
      case .bfloat16: 1 << 8
      case .float32: 1 << 24
      case .float64: 1 << 53
      case .int32: .init(Int32.max)
      case .int64: .max >> 1
      }
    switch (benchCase.collective.reduces, operation) {
    case (false, _), (true, .min), (true, .max): (amplitude, stride) = (exact, 1)
    case (true, .sum):
      stride = max(1, (ranks + Int(exact) - 1) / Int(exact))
      amplitude = exact / Int64((ranks + stride - 1) / stride)
    case (true, .prod):
      // Powers of two multiply exactly; their exponents add up to no more than the type has.
      let exponents = [DataType.float16: 14, .int32: 30][type] ?? 60
      (amplitude, stride) = (2, max(1, (ranks + exponents - 1) / exponents))
    }
  }

  private func hash(_ rank: Int, _ index: Int) -> UInt64 {
    SplitMix64.scattered(
      UInt64(truncatingIfNeeded: rank &* 0x1_0001 &+ index &+ 1) &* 0x9e37_79b9_7f4a_7c15)
  }

  func contribution(of rank: Int, _ index: Int) -> Int64 {
    let bits = hash(rank, index)
    let isHeavy = stride == 1 || (rank + index) % stride == 0
    if operation == .prod, amplitude == 2 {
      let magnitude: Int64 = isHeavy && bits & 2 != 0 ? 2 : 1
      return bits & 1 == 0 ? magnitude : -magnitude
    }
    guard isHeavy else { return 0 }
    return Int64(bits % UInt64(2 * amplitude + 1)) - amplitude
  }

  func combination(_ index: Int) -> Int64 {
    var result = contribution(of: 0, index)
    for rank in 1..<max(ranks, 1) {
      let next = contribution(of: rank, index)
      switch operation {
      case .sum: result += next
      case .min: result = min(result, next)
      case .max: result = max(result, next)
      case .prod: result *= next
      }
    }
    return result
  }

  func store(_ value: Int64, at index: Int, in region: Region) {
    switch type {
    case .float32: region.store(Float(value), at: index)
    case .float64: region.store(Double(value), at: index)
    case .int32: region.store(Int32(truncatingIfNeeded: value), at: index)
    case .int64: region.store(value, at: index)
    case .float16: region.store(Binary16(rounding: Float(value)), at: index)
    case .bfloat16: region.store(BFloat16(rounding: Float(value)), at: index)
    }
  }
}
