/// What rank 0 and another rank say to each other once they know each other.
///
/// On the wire: a word that marks a message, its kind, the length of what follows, each four bytes; then that.
enum RendezvousMessage: Equatable {
  /// Rank 0 knows this rank, and waits for others.
  case admitted
  /// All ranks are there.
  case start
  /// Rank 0 can't take this rank.
  case refused(String)
  /// The run has ended; all ranks say the same.
  case failed(TransportError)
  /// One rank's values for a gather; or all ranks', in their order.
  case values([Int64])
  /// One rank's value for the greatest; or the greatest.
  case greatest(Int64)

  static let headerSize = 12
  /// The most values of one rank in one gather: 1 MiB.
  static let greatestCount = 1 << 17

  private static let mark: UInt32 = 0x7379_6e63
  private static let greatestText = 2000

  /// The longest body of a message from rank 0 to `ranks` ranks; the others' are never longer.
  static func limit(ranks: Int) -> Int { max(ranks * greatestCount * 8, 16 + greatestText) }

  var bytes: [UInt8] {
    let (kind, body) = encoded
    return BigEndian.bytes(Self.mark) + BigEndian.bytes(kind) + BigEndian.bytes(UInt32(body.count)) + body
  }

  private var encoded: (kind: UInt32, body: [UInt8]) {
    switch self {
    case .admitted: (0, [])
    case .start: (1, [])
    case .refused(let reason): (2, Self.text(reason))
    case .failed(.peerLost(let rank, let reason)): (3, BigEndian.bytes(Int64(rank)) + Self.text(reason))
    case .failed(let error): (4, Self.text(error.description))
    case .values(let values): (5, values.flatMap { BigEndian.bytes($0) })
    case .greatest(let value): (6, BigEndian.bytes(value))
    }
  }

  /// The kind and the length of the body that a header announces; nil where it is none, or of a longer body.
  static func header(_ bytes: [UInt8], limit: Int) -> (kind: UInt32, length: Int)? {
    guard bytes.count == headerSize, BigEndian.read(bytes[..<4]) == mark else { return nil }
    let length = Int(BigEndian.read(bytes[8...]) as UInt32)
    return length <= limit ? (BigEndian.read(bytes[4..<8]), length) : nil
  }

  /// Reads a body; nil where it is none of this kind.
  init?(kind: UInt32, body: [UInt8]) {
    switch kind {
    case 0 where body.isEmpty: self = .admitted
    case 1 where body.isEmpty: self = .start
    case 2: self = .refused(String(decoding: body, as: UTF8.self))
    case 3 where body.count >= 8:
      let rank = Int(BigEndian.read(body[..<8]) as Int64)
      self = .failed(.peerLost(rank: rank, reason: String(decoding: body[8...], as: UTF8.self)))
    case 4: self = .failed(.unavailable(String(decoding: body, as: UTF8.self)))
    case 5 where body.count.isMultiple(of: 8):
      self = .values(stride(from: 0, to: body.count, by: 8).map { BigEndian.read(body[$0..<$0 + 8]) })
    case 6 where body.count == 8: self = .greatest(BigEndian.read(body))
    default: return nil
    }
  }

  private static func text(_ reason: String) -> [UInt8] { Array(reason.utf8.prefix(greatestText)) }
}
