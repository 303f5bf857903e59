import Collectives
import Quantities

/// A program that is kept as a list.
struct ListedProgram: StepSequence {
  var steps: [Step] = []
  var window = 1
  var repeats: [Repeat] = []

  var count: Int { steps.count }
  subscript(index: Int) -> Step { steps[index] }
}

/// Programs that are no collective's: messages at random, named at both ends.
struct RandomPrograms {
  let ranks: Int
  let lanes: Int
  /// Rank by rank and lane by lane.
  private(set) var programs: [ListedProgram]

  /// Messages between any two ranks, most in one order at both ends, some not, so that a few programs wait for ever.
  static func irregular(_ random: inout Random) -> RandomPrograms {
    var drawn = RandomPrograms(ranks: 2 + random.below(5), lanes: 1 + random.below(2))
    for actor in drawn.programs.indices { drawn.programs[actor].window = 1 + random.below(9) }
    for _ in 0..<3 + random.below(25) {
      let lane = random.below(drawn.lanes)
      let source = random.below(drawn.ranks)
      let destination = (source + 1 + random.below(drawn.ranks - 1)) % drawn.ranks
      let (sender, receiver) = (source * drawn.lanes + lane, destination * drawn.lanes + lane)
      if random.below(6) == 0 { drawn.append(.idle, to: sender, &random) }
      // Several at once, which the receiver may take in another order.
      let messages = 1 + random.below(random.below(4) == 0 ? 4 : 1)
      let (firstSend, firstReceive) = (
        drawn.programs[sender].count, drawn.programs[receiver].count
      )
      var order = Array(0..<messages)
      if random.below(2) == 0 { order.reverse() }
      let counts = order.map { _ in random.below(5) == 0 ? 0 : 1 + random.below(300) }
      for message in 0..<messages {
        var send = Step.idle
        (send.action, send.peer, send.count) = (.send, Int32(destination), counts[message])
        send.peerStep = Int32(firstReceive + order[message])
        drawn.append(send, to: sender, &random)
      }
      for place in 0..<messages {
        let message = order[place]
        var receive = Step.idle
        (receive.action, receive.peer) = (random.below(2) == 0 ? .receive : .reduce, Int32(source))
        (receive.count, receive.peerStep) = (counts[message], Int32(firstSend + message))
        drawn.append(receive, to: receiver, &random)
      }
    }
    return drawn
  }

  private mutating func append(_ step: Step, to actor: Int, _ random: inout Random) {
    var step = step
    let index = programs[actor].count
    func earlier() -> Int32 {
      index > 0 && random.below(3) == 0 ? Int32(max(0, index - 1 - random.below(12))) : -1
    }
    step.after = (earlier(), earlier())
    if index > 0, random.below(8) == 0 { step.barrier = Int32(max(0, index - random.below(10))) }
    programs[actor].steps.append(step)
  }

  /// Every rank does the same, relative to its own place around a circle, again and again.
  static func circulant(_ random: inout Random) -> RandomPrograms {
    var drawn = RandomPrograms(ranks: 2 + random.below(7), lanes: 1)
    let (messages, periods) = (1 + random.below(3), 4 + random.below(60))
    let idle = random.below(2)
    let period = 2 * messages + idle
    struct Pattern {
      var step = Step.idle
      var distance = 0
      var peerPlace = 0
      var after = (0, 0)
      var barrier = 0
    }
    // A send and a receive of each message have any two places of the period.
    var places = Array(0..<period)
    for place in places.indices.dropFirst() { places.swapAt(place, random.below(place + 1)) }
    var pattern = Array(repeating: Pattern(), count: period)
    for message in 0..<messages {
      let (send, receive) = (places[2 * message], places[2 * message + 1])
      let distance = 1 + random.below(drawn.ranks - 1)
      let count = random.below(8) == 0 ? 0 : 1 + random.below(300)
      pattern[send].step.action = .send
      pattern[receive].step.action = random.below(2) == 0 ? .receive : .reduce
      (pattern[send].step.count, pattern[receive].step.count) = (count, count)
      (pattern[send].distance, pattern[receive].distance) = (distance, drawn.ranks - distance)
      (pattern[send].peerPlace, pattern[receive].peerPlace) = (receive, send)
    }
    for place in pattern.indices {
      func below() -> Int { random.below(2) == 0 ? 1 + random.below(2 * period) : 0 }
      pattern[place].after = (below(), below())
      if random.below(4) == 0 { pattern[place].barrier = 1 + random.below(2 * period) }
    }
    let window = 2 + random.below(3 * period)
    for rank in 0..<drawn.ranks {
      drawn.programs[rank].window = window
      for index in 0..<period * periods {
        let (round, pattern) = (index / period, pattern[index % period])
        var step = pattern.step
        if step.action != .idle {
          step.peer = Int32((rank + pattern.distance) % drawn.ranks)
          step.peerStep = Int32(round * period + pattern.peerPlace)
        }
        func earlier(_ distance: Int) -> Int32 {
          distance > 0 && index >= distance ? Int32(index - distance) : -1
        }
        step.after = (earlier(pattern.after.0), earlier(pattern.after.1))
        step.barrier = max(0, earlier(pattern.barrier))
        drawn.programs[rank].steps.append(step)
      }
      // Only from the third period on are all the steps there that one may name.
      drawn.programs[rank].repeats = [
        Repeat(start: 3 * period, period: period, count: periods - 3, hasSameCounts: true)
      ].filter { $0.count >= 2 }
    }
    return drawn
  }

  init(ranks: Int, lanes: Int) {
    (self.ranks, self.lanes) = (ranks, lanes)
    programs = Array(repeating: ListedProgram(), count: ranks * lanes)
  }

  /// Gives each actor these steps.
  mutating func setSteps(_ steps: [[Step]], window: Int) {
    for (actor, steps) in steps.enumerated() {
      programs[actor] = ListedProgram(steps: steps, window: window)
    }
  }
}
