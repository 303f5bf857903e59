/// Watches for a state that comes again, and skips what then repeats.
///
/// A run's future hangs on nothing but its state: which steps are under way, what they wait for, and how long ago
/// relative to now. If that is what it was once before, all indices higher by the same number of steps, then all that has
/// happened since will happen again, as long as the steps to come are what they were (``Roles/Segment/repeats``). So whole
/// periods are skipped, and nothing is left out or approximated. States are compared word by word, not by a hash.
///
/// Which earlier state to compare with: one that is kept, and replaced after 1, 2, 4, 8 ... checkpoints (Brent, "An improved
/// Monte Carlo factorization algorithm", 1980). A period of λ checkpoints after μ of them is found before
/// 3 max(μ, λ) + λ.
struct Recurrence {
  /// The state at a checkpoint, all times relative to its own.
  struct Checkpoint {
    var time: Int64 = 0
    /// Where each actor's head was.
    var heads: [Int32] = []
    var words: [Int64] = []
    var carried: [Replay.Load] = []
  }

  /// Whether it is looked for at all.
  let isWatched: Bool
  /// The actor whose progress sets the checkpoints; -1 while there is none that repeats.
  var reference = -1
  /// Where its head has to come to for the next checkpoint.
  var nextHead: Int32 = 0
  var kept: Checkpoint?
  /// Checkpoints since the kept one, and after how many it is replaced.
  var count = 0
  var limit = 1
  /// How often it has looked for an actor in vain, and until when it doesn't look again.
  var pause = 0

  init(isWatched: Bool) { self.isWatched = isWatched }

  /// Begins to watch anew.
  mutating func reset() {
    (reference, kept, count, limit) = (-1, nil, 0, 1)
  }
}

/// Takes the words of a state one by one.
protocol StateReader {
  /// False where no more words are wanted.
  mutating func take(_ word: Int64) -> Bool
}

/// Keeps a state.
struct StateWriter: StateReader {
  var words: [Int64] = []

  mutating func take(_ word: Int64) -> Bool {
    words.append(word)
    return true
  }
}

/// Compares a state with one that was kept, up to the first difference.
struct StateComparison: StateReader {
  private let kept: [Int64]
  private var next = 0
  private var isEqual = true

  init(with kept: [Int64]) { self.kept = kept }

  var holds: Bool { isEqual && next == kept.count }

  mutating func take(_ word: Int64) -> Bool {
    isEqual = next < kept.count && kept[next] == word
    next += 1
    return isEqual
  }
}
