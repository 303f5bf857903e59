import Fabric
import Quantities

// What a workload's file is made of, with the same errors as all other files.

extension Fields {
  /// A quantity as its own type reads it.
  func quantity<Value>(
    _ name: String, expected: String, _ parse: (String) throws(QuantityError) -> Value
  ) throws(TopologyFileError) -> Value {
    let text = try text(name, expected: expected)
    do throws(QuantityError) {
      return try parse(text)
    } catch {
      throw self.error(name, found: text.quoted, expected: error.expected)
    }
  }

  /// A whole number from 1 to `most`; `known` where the field is missing, which is an error without one.
  func size(_ name: String, upTo most: Int, default known: Int? = nil) throws(TopologyFileError) -> Int {
    try whole(name, in: 1...most, default: known)
  }

  /// A whole number of `range`, which keeps products of a few from overflow.
  func whole(
    _ name: String, in range: ClosedRange<Int>, default known: Int? = nil
  ) throws(TopologyFileError) -> Int {
    if let known, !has(name) { return known }
    let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    let text = try text(name, expected: expected)
    guard let number = Int(text), range.contains(number) else {
      throw error(name, found: text.quoted, expected: expected)
    }
    return number
  }

  /// `true` or `false`.
  func flag(_ name: String, default known: Bool) throws(TopologyFileError) -> Bool {
    guard has(name) else { return known }
    switch try text(name, expected: "true or false") {
    case "true": return true
    case "false": return false
    case let text: throw error(name, found: text.quoted, expected: "true or false")
    }
  }

  /// A name among those of `Value`.
  func one<Value: RawRepresentable & CaseIterable>(
    _ name: String, as type: Value.Type = Value.self
  ) throws(TopologyFileError) -> Value where Value.RawValue == String {
    let names = Value.allCases.map(\.rawValue)
    let all = "one of \(names.joined(separator: ", "))"
    let text = try text(name, expected: all)
    if let value = Value(rawValue: text) { return value }
    let nearest = nearestName(to: text, among: names).map { "'\($0)', or another " } ?? ""
    throw error(name, found: text.quoted, expected: nearest + all)
  }

  /// The same, or `known` where the field is missing.
  func optional<Value: RawRepresentable & CaseIterable>(
    _ name: String, default known: Value
  ) throws(TopologyFileError) -> Value where Value.RawValue == String {
    try has(name) ? one(name) : known
  }
}
