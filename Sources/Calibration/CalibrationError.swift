import Quantities

/// Records that no machine model can be fitted to.
public enum CalibrationError: Error, Equatable, CustomStringConvertible {
  /// No point can be used; why each series was left out.
  case nothingToFit(leftOut: [String])
  /// Too few different sizes to tell a message's cost from a byte's.
  case tooFewSizes(messages: [Int])
  /// The ranks have no place on the fabric.
  case placement(String)
  /// A schedule can't be replayed.
  case replay(series: String, reason: String)

  /// One line: what was found and what would be right.
  public var description: String {
    switch self {
    case .nothingToFit(let leftOut):
      "nothing to fit" + (leftOut.isEmpty ? ": the records hold no measured size" : ": \(Self.list(leftOut))")
        + "; measure ring, tree or another algorithm whose schedule is known, over two ranks or more"
    case .tooFewSizes(let messages):
      "messages of \(Self.list(messages.map { ByteCount($0).description })) only: that doesn't tell latency from "
        + "bandwidth; measure at least three sizes, better a range such as -b 8 -e 64M -f 2"
    case .placement(let reason): reason
    case .replay(let series, let reason): "\(series): \(reason)"
    }
  }

  private static func list(_ texts: [String]) -> String {
    texts.prefix(4).joined(separator: ", ") + (texts.count > 4 ? " and \(texts.count - 4) more" : "")
  }
}
