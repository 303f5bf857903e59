private import CPlatform

/// When waiting ends, on the monotonic clock.
package struct Deadline: Comparable {
  private let end: Int64

  /// In `seconds` from now; more than thirty years are thirty years.
  package init(after seconds: Double) {
    precondition(!seconds.isNaN, "a time limit is a number")
    end = syncline_monotonic_ns() + Int64(min(max(seconds, 0), 1e9) * 1e9)
  }

  private init(end: Int64) { self.end = end }

  /// The moment `seconds` after this one.
  func later(by seconds: Double) -> Deadline { Deadline(end: end + Int64(seconds * 1e9)) }

  package static func < (a: Deadline, b: Deadline) -> Bool { a.end < b.end }

  /// Milliseconds from now, rounded up, as poll(2) takes them; 0 where it is over.
  var milliseconds: Int32 {
    Int32(clamping: (max(0, end - syncline_monotonic_ns()) + 999_999) / 1_000_000)
  }
}
