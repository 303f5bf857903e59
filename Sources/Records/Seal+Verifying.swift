package import Foundation

extension Seal {
  /// What a file's seal says of the file.
  package enum Verdict: Sendable, Equatable {
    /// Every byte is as it was written.
    case intact
    /// The file has none: an earlier version or another program wrote it.
    case absent
    /// What changed; one entry or more.
    case changed([Change])

    /// One word or clause: `intact`, `not sealed`, `changed: line 7, environment.started`.
    package var summary: String {
      switch self {
      case .intact: "intact"
      case .absent: "not sealed"
      case .changed(let changes): "changed: " + Self.words(changes)
      }
    }

    /// The most places that one line of text names.
    private static let mostNamed = 5

    private static func words(_ changes: [Change]) -> String {
      let named = changes.prefix(mostNamed).map(\.description).joined(separator: "; ")
      return changes.count > mostNamed ? "\(named); and \(changes.count - mostNamed) more places" : named
    }
  }

  /// One place where a file is not what was sealed.
  package enum Change: Sendable, Equatable, CustomStringConvertible {
    /// Lines of the file, counted from 1, with what of a document they hold where that is known.
    ///
    /// `surplus` is how many lines were added; below zero, how many are missing.
    case lines(ClosedRange<Int>, part: String?, surplus: Int)
    /// The line with the seal.
    case seal(line: Int)
    /// A carriage return before every newline, and nothing else.
    case lineEnds
    /// Other white space between values, or keys in another order, and nothing else where `keepsValues`.
    case layout(keepsValues: Bool)
    /// A document without its end, and where it breaks off.
    case end(String)
    /// Somewhere: a block's 24 bits agree though the whole does not.
    case somewhere

    package var description: String {
      switch self {
      case .lines(let lines, let part, let surplus):
        var words =
          lines.count == 1 ? "line \(lines.lowerBound)" : "lines \(lines.lowerBound) to \(lines.upperBound)"
        if let part { words += ", \(part)" }
        if surplus != 0 {
          let count = abs(surplus) == 1 ? "a line" : "\(abs(surplus)) lines"
          words += surplus > 0 ? ", \(count) more than sealed" : ", \(count) fewer than sealed"
        }
        return words
      case .seal(let line): return "line \(line), the seal itself"
      case .lineEnds: return "the line ends, CR LF in place of LF; nothing else"
      case .layout(keepsValues: true): return "white space or the order of keys; every value is as sealed"
      case .layout(keepsValues: false): return "the layout, and values too: no line is as sealed"
      case .end(let reason): return "the end is missing: the file is cut short \(reason)"
      case .somewhere: return "a place that the seal can't tell"
      }
    }
  }

  /// Holds a file's bytes against the seal in them, in time linear in their number.
  package static func verify(_ file: Data) -> Verdict {
    guard let line = SealLine(in: file) else {
      // What was written whole has all of its brackets.
      if file.first == UInt8(ascii: "{"), let end = JSONLayout.openEnd(file) { return .changed([.end(end)]) }
      return .absent
    }
    guard let seal = line.seal else { return .changed([.seal(line: line.number)]) }
    let content = line.removed(from: file)
    if Digest.sha256(content) == seal.digest {
      return line.isAsWritten ? .intact : .changed([.seal(line: line.number)])
    }
    if isIntact(withoutCarriageReturns(file)) {
      return .changed([.lineEnds])
    }
    let text = SealedText(content)
    let places = seal.changes(in: text)
    // Where little is as it was, another program may have written the same values.
    let changed = places.reduce(0) { $0 + $1.lines.count }
    if changed * 2 >= text.count, let rewritten = RewrittenDocument(file) {
      let keepsValues = rewritten.digest == seal.digest
      if keepsValues || changed == text.count { return .changed([.layout(keepsValues: keepsValues)]) }
    }
    let parts = SealedParts(of: file)
    var changes = places.map { place in
      let lines = text.offsets(of: place.lines)
      let offsets = line.offset(inFile: lines.lowerBound)..<line.offset(inFile: lines.upperBound)
      return parts.change(at: offsets, surplus: place.surplus)
    }
    if parts.isDocument, let end = JSONLayout.openEnd(file) { changes.append(.end(end)) }
    return .changed(changes.isEmpty ? [.somewhere] : changes)
  }

  /// The blocks that are not as they were sealed, those side by side as one.
  ///
  /// Where lines were added or are missing, all between the first and the last changed block is one place.
  private func changes(in text: SealedText) -> [(lines: Range<Int>, surplus: Int)] {
    let digests = blocks.utf8.chunked(by: Self.blockDigits)
    let surplus = text.count - lines
    func isAsSealed(_ block: Int, shift: Int) -> Bool {
      let first = block * blockLines + shift
      let last = min((block + 1) * blockLines, lines) + shift
      guard first >= 0, last <= text.count else { return false }
      return Self.blockDigest(text.bytes(of: first..<last)).utf8.elementsEqual(digests[block])
    }
    guard surplus != 0 else {
      var places: [Range<Int>] = []
      for block in digests.indices where !isAsSealed(block, shift: 0) {
        if places.last?.upperBound == block {
          places[places.count - 1] = places[places.count - 1].lowerBound..<block + 1
        } else {
          places.append(block..<block + 1)
        }
      }
      return places.map { ($0.lowerBound * blockLines..<min($0.upperBound * blockLines, lines), 0) }
    }
    let first = digests.indices.first { !isAsSealed($0, shift: 0) } ?? digests.count
    var end = digests.count
    while end > first, isAsSealed(end - 1, shift: surplus) { end -= 1 }
    // Blocks that are there twice may seem to be as sealed from both sides.
    let start = min(first * blockLines, text.count)
    let stop = max(start, min(end * blockLines, lines) + surplus)
    return [(start..<stop, surplus)]
  }

  private static func isIntact(_ file: Data) -> Bool {
    guard let line = SealLine(in: file), let seal = line.seal, line.isAsWritten else { return false }
    return Digest.sha256(line.removed(from: file)) == seal.digest
  }

  private static func withoutCarriageReturns(_ file: Data) -> Data {
    var result: [UInt8] = []
    result.reserveCapacity(file.count)
    for byte in file {
      if byte == UInt8(ascii: "\n"), result.last == UInt8(ascii: "\r") { result.removeLast() }
      result.append(byte)
    }
    return Data(result)
  }
}

extension String.UTF8View {
  /// Runs of `count` bytes each; what is left at the end is left out.
  fileprivate func chunked(by count: Int) -> [[UInt8]] {
    let bytes = Array(self)
    return stride(from: 0, through: bytes.count - count, by: count).map { Array(bytes[$0..<$0 + count]) }
  }
}
