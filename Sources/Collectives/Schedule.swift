/// A collective written once, as data: which rank sends which elements to whom, after what.
///
/// A schedule stores nothing that grows with the number of ranks. Each rank has one ``Program`` a lane; lanes are
/// independent of each other. The same schedule runs over any transport and inside the simulator.
///
///     let schedule = try Schedule(.allReduce, .ring, ranks: 4, count: 1 << 20)
///     let program = schedule.program(rank: 0, lane: 0)
///     for index in 0..<program.count { print(program[index]) }
///
/// The rules that an executor keeps, and that ``Proof`` assumes:
///
/// 1. A step is *admitted* once every step at least `window` places before it is complete.
/// 2. It *starts* once it is admitted, its `after` steps are complete, and so is every step below its `barrier`.
/// 3. A receive is *posted* when it starts. A reduction lands in a buffer of its own and is posted as soon as one is free:
///    not before it is admitted, and at the latest when it is the first of its program that is not complete.
/// 4. A message moves once its send has started and its receive is posted. The send is then complete; the receive
///    is complete when the elements are in place (for a reduction: once it has also started).
/// 5. An all-to-all's sends take the elements that the vector held in the beginning, whatever has landed since.
public struct Schedule: Sendable {
  /// How a schedule is spread and cut.
  public struct Parameters: Sendable, Hashable, Codable {
    /// Independent lanes that share the vector; two trees count as one channel.
    public var channels: Int
    /// The most elements that one message carries.
    public var chunk: Int
    /// How many pieces of each kind may be in flight in one lane; NCCL's buffer has 8 slots.
    public var depth: Int
    /// Neighbouring ranks that form a domain, such as one NVLink switch joins: rank *r* is in domain *r* / `domain`.
    ///
    /// It divides the ranks. The hierarchical algorithm alone has a use for it.
    public var domain: Int

    /// One channel, whole runs, eight in flight, domains of eight ranks, unless said otherwise.
    public init(channels: Int = 1, chunk: Int = .max >> 1, depth: Int = 8, domain: Int = 8) {
      (self.channels, self.chunk, self.depth, self.domain) = (channels, chunk, depth, domain)
    }
  }

  /// What is done.
  public let collective: Collective
  /// How it is done.
  public let algorithm: Algorithm
  /// How many ranks take part.
  public let ranks: Int
  /// The whole vector's elements.
  public let count: Int
  /// The rank that broadcasts or collects; 0 where no rank is special.
  public let root: Int
  /// Channels, chunk, depth and domain.
  public let parameters: Parameters

  /// A schedule of `collective` by `algorithm` for `count` elements over `ranks` ranks.
  ///
  /// - Parameters:
  ///   - collective: what every rank wants.
  ///   - algorithm: how it is cut into messages.
  ///   - ranks: one or more; one rank has nothing to do.
  ///   - count: the whole vector's elements; zero moves nothing.
  ///   - root: the special rank of a broadcast or reduce.
  ///   - parameters: channels, chunk, depth and domain.
  /// - Throws: ``ScheduleError`` where no such schedule exists.
  public init(
    _ collective: Collective, _ algorithm: Algorithm, ranks: Int, count: Int, root: Int = 0,
    parameters: Parameters = Parameters()
  ) throws(ScheduleError) {
    guard ranks >= 1, ranks < 1 << 30 else { throw .ranks(ranks) }
    guard count >= 0, count < 1 << 56 else { throw .count(count) }
    guard (0..<ranks).contains(root), collective.isRooted || root == 0 else {
      throw .root(root, ranks: ranks)
    }
    guard parameters.channels >= 1, parameters.channels <= 256 else { throw .channels(parameters.channels) }
    guard parameters.chunk >= 1 else { throw .chunk(parameters.chunk) }
    guard (1...4096).contains(parameters.depth) else { throw .depth(parameters.depth) }
    let movesRunsOfBlocks =
      collective.isBlocked && (algorithm == .recursiveDoubling || algorithm == .halvingDoubling)
    guard algorithm.serves(collective) else { throw .unserved(collective, algorithm) }
    if algorithm == .hierarchical {
      guard parameters.domain >= 1, ranks.isMultiple(of: parameters.domain) else {
        throw .domain(parameters.domain, ranks: ranks)
      }
    }
    guard parameters.channels == 1 || !movesRunsOfBlocks else {
      throw .channelsCutBlocks(collective, algorithm)
    }
    (self.collective, self.algorithm) = (collective, algorithm)
    (self.ranks, self.count, self.root, self.parameters) = (ranks, count, root, parameters)
    guard stepsWithoutLimit < Double(Int32.max) else { throw .tooManySteps(stepsWithoutLimit) }
  }

