/// What a collective promises, apart from how it is done: what every rank holds before, and what it must hold after.
struct Contract: Sendable {
  let collective: Collective
  let ranks: Int
  /// Ranks, and after them what only forwards or combines; the latter holds nothing before, and anything after.
  let nodes: Int
  let lanes: Int
  let root: Int
  let count: Int

  init(_ schedule: Schedule) {
    (collective, ranks, nodes) = (schedule.collective, schedule.ranks, schedule.ranks)
    (lanes, root, count) = (schedule.lanes, schedule.root, schedule.count)
  }

  init(_ schedule: AggregationSchedule) {
    (collective, ranks, nodes) = (schedule.collective, schedule.tree.ranks, schedule.nodes)
    (lanes, root, count) = (1, schedule.root, schedule.count)
  }

  /// What element of whom a place must hold in the end, or the whole of whose contributions to it.
  struct Promised {
    var contributors: Range<Int>
    /// Which of the contributors' elements.
    var element: Int
  }

  private var blocks: Partition { Partition(elements: 0..<count, parts: ranks) }

  /// The elements of which `node` holds a contribution of its own in the beginning.
  func contributed(by node: Int) -> Range<Int> {
    guard node < ranks else { return 0..<0 }
    switch collective {
    case .allReduce, .reduceScatter, .reduce, .allToAll: return 0..<count
    case .broadcast: return node == root ? 0..<count : 0..<0
    case .allGather: return blocks[node]
    }
  }

  /// What `element` must hold at `node` in the end; nil where anything may stand.
  func promise(at node: Int, element: Int) -> Promised? {
    guard node < ranks else { return nil }
    let all = 0..<ranks
    let contributors: Range<Int>
    switch collective {
    case .allReduce: contributors = all
    case .reduceScatter:
      guard blocks[node].contains(element) else { return nil }
      contributors = all
    case .reduce:
      guard node == root else { return nil }
      contributors = all
    case .broadcast: contributors = root..<root + 1
    case .allGather:
      let owner = blocks.part(of: element)
      contributors = owner..<owner + 1
    case .allToAll:
      let exchanged = ExchangedBlocks(count: count, ranks: ranks)
      let sender = exchanged.other(of: node, at: element)
      let offset = element - exchanged.block(of: node, with: sender).lowerBound
      return Promised(
        contributors: sender..<sender + 1,
        element: exchanged.block(of: sender, with: node).lowerBound + offset)
    }
    return Promised(contributors: contributors, element: element)
  }
}
