import Collectives

/// One lane of one rank on its way into GOAL: its steps get labels, and what they wait for becomes `requires`.
struct GOALLane {
  private let lane: Int
  private let lanes: Int
  /// The number of the first step's label.
  private let firstLabel: Int
  private let window: Int
  private let elementSize: Int
  /// The waits for all steps below a place that were written and may be needed again, ascending.
  private var waits: [Int] = []

  init(lane: Int, lanes: Int, firstLabel: Int, window: Int, elementSize: Int) {
    (self.lane, self.lanes, self.firstLabel) = (lane, lanes, firstLabel)
    (self.window, self.elementSize) = (window, elementSize)
  }

  /// Writes step `index` and what it requires, and before it the wait that it requires, if that is a new one.
  mutating func add(_ step: Step, _ index: Int, to text: inout GOALText) {
    // Below this place all steps are complete once the step is admitted; that only grows.
    let admitted = max(0, index - window + 1)
    if let last = waits.lastIndex(where: { $0 <= admitted }) { waits.removeFirst(last) }
    let below = max(admitted, Int(step.barrier))
    if below > 1 { wait(for: below, &text) }
    let label = firstLabel + index
    switch step.action {
    case _ where !step.movesData: text.line("l", label, ": calc 0")
    case .send: message(step, label, ": send ", "b to ", tag: index, &text)
    case .receive, .reduce: message(step, label, ": recv ", "b from ", tag: Int(step.peerStep), &text)
    case .idle: preconditionFailure("an idle step moves no data")
    }
    if below == 1 {
      text.line("l", label, " requires l", firstLabel)
    } else if below > 1 {
      text.line("l", label, " requires w", lane, "_", below)
    }
    let (first, second) = (Int(step.after.0), Int(step.after.1))
    // What is below the place is waited for already.
    if first >= below { text.line("l", label, " requires l", firstLabel + first) }
    if second >= below, second != first { text.line("l", label, " requires l", firstLabel + second) }
  }

  private func message(
    _ step: Step, _ label: Int, _ verb: StaticString, _ way: StaticString, tag: Int, _ text: inout GOALText
  ) {
    text.append("l")
    text.append(label)
    text.append(verb)
    text.append(step.count * elementSize)
    text.append(way)
    text.append(Int(step.peer))
    // The sender's step and the lane tell the messages of a pair apart.
    text.line(" tag ", tag * lanes + lane)
  }

  /// Writes the wait for all steps below `place`, unless it was written: what an earlier wait requires, and the steps since.
  private mutating func wait(for place: Int, _ text: inout GOALText) {
    let before = waits.lastIndex { $0 <= place }
    let start = before.map { waits[$0] } ?? 0
    guard start < place else { return }
    text.append("w")
    text.append(lane)
    text.line("_", place, ": calc 0")
    if start > 0 {
      text.append("w")
      text.append(lane)
      text.append("_")
      text.append(place)
      text.append(" requires w")
      text.append(lane)
      text.line("_", start)
    }
    for step in start..<place {
      text.append("w")
      text.append(lane)
      text.append("_")
      text.append(place)
      text.line(" requires l", firstLabel + step)
    }
    waits.insert(place, at: before.map { $0 + 1 } ?? 0)
  }
}

/// Text that is written away in pieces.
struct GOALText {
  private var bytes: [UInt8] = []

  /// Whether it is time to write it away.
  var isLong: Bool { bytes.count >= 1 << 17 }

  /// What was written since the last call.
  mutating func take() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  mutating func append(_ word: StaticString) {
    word.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
  }

  mutating func append(_ number: Int) {
    let start = bytes.count
    var rest = number.magnitude
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    if number < 0 { bytes.append(UInt8(ascii: "-")) }
    bytes[start...].reverse()
  }

  mutating func line(_ words: String) {
    bytes.append(contentsOf: words.utf8)
    bytes.append(UInt8(ascii: "\n"))
  }

  mutating func line(_ word: StaticString, _ number: Int, _ end: StaticString = "") {
    append(word)
    append(number)
    append(end)
    bytes.append(UInt8(ascii: "\n"))
  }

  mutating func line(_ word: StaticString, _ number: Int, _ next: StaticString, _ other: Int) {
    append(word)
    append(number)
    line(next, other)
  }

  mutating func line(
    _ word: StaticString, _ number: Int, _ next: StaticString, _ other: Int, _ last: StaticString,
    _ third: Int
  ) {
    append(word)
    append(number)
    append(next)
    append(other)
    line(last, third)
  }
}
