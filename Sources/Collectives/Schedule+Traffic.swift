/// How much one rank sends to one other in one lane.
package struct PeerTraffic: Sendable, Equatable {
  /// The other rank.
  package let peer: Int
  /// How many messages; where blocks differ, those of no elements are counted too.
  package var messages: Int
}

extension Schedule {
  /// What `rank` sends in `lane`, by receiver, in the order of the first message to each.
  ///
  /// Of what repeats it looks at one period.
  package func traffic(rank: Int, lane: Int) -> [PeerTraffic] {
    let program = program(rank: rank, lane: lane)
    var traffic: [PeerTraffic] = []
    var (places, next) = ([Int32: Int](), 0)
    func look(at steps: Range<Int>, times: Int) {
      for index in steps {
        let step = program[index]
        guard step.action == .send, step.movesData || times > 1 else { continue }
        let place = places[step.peer, default: traffic.count]
        if place == traffic.count {
          places[step.peer] = place
          traffic.append(PeerTraffic(peer: Int(step.peer), messages: 0))
        }
        traffic[place].messages += times
      }
    }
    for run in program.repeats {
      look(at: next..<run.start, times: 1)
      look(at: run.start..<run.start + run.period, times: run.count)
      next = run.end
    }
    look(at: next..<program.count, times: 1)
    return traffic
  }

  /// How many messages there are; where blocks differ, those of no elements are counted too.
  package func countMessages() -> Int {
    var messages = 0
    for rank in 0..<ranks {
      for lane in 0..<lanes {
        messages += traffic(rank: rank, lane: lane).reduce(0) { $0 + $1.messages }
      }
    }
    return messages
  }
}
