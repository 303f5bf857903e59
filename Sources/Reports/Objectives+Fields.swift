import Collectives
import Fabric
import Quantities

extension PointSelector {
  /// Reads which points an objective is about.
  init(_ entry: Fields) throws(TopologyFileError) {
    self.init(collective: try entry.choice("collective", Collective.self))
    if entry.has("origin") { origin = try entry.choice("origin", Origin.self) }
    if entry.has("algorithm") {
      algorithm = try entry.word(
        "algorithm", among: Algorithm.allCases.map(\.rawValue) + ["native", "in-network"])
    }
    if entry.has("ranks") {
      ranks = try entry.range("ranks", expected: "a number of ranks, or a range such as 8.. or 2..16") {
        text in
        Int(text).flatMap { $0 >= 1 ? $0 : nil }
      }
    }
    let sizes = ["size", "sizes"].filter { entry.has($0) }
    if sizes.count == 2 {
      throw entry.error("sizes", found: "it beside 'size'", expected: "one of the two")
    }
    if let field = sizes.first {
      self.sizes = try entry.range(
        field, expected: "a size such as 8 or 64K, or a range such as 256M.. or 1K..1M"
      ) {
        (try? ByteCount(parsing: $0))?.bytes
      }
    }
    if entry.has("datatype") { datatype = try entry.name("datatype", expected: "a type such as float32") }
    if entry.has("buffers") { buffers = try entry.choice("buffers", Buffers.self) }
  }
}

extension Fields {
  /// One of the cases of `Value`, by its name.
  func choice<Value: RawRepresentable & CaseIterable>(
    _ name: String, _ type: Value.Type
  ) throws(TopologyFileError) -> Value where Value.RawValue == String {
    let word = try word(name, among: Value.allCases.map(\.rawValue))
    guard let value = Value(rawValue: word) else {
      throw error(name, found: word.quoted, expected: "another word")
    }
    return value
  }

  /// One of `words`; the nearest is named where it is none of them.
  func word(_ name: String, among words: [String]) throws(TopologyFileError) -> String {
    let all = "one of \(words.joined(separator: ", "))"
    let text = try text(name, expected: all)
    guard words.contains(text) else {
      let nearest = nearestName(to: text, among: words).map { "'\($0)', or another " } ?? ""
      throw error(name, found: text.quoted, expected: nearest + all)
    }
    return text
  }

  /// A share above zero, as `0.95` or `95 %`.
  func share(_ name: String) throws(TopologyFileError) -> Double {
    let expected = "a share from 0 to 10 such as 5 % or 0.05"
    let text = try text(name, expected: expected)
    guard let share = Self.share(text), (0...10).contains(share) else {
      throw error(name, found: text.quoted, expected: expected)
    }
    return share
  }

  private static func share(_ text: some StringProtocol) -> Double? {
    guard let parts = NumberWithUnit(String(text)) else { return nil }
    switch parts.unit {
    case "": return parts.number
    case "%": return parts.number / 100
    default: return nil
    }
  }

  /// A rate such as `45 GB/s`, or a share of one such as `0.95 of 400 Gbit/s`.
  func rateOrShare(_ name: String) throws(TopologyFileError) -> Bandwidth {
    let expected = "a rate such as 45 GB/s, or a share of one such as 0.95 of 400 Gbit/s"
    let text = try text(name, expected: expected)
    let parts = text.components(around: " of ")
    guard let last = parts.last, let rate = try? Bandwidth(parsing: last) else {
      throw error(name, found: text.quoted, expected: expected)
    }
    guard parts.count == 2 else { return rate }
    guard let share = Self.share(parts[0]), share > 0, share <= 10 else {
      throw error(name, found: text.quoted, expected: expected)
    }
    return Bandwidth(bytesPerSecond: rate.bytesPerSecond * share)
  }

  /// A time of any length.
  func span(_ name: String, example: String) throws(TopologyFileError) -> Time {
    let expected = "a time such as \(example)"
    let text = try text(name, expected: expected)
    guard let time = try? Time(parsing: text) else {
      throw error(name, found: text.quoted, expected: expected)
    }
    return time
  }

  /// A whole number, or a range of them with one or both ends: `8`, `8..`, `..64`, `8..64`.
  func range(
    _ name: String, expected: String, number: (String) -> Int?
  ) throws(TopologyFileError) -> ClosedRange<Int> {
    let text = try text(name, expected: expected)
    let ends = text.components(around: "..")
    let (first, last) = (ends[0], ends[ends.count - 1])
    guard let low = first.isEmpty && ends.count == 2 ? 0 : number(first),
      let high = last.isEmpty && ends.count == 2 ? Int.max : number(last),
      low <= high, text != ".."
    else { throw error(name, found: text.quoted, expected: expected) }
    return low...high
  }

  /// An amount of a currency, as `0.02 USD`.
  func money(_ name: String) throws(TopologyFileError) -> (amount: Double, currency: String) {
    let expected = "an amount such as 0.02 USD"
    let text = try text(name, expected: expected)
    guard let parts = NumberWithUnit(text), parts.number >= 0, parts.unit.count == 3,
      parts.unit.allSatisfy({ $0.isASCII && $0.isUppercase })
    else { throw error(name, found: text.quoted, expected: expected) }
    return (parts.number, String(parts.unit))
  }

  /// An energy, in joules.
  func energy(_ name: String) throws(TopologyFileError) -> Double {
    let expected = "an energy such as 500 J, 2.5 kJ or 0.7 Wh"
    let text = try text(name, expected: expected)
    let units: [Substring: Double] = ["J": 1, "kJ": 1e3, "MJ": 1e6, "Wh": 3.6e3, "kWh": 3.6e6]
    guard let parts = NumberWithUnit(text), parts.number >= 0, let scale = units[parts.unit] else {
      throw error(name, found: text.quoted, expected: expected)
    }
    return parts.number * scale
  }

  /// A routing, in the words in which records name it.
  func routingName(_ name: String) throws(TopologyFileError) -> String {
    let text = try text(name, expected: "one of \(Routing.forms)")
    do throws(QuantityError) {
      return try Routing(parsing: text).description
    } catch {
      throw self.error(name, found: text.quoted, expected: error.expected)
    }
  }
}

extension String {
  /// The text before and after the first `separator`, without blanks at their ends; all of it where there is
  /// none.
  fileprivate func components(around separator: String) -> [String] {
    func trimmed(_ part: Substring) -> String {
      let start = part.drop(while: \.isWhitespace)
      return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }
    guard let range = firstRange(of: separator) else { return [trimmed(self[...])] }
    return [trimmed(self[..<range.lowerBound]), trimmed(self[range.upperBound...])]
  }
}
