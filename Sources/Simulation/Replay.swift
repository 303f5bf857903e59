import Collectives
import Quantities

/// Runs the actors of a ``Wiring`` by the rules of ``Schedule``.
///
/// Only what competes needs a clock. Where a message has its links to itself and processors cost nothing, the times at
/// which it starts, drains and arrives follow from those of the steps before it, so they are worked out as soon as these
/// are known, however far ahead of the clock that is. Messages on links that others could fill, and jobs on processors,
/// wait for the clock. What the clock does next can't come before what it has done, so nothing that is worked
/// out ahead is ever wrong. One order must be checked: a connection takes messages as they are ready, and ahead of the clock
/// they are taken as they become known; where the two differ, ``isOutOfOrder`` says so, and the run must be made again
/// with every connection on the clock.
///
/// Only the window of each program is stored: step *i* of an actor has slot `i mod width`, where the width is a power of
/// two, so memory is O(actors × window), and a completion costs O(1) whatever the window.
///
/// What happens in one picosecond is one *batch*: drains and what is ready; then all that follows without a processor; then
/// jobs are served by rank, lane and step; then what follows from those that end at once, and so on. When nothing
/// is left, waiting messages begin and rates are settled, once.
struct Replay: ~Copyable {
  struct Slot: BitwiseCopyable {
    /// The latest of what its step has waited for so far; once it is complete, when it was.
    var time: Int64
    /// Of a receive: when it was posted, then when its message may move, then when it arrives.
    var ready: Int64
    var bytes: Int
    var actor: Int32
    var index: Int32
    var template: Int32
    /// The matching step in the peer's program.
    var peerStep: Int32
    /// The first that waits for this step: twice its slot, and one more if it is for its second wait.
    var firstWaiter: Int32
    /// The next that wait for the same two steps as this one.
    var nextWaiters: SIMD2<Int32>
    /// The next message that waits for its line.
    var next: Int32
    /// Of the message that comes in: its route.
    var route: Int32
    var regime: UInt8
    /// How many steps and barriers it waits for.
    var pending: UInt8
    var action: Step.Action
    var state: State

    static let vacant = Slot(
      time: 0, ready: 0, bytes: 0, actor: -1, index: -1, template: -1, peerStep: -1, firstWaiter: -1,
      nextWaiters: SIMD2(-1, -1), next: -1, route: -1, regime: 0, pending: 0, action: .idle, state: [])
  }

  struct State: OptionSet, BitwiseCopyable {
    let rawValue: UInt8
    static var complete: State { State(rawValue: 1) }
    static var started: State { State(rawValue: 2) }
    /// A send whose overhead is paid.
    static var sendReady: State { State(rawValue: 4) }
    /// A receive that a message may move to.
    static var posted: State { State(rawValue: 8) }
    /// A receive whose message may move.
    static var moving: State { State(rawValue: 16) }
    static var arrived: State { State(rawValue: 32) }
    /// A receive whose message waits for its line, or is on it.
    static var onLine: State { State(rawValue: 64) }
  }

  /// One rank in one lane, or the class of it.
  struct Actor: BitwiseCopyable {
    /// The first step that is not complete, and when those below were.
    var head: Int32 = 0
    var headTime: Int64
    /// Where admission has come to, its template, and the segment of the role that it is in.
    var admitted: Int32 = 0
    var template: Int32 = 0
    var segment: Int32
    let count: Int32
    let window: Int32
    let rank: Int32
    let isSwitch: Bool
    let firstPort: Int32
    /// Its slots: step *i* has `firstSlot + (i & mask)`.
    let firstSlot: Int32
    let mask: Int32
    /// Steps that wait for all before their barrier, and the least such barrier.
    var firstAtBarrier: Int32 = -1
    var leastBarrier = Int32.max
  }

  struct Connection: BitwiseCopyable {
    /// Its messages begin when the clock comes to it.
    let isClocked: Bool
    /// How many messages it has had, modulo the number of its routes.
    var turn: Int32 = 0
    /// Ahead of the clock: the last message's place in the receiver's program, when it has drained, and since when the
    /// connection has had messages without a pause.
    var lastIndex: Int32 = -1
    var free: Int64 = 0
    var busySince: Int64 = 0
  }

  /// What takes one message at a time, on the clock: a connection, or each of its routes.
  struct Line: BitwiseCopyable {
    /// The first message that waits for it, by the receiver's step.
    var waiting: Int32 = -1
    var isUnderWay = false
  }

  struct Load: BitwiseCopyable, Sendable {
    var messages = 0
    var bytes = 0
  }

  let roles: Roles
  let wiring: Wiring
  let elementSize: Int
  let costs: HostCosts
  let conditions: RankConditions
  /// Which actor of the whole each is, or stands for.
  let origins: [Int32]
  /// How many ranks each is, or stands for: the lanes of a rank make up one.
  let shares: [Double]
  /// The elements that a step of an actor of the whole moves, where its role doesn't say.
  let countElements: @Sendable (_ actor: Int, _ step: Int) -> Int
  var actors: Arena<Actor>
  var slots: Arena<Slot>
  /// For each slot, the next that waits at a barrier of the actor; nothing where no role has barriers.
  var barriers: Arena<Int32>
  var connections: Arena<Connection>
  var lines: Arena<Line>
  var network: FluidNetwork
  /// The network's route of each of the wiring's.
  var networkRoutes: [Int32] = []
  /// For each route, what one connection of its class has carried by it.
  var carried: Arena<Load>
  /// Whether some actors are switches.
  let hasSwitches: Bool
  /// Whether nothing needs the clock.
  let isAheadOnly: Bool
  let observe: ((ObservedFlow) -> Void)?
  /// When the message of each receive began; kept for `observe` only.
  var began: [Int64]

  /// Messages that are ready (2 × receiver's slot) and processor jobs that are asked for (2 × slot + 1).
  var queue = TimeQueue()
  var happening: [Int32] = []
  /// Slots of steps whose end is known and not yet taken note of, and those that are being gone through.
  var completing: [Int32] = []
  var current: [Int32] = []
  /// Lines on which a message may begin once this picosecond is over.
  var freeLines: [Int32] = []
  /// Slots whose step asks for its rank's processor in this picosecond.
  var jobs: [UInt64] = []
  var processorFree: [Int64]
  var adapterFree: [Int64]
  /// Where ranks take turns; nil where each has a processor of its own.
  var sharedProcessors: ProcessorTimes?
  var now: Int64 = 0
  var unfinished: Int
  /// When each actor was done.
  var completions: [Int64]
  /// Drains, arrivals and jobs, and steps that are complete.
  var events = 0
  var steps = 0
  var isOutOfOrder = false
  var isTooLong = false
  var recurrence: Recurrence

  /// Past this picosecond the clock stops: no sum of two times may leave the range.
  static var lastPicosecond: Int64 { 1 << 61 }
}
