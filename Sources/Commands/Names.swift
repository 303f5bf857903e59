import Collectives
import Quantities
import Transport

/// Reads names and quantities of the command line, and says what would have been right.
enum Names {
  /// The case of `Value` that `text` names.
  static func one<Value: RawRepresentable & CaseIterable>(
    _ kind: String, _ text: String, as type: Value.Type = Value.self
  ) throws(Failure) -> Value where Value.RawValue == String {
    if let value = Value(rawValue: text) { return value }
    throw unknown(kind, text, among: Value.allCases.map(\.rawValue))
  }

  /// All names of `Value`, for a line of help.
  static func all<Value: RawRepresentable & CaseIterable>(_ type: Value.Type) -> String
  where Value.RawValue == String {
    Value.allCases.map(\.rawValue).joined(separator: ", ")
  }

  /// A list of names, separated by commas.
  static func list(_ text: String) -> [String] {
    text.split(separator: ",", omittingEmptySubsequences: false).map {
      String($0.trimmingPrefix { $0 == " " })
    }
  }

  /// What is said of a name that is none: the nearest one, or all.
  static func unknown(_ kind: String, _ text: String, among names: [String]) -> Failure {
    let all = names.joined(separator: ", ")
    guard let nearest = nearestName(to: text, among: names) else {
      return Failure(.usage, "unknown \(kind) '\(text)': it is one of \(all)")
    }
    return Failure(.usage, "unknown \(kind) '\(text)': did you mean '\(nearest)'? (\(all))")
  }

  /// An element type, by our name or nccl-tests'.
  static func type(_ text: String) throws(Failure) -> DataType {
    guard let type = DataType(named: text) else {
      throw unknown("datatype", text, among: DataType.allCases.map(\.rawValue) + ["float", "double", "half"])
    }
    return type
  }

  /// A size, with the option's name in the message.
  static func size(_ option: String, _ text: String) throws(Failure) -> ByteCount {
    do throws(QuantityError) {
      return try ByteCount(parsing: text)
    } catch {
      throw Failure(.usage, "\(option): \(error)")
    }
  }

  /// A time, with the option's name in the message.
  static func time(_ option: String, _ text: String) throws(Failure) -> Time {
    do throws(QuantityError) {
      return try Time(parsing: text)
    } catch {
      throw Failure(.usage, "\(option): \(error)")
    }
  }
}
