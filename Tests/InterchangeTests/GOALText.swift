import Testing

/// GOAL as a strict reader sees it: the part of txt2bin's grammar that an exported schedule needs, and no more.
struct GOALText {
  enum Kind: Equatable {
    case send(bytes: Int, to: Int, tag: Int)
    case receive(bytes: Int, from: Int, tag: Int)
    case calculate(nanoseconds: Int)
  }

  struct Operation {
    let label: Substring
    let kind: Kind
    /// Earlier operations of the same rank that must be done before.
    var requires: [Int] = []
  }

  /// What is wrong, and in which line.
  struct Fault: Error, Equatable {
    let line: Int
    let what: String
  }

  var ranks: [[Operation]] = []

  init(_ text: String) throws(Fault) {
    var labels: [Substring: Int] = [:]
    var (declared, isOpen) = (-1, false)
    var number = 0
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      number += 1
      func refuse(_ what: String) -> Fault { Fault(line: number, what: what) }
      let words = line.split(separator: " ", omittingEmptySubsequences: false)
      switch words.first ?? "" {
      case "" where line.isEmpty, "//": continue
      case "num_ranks" where words.count == 2 && declared < 0:
        guard let count = Int(words[1]) else { throw refuse("no number of ranks") }
        declared = count
      case "rank" where words.count == 3 && words[2] == "{" && !isOpen:
        guard Int(words[1]) == ranks.count, ranks.count < declared else { throw refuse("no such rank") }
        (labels, isOpen) = ([:], true)
        ranks.append([])
      case "}" where words.count == 1 && isOpen: isOpen = false
      case let word where word.last == ":" && isOpen:
        let label = word.dropLast()
        guard label.first?.isLetter == true, label.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }),
          labels.updateValue(ranks[ranks.count - 1].count, forKey: label) == nil
        else { throw refuse("no new label") }
        guard let kind = Self.kind(words.dropFirst()) else { throw refuse("no operation") }
        ranks[ranks.count - 1].append(Operation(label: label, kind: kind))
      case let label where words.count == 3 && words[1] == "requires" && isOpen:
        guard let from = labels[label], let to = labels[words[2]], from == ranks[ranks.count - 1].count - 1,
          to < from
        else { throw refuse("a label that is not there yet, or not the last one") }
        ranks[ranks.count - 1][from].requires.append(to)
      default: throw refuse("no line of GOAL")
      }
    }
    guard !isOpen, ranks.count == declared else { throw Fault(line: number, what: "ranks are missing") }
  }

  private static func kind(_ words: ArraySlice<Substring>) -> Kind? {
    let words = Array(words)
    func number(_ word: Substring) -> Int? { word.allSatisfy(\.isNumber) ? Int(word) : nil }
    switch words.first {
    case "calc" where words.count == 2: return number(words[1]).map { .calculate(nanoseconds: $0) }
    case "send" where words.count == 6 && words[2] == "to",
      "recv" where words.count == 6 && words[2] == "from":
      guard words[1].last == "b", words[4] == "tag", let bytes = number(words[1].dropLast()), bytes > 0,
        let peer = number(words[3]), let tag = number(words[5]), tag < 1 << 32 - 1
      else { return nil }
      return words[0] == "send"
        ? .send(bytes: bytes, to: peer, tag: tag) : .receive(bytes: bytes, from: peer, tag: tag)
    default: return nil
    }
  }
}

/// LogGP without contention and without overheads: a rank sends one message at a time, at `gap` seconds a byte; the last byte
/// is there `latency` after it left.
struct LogGP {
  var latency: Double
  var gap: Double

  private struct Message: Hashable { let from, to, tag: Int }
  private struct Ready {
    let time: Double
    let rank, operation: Int
  }

  /// When the last operation is done, in seconds; nil where some never are.
  func time(of goal: GOALText) -> Double? {
    var open = goal.ranks.map { $0.map(\.requires.count) }
    var due = goal.ranks.map { $0.map { _ in 0.0 } }
    var followers = goal.ranks.map { $0.map { _ in [Int]() } }
    var ready: [Ready] = []
    for (rank, operations) in goal.ranks.enumerated() {
      for (index, operation) in operations.enumerated() {
        for earlier in operation.requires { followers[rank][earlier].append(index) }
        if operation.requires.isEmpty { ready.append(Ready(time: 0, rank: rank, operation: index)) }
      }
    }
    var nextSend = goal.ranks.map { _ in 0.0 }
    var arrivals: [Message: Double] = [:]
    var waiting: [Message: Ready] = [:]
    var (last, done) = (0.0, 0)
    func finish(_ rank: Int, _ operation: Int, at time: Double) {
      last = max(last, time)
      done += 1
      for follower in followers[rank][operation] {
        due[rank][follower] = max(due[rank][follower], time)
        open[rank][follower] -= 1
        if open[rank][follower] == 0 {
          ready.append(Ready(time: due[rank][follower], rank: rank, operation: follower))
        }
      }
    }
    while let next = ready.indices.min(by: { ready[$0].time < ready[$1].time }) {
      let now = ready.remove(at: next)
      switch goal.ranks[now.rank][now.operation].kind {
      case .calculate(let cost): finish(now.rank, now.operation, at: now.time + Double(cost) * 1e-9)
      case .send(let bytes, let to, let tag):
        let left = max(now.time, nextSend[now.rank]) + Double(bytes) * gap
        nextSend[now.rank] = left
        let message = Message(from: now.rank, to: to, tag: tag)
        finish(now.rank, now.operation, at: left)
        if let receiver = waiting.removeValue(forKey: message) {
          finish(receiver.rank, receiver.operation, at: max(receiver.time, left + latency))
        } else {
          arrivals[message] = left + latency
        }
      case .receive(_, let from, let tag):
        let message = Message(from: from, to: now.rank, tag: tag)
        if let arrival = arrivals.removeValue(forKey: message) {
          finish(now.rank, now.operation, at: max(now.time, arrival))
        } else {
          waiting[message] = now
        }
      }
    }
    return done == goal.ranks.reduce(0) { $0 + $1.count } ? last : nil
  }
}
