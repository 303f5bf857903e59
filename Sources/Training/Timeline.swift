/// What one GPU does in a step, on two streams: one computes and waits for the collectives that it needs at once, one does
/// collectives behind its back, first come, first served.
///
/// With *r* the moment when a bucket's last gradient is there, and *f* the end of the bucket before, a bucket begins at
/// max(*r*, *f*), as on the one communication stream of PyTorch's DDP. Where both streams are in a collective they slow each
/// other down, by factors that a simulation of both gives: each then works at a constant rate until the other one changes.
package struct Timeline: Sendable {
  /// What an item does.
  package enum Work: Sendable, Equatable {
    /// Works without the network, for so many seconds.
    case compute(Double)
    /// Is idle, for so many seconds, as the pipeline has it: not counted as computing.
    case bubble(Double)
    /// Calls of one kind of collective, one after the other; a share of a call where it is no whole number.
    case calls(kind: Int, count: Double)
  }

  /// One thing after the other on its stream.
  package struct Item: Sendable, Equatable {
    /// What it does.
    package var work: Work
    /// An item of the other stream that must be done before; nil for none.
    package var after: Int?

    /// An item.
    package init(_ work: Work, after: Int? = nil) { (self.work, self.after) = (work, after) }
  }

  /// The stream that computes.
  package var foreground: [Item] = []
  /// The stream of collectives that nothing waits for, but for items that name one of them.
  package var background: [Item] = []

  /// Nothing to do.
  package init() {}

  /// How often each kind is called, on both streams.
  package func counts(kinds: Int) -> [Double] {
    var counts = [Double](repeating: 0, count: kinds)
    for item in foreground + background {
      if case .calls(let kind, let count) = item.work { counts[kind] += count }
    }
    return counts
  }

  /// How long one call of each kind takes, and what two kinds make of each other.
  package struct Costs: Sendable {
    /// Seconds of one call, with its own kind in all groups at the same time.
    package var times: [Double]
    /// `slowdowns[a][b]`: how many times as long a call of kind *a* takes while *b* goes on; 1 or more.
    package var slowdowns: [[Double]]

    /// Costs; kinds that leave each other alone unless said otherwise.
    package init(times: [Double], slowdowns: [[Double]]? = nil) {
      self.times = times
      self.slowdowns =
        slowdowns ?? Array(repeating: Array(repeating: 1, count: times.count), count: times.count)
    }

    /// Those of an infinitely fast network.
    package static func free(kinds: Int) -> Costs { Costs(times: Array(repeating: 0, count: kinds)) }
  }

  /// When everything happened.
  package struct Course: Sendable, Equatable {
    /// When each item of the foreground began and ended.
    package var foreground: [Span]
    /// The same of the background.
    package var background: [Span]
    /// For each item of the background, how long the foreground waited while it went on.
    package var waits: [Double]
    /// For each kind, how long the foreground was in its calls, or waited while the background was.
    package var exposed: [Double]
    /// How long the foreground computed.
    package var computing = 0.0
    /// How long it was idle.
    package var bubble = 0.0
    /// When both streams were done.
    package var end = 0.0

    /// From when until when.
    package struct Span: Sendable, Equatable {
      package var start = 0.0
      package var end = 0.0
    }
  }

  /// Runs both streams from time 0 to the end of the later one.
  ///
  /// Linear in the items. What the foreground has left to wait for once it is done itself is exposed as well.
  package func run(_ costs: Costs) -> Course {
    var course = Course(
      foreground: Array(repeating: .init(), count: foreground.count),
      background: Array(repeating: .init(), count: background.count),
      waits: Array(repeating: 0, count: background.count),
      exposed: Array(repeating: 0, count: costs.times.count))
    var streams = (Stream(foreground, costs), Stream(background, costs))
    var now = 0.0
    while true {
      streams.0.begin(at: now, other: streams.1.done)
      streams.1.begin(at: now, other: streams.0.done)
      let rates = (
        streams.0.rate(beside: streams.1.kind, costs), streams.1.rate(beside: streams.0.kind, costs)
      )
      let step = min(streams.0.left / rates.0, streams.1.left / rates.1)
      guard step.isFinite else { break }
      account(step, streams.0, streams.1, in: &course)
      now += step
      // Whoever ends first ends exactly, whatever rounding leaves.
      let isFirst = streams.0.left / rates.0 <= step
      let isSecond = streams.1.left / rates.1 <= step
      streams.0.advance(step * rates.0, isDone: isFirst)
      streams.1.advance(step * rates.1, isDone: isSecond)
      if isFirst, let item = streams.0.finish() {
        course.foreground[item] = .init(start: streams.0.began, end: now)
      }
      if isSecond, let item = streams.1.finish() {
        course.background[item] = .init(start: streams.1.began, end: now)
      }
    }
    precondition(
      streams.0.done == foreground.count && streams.1.done == background.count,
      "each stream waits for an item of the other one that waits for it")
    course.end = now
    return course
  }

  private func account(_ step: Double, _ own: Stream, _ other: Stream, in course: inout Course) {
    switch own.current {
    case .compute?: course.computing += step
    case .bubble?: course.bubble += step
    case .calls(let kind, _)?: course.exposed[kind] += step
    case nil:
      guard let kind = other.kind else { return }
      course.exposed[kind] += step
      course.waits[other.done] += step
    }
  }
}

/// One stream while it runs.
private struct Stream {
  private let items: [Timeline.Item]
  private let times: [Double]
  /// How many items are done; the next one is of this number.
  private(set) var done = 0
  /// What is going on; nil while the stream waits.
  private(set) var current: Timeline.Work?
  /// Seconds that the current item has left at full rate; infinite while the stream waits.
  private(set) var left = Double.infinity
  private(set) var began = 0.0

  init(_ items: [Timeline.Item], _ costs: Timeline.Costs) { (self.items, times) = (items, costs.times) }

  /// The kind of the current calls.
  var kind: Int? {
    if case .calls(let kind, _)? = current { kind } else { nil }
  }

  func rate(beside other: Int?, _ costs: Timeline.Costs) -> Double {
    guard let kind, let other else { return 1 }
    return 1 / costs.slowdowns[kind][other]
  }

  /// Takes up the next item, if nothing goes on and it needs no more than what the other stream has done.
  mutating func begin(at now: Double, other done: Int) {
    guard current == nil, self.done < items.count else { return }
    let item = items[self.done]
    guard (item.after ?? -1) < done else { return }
    current = item.work
    began = now
    left =
      switch item.work {
      case .compute(let seconds), .bubble(let seconds): seconds
      case .calls(let kind, let count): times[kind] * count
      }
  }

  mutating func advance(_ work: Double, isDone: Bool) { left = isDone ? 0 : max(0, left - work) }

  /// Ends the current item.
  mutating func finish() -> Int? {
    guard current != nil else { return nil }
    (current, left) = (nil, .infinity)
    done += 1
    return done - 1
  }
}
