/// What an element of the vector is.
public enum DataType: String, CaseIterable, Sendable {
  /// IEEE 754 binary32.
  case float32
  /// IEEE 754 binary64.
  case float64
  /// Signed, 32 bits.
  case int32
  /// Signed, 64 bits.
  case int64
  /// IEEE 754 binary16.
  case float16
  /// The upper half of a binary32.
  case bfloat16

  /// Bytes per element.
  public var size: Int {
    switch self {
    case .float16, .bfloat16: 2
    case .float32, .int32: 4
    case .float64, .int64: 8
    }
  }

  /// The name in nccl-tests' type column.
  public var ncclName: String {
    switch self {
    case .float32: "float"
    case .float64: "double"
    case .float16: "half"
    case .int32, .int64, .bfloat16: rawValue
    }
  }

  /// The type of that name, nccl-tests' names included.
  public init?(named name: String) {
    guard let found = Self.allCases.first(where: { $0.rawValue == name || $0.ncclName == name }) else {
      return nil
    }
    self = found
  }
}

/// How elements of different ranks are combined; all are associative and commutative on the inputs that are measured.
public enum ReduceOperation: String, CaseIterable, Sendable {
  /// The sum.
  case sum
  /// The least.
  case min
  /// The greatest.
  case max
  /// The product.
  case prod
}
