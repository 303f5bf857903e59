import Testing
import Training

@Suite("Rank grid")
struct RankGridTests {
  static let grids = [
    RankGrid(), RankGrid(tensor: 8), RankGrid(data: 7), RankGrid(pipeline: 3),
    RankGrid(tensor: 2, context: 2, data: 3, pipeline: 2),
    RankGrid(tensor: 2, context: 2, data: 6, pipeline: 3, expert: 4),
    RankGrid(tensor: 3, context: 1, data: 8, pipeline: 2, expert: 8),
  ]

  @Test("The groups of a kind hold each rank once", arguments: grids, GroupKind.allCases)
  func partition(grid: RankGrid, kind: GroupKind) {
    let groups = grid.groups(kind)
    #expect(groups.count == grid.count(kind))
    #expect(groups.allSatisfy { $0.count == grid.size(kind) })
    #expect(groups.joined().sorted() == Array(0..<grid.ranks))
    #expect(groups.compactMap(\.first) == groups.compactMap(\.first).sorted())
  }

  @Test("Groups of tensor, data and pipeline meet in one rank at the most", arguments: grids)
  func meet(grid: RankGrid) {
    let kinds: [GroupKind] = [.tensor, .data, .pipeline]
    for (index, kind) in kinds.enumerated() {
      for other in kinds[(index + 1)...] {
        for group in grid.groups(kind) {
          for second in grid.groups(other) { #expect(Set(group).intersection(second).count <= 1) }
        }
      }
    }
  }

  /// Megatron-LM's rule taken at its word: two ranks share a group where all other coordinates agree.
  @Test("Groups are those of Megatron-LM's order", arguments: grids, GroupKind.allCases)
  func order(grid: RankGrid, kind: GroupKind) {
    struct Key: Hashable { let coordinates: [Int] }
    var members: [Key: [Int]] = [:]
    for rank in 0..<grid.ranks {
      let tensor = rank % grid.tensor
      let replica = rank / grid.tensor % (grid.context * grid.data)
      let stage = rank / (grid.tensor * grid.context * grid.data)
      #expect(grid.stage(of: rank) == stage)
      let key =
        switch kind {
        case .tensor: [replica, stage]
        case .context: [tensor, replica / grid.context, stage]
        case .data: [tensor, stage]
        case .pipeline: [tensor, replica]
        case .expert: [tensor, replica / grid.expert, stage]
        case .expertData: [tensor, replica % grid.expert, stage]
        }
      members[Key(coordinates: key), default: []].append(rank)
    }
    #expect(Set(members.values) == Set(grid.groups(kind)))
  }

  @Test("A pipeline's group goes through the stages in order")
  func pipeline() {
    // 2 tensor, 2 data, 3 stages: Megatron-LM's stages start at ranks 0, 4 and 8.
    let grid = RankGrid(tensor: 2, data: 2, pipeline: 3)
    #expect(grid.groups(.pipeline) == [[0, 4, 8], [1, 5, 9], [2, 6, 10], [3, 7, 11]])
    #expect(grid.groups(.data) == [[0, 2], [1, 3], [4, 6], [5, 7], [8, 10], [9, 11]])
  }

  @Test("A grid of 131,072 ranks has its groups at once", .timeLimit(.minutes(1)))
  func large() {
    let grid = RankGrid(tensor: 8, context: 2, data: 512, pipeline: 16, expert: 8)
    #expect(GroupKind.allCases.allSatisfy { grid.groups($0).count * grid.size($0) == 131_072 })
  }
}