  /// How many independent programs each rank has.
  public var lanes: Int { parameters.channels * (algorithm == .doubleTree ? 2 : 1) }

  /// What `rank` does in `lane`.
  public func program(rank: Int, lane: Int) -> Program {
    precondition((0..<ranks).contains(rank), "rank \(rank) of \(ranks)")
    precondition((0..<lanes).contains(lane), "lane \(lane) of \(lanes)")
    return Program(self, rank: rank, lane: lane)
  }

  /// The elements that are `rank`'s own: its block where the vector is cut into blocks, else all.
  public func ownElements(rank: Int) -> Range<Int> {
    collective.isBlocked ? blocks[rank] : 0..<count
  }

  /// One block a rank.
  var blocks: Partition { Partition(elements: 0..<count, parts: ranks) }

  /// What each rank exchanges with each in an all-to-all.
  var exchangedBlocks: ExchangedBlocks { ExchangedBlocks(count: count, ranks: ranks) }

  /// The part of `elements` that `lane` carries.
  func share(of elements: Range<Int>, lane: Int) -> Range<Int> {
    Partition(elements: elements, parts: lanes)[lane]
  }

  /// The most elements of one block that one lane carries.
  var longestBlockShare: Int {
    Partition(elements: 0..<blocks.longest(), parts: lanes).longest()
  }

  /// The most elements of the whole vector that one lane carries.
  var longestShare: Int { Partition(elements: 0..<count, parts: lanes).longest() }

  /// An upper estimate of one program's steps, in floating point so that it can't overflow.
  private var stepsWithoutLimit: Double {
    let pieces = Double(longestShare) / Double(min(parameters.chunk, 1 << 56))
    return 16 * (Double(ranks) + pieces + 64) + (collective.isBlocked ? 3 * (Double(ranks) + pieces) : 0)
      + 34 * pieces
  }
}

/// A schedule that does not exist, and what would.
public enum ScheduleError: Error, Equatable, CustomStringConvertible {
  /// Fewer than one rank, or more than 2^30.
  case ranks(Int)
  /// A negative or an absurd number of elements.
  case count(Int)
  /// A root that is not one of the ranks, or one where no rank is special.
  case root(Int, ranks: Int)
  /// Fewer than one channel, or more than 256.
  case channels(Int)
  /// A chunk of no elements.
  case chunk(Int)
  /// A depth outside of 1 to 4,096.
  case depth(Int)
  /// Messages that carry runs of neighbouring blocks can't be spread over channels, which cut each block.
  case channelsCutBlocks(Collective, Algorithm)
  /// An algorithm that does not do what is wanted.
  case unserved(Collective, Algorithm)
  /// A collective in which switches have nothing to combine or to copy.
  case unaggregated(Collective)
  /// A domain of no ranks, or one that does not divide them.
  case domain(Int, ranks: Int)
  /// More steps than an index holds.
  case tooManySteps(Double)

  /// One line: what was found and what would be right.
  public var description: String {
    switch self {
    case .ranks(let ranks): "\(ranks) ranks: a collective has 1 to 2^30"
    case .count(let count): "\(count) elements: a vector has 0 to 2^56"
    case .root(let root, let ranks):
      "root \(root): it is one of ranks 0 to \(ranks - 1), and 0 unless the collective is a broadcast or reduce"
    case .channels(let channels): "\(channels) channels: 1 to 256 are possible"
    case .chunk(let chunk): "a chunk of \(chunk) elements: it holds at least one"
    case .depth(let depth): "depth \(depth): 1 to 4096 are possible"
    case .channelsCutBlocks(let collective, let algorithm):
      "\(algorithm.rawValue) \(collective.rawValue) moves runs of blocks and has one channel; ring and trees have more"
    case .unserved(let collective, let algorithm):
      "\(algorithm.rawValue) does no \(collective.rawValue); "
        + Algorithm.allCases.filter { $0.serves(collective) }.map(\.rawValue).joined(separator: ", ")
        + " would"
    case .unaggregated(let collective):
      "no \(collective.rawValue) in switches, which could neither combine nor copy anything; others can"
    case .domain(let domain, let ranks):
      "domains of \(domain) ranks: hierarchical needs a size that divides the \(ranks) ranks"
    case .tooManySteps(let steps): "about \(Int(steps)) steps a rank: use a larger chunk"
    }
  }
}

extension Schedule {
  /// Where each rank's block of a vector of `count` elements starts, and the end: `ranks + 1` numbers.
  ///
  /// Blocks differ by one element at the most; the longer ones come first.
  public static func blockStarts(count: Int, ranks: Int) -> [Int] {
    let blocks = Partition(elements: 0..<count, parts: ranks)
    return (0...ranks).map { blocks.start(of: $0) }
  }
}
