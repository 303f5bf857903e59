import Collectives
import Measurement
import Testing
import Transport

@Suite("The inputs tell right results from wrong ones")
struct InputPatternTests {
  /// Runs a case by a naive reference: combine all contributions element by element, in the given order of ranks.
  private func reference(
    _ benchCase: BenchCase, count: Int, ranks: Int, iteration: Int, order: [Int], receiver: Int
  ) -> Memory {
    let size = benchCase.type.size
    let result = Memory(bytes: count * size)
    let next = Memory(bytes: count * size)
    for (place, rank) in order.enumerated() {
      let pattern = InputPattern(benchCase, count: count, rank: rank, ranks: ranks)
      let target = place == 0 || !benchCase.collective.reduces ? result.region : next.region
      pattern.fill(target, iteration: iteration)
      if place > 0, benchCase.collective.reduces {
        result.region.combine(next.region, as: benchCase.type, by: benchCase.operation)
      }
      if benchCase.collective == .allToAll {
        let blocks = ExchangedBlocks(count: count, ranks: ranks)
        let sent = blocks.block(of: rank, with: receiver)
        next.region.part(blocks.block(of: receiver, with: rank).lowerBound * size, sent.count * size).copy(
          from: result.region.part(sent.lowerBound * size, sent.count * size))
      }
    }
    if benchCase.collective == .allToAll { result.region.copy(from: next.region) }
    return result
  }

  @Test(
    "Any order of combination gives the expected bits", arguments: DataType.allCases, ReduceOperation.allCases
  )
  func orders(type: DataType, operation: ReduceOperation) {
    let benchCase = BenchCase(.allReduce, .native, type: type, operation: operation)
    // More ranks than bfloat16 has whole numbers: some must contribute nothing.
    for ranks in type == .bfloat16 ? [1, 2, 7, 300] : [1, 2, 7, 33] {
      let count = ranks > 7 ? 40 : 5_000
      var orders = [Array(0..<ranks), Array((0..<ranks).reversed())]
      orders.append((0..<ranks).filter { $0 % 2 == 1 } + (0..<ranks).filter { $0 % 2 == 0 })
      for order in ranks > 100 ? [orders[2]] : orders {
        let result = reference(benchCase, count: count, ranks: ranks, iteration: 3, order: order, receiver: 0)
        let pattern = InputPattern(benchCase, count: count, rank: 0, ranks: ranks)
        #expect(pattern.check(result.region, iteration: 3) == nil, "\(ranks) ranks")
      }
    }
  }

  @Test("One wrong element is found, wherever it is", arguments: DataType.allCases)
  func oneElement(type: DataType) throws {
    let benchCase = BenchCase(.allReduce, .native, type: type)
    let count = 9_000
    let pattern = InputPattern(benchCase, count: count, rank: 1, ranks: 3)
    for index in [0, 1, 4_092, 4_093, 8_999] {
      let result = reference(benchCase, count: count, ranks: 3, iteration: 0, order: [0, 1, 2], receiver: 1)
      let byte = result.region.load(index * type.size, as: UInt8.self)
      result.region.store(byte ^ 1, at: index * type.size)
      let found = pattern.check(result.region, iteration: 0)
      let mismatch = try #require(found)
      #expect(mismatch.index == index && mismatch.got ^ mismatch.expected == 1)
    }
  }

  @Test(
    "A call that does nothing, an older result, a shifted one and another rank's block are wrong",
    arguments: Collective.allCases)
  func plausible(collective: Collective) {
    let benchCase = BenchCase(collective, .native, root: collective.isRooted ? 1 : 0)
    let (count, ranks) = (12_288, 3)
    let receiver = collective == .broadcast ? 0 : 1
    let pattern = InputPattern(benchCase, count: count, rank: receiver, ranks: ranks)
    let right = reference(
      benchCase, count: count, ranks: ranks, iteration: 5, order: [0, 1, 2], receiver: receiver)
    #expect(pattern.check(right.region, iteration: 5) == nil)
    #expect(pattern.check(right.region, iteration: 4) != nil)
    #expect(pattern.check(right.region, iteration: 6) != nil)

    let untouched = Memory(bytes: count * 4)
    pattern.fill(untouched.region, iteration: 5)
    #expect(pattern.check(untouched.region, iteration: 5) != nil)

    let shifted = Memory(bytes: count * 4)
    let distance = 4_093 * 4
    shifted.region.part(0, count * 4 - distance).copy(from: right.region.part(distance, count * 4 - distance))
    #expect(pattern.check(shifted.region, iteration: 5) != nil)

    let swapped = Memory(bytes: count * 4)
    swapped.region.copy(from: right.region)
    let third = count / 3 * 4
    swapped.region.part(third, third).copy(from: right.region.part(0, third))
    #expect(pattern.check(swapped.region, iteration: 5) != nil)
  }
}
