/// Bytes of one number, as parameters, activations and gradients are kept.
package enum Precision: String, CaseIterable, Sendable {
  case float32
  case bfloat16
  case float16
  case float8

  /// Bytes of one number.
  package var bytes: Int {
    switch self {
    case .float32: 4
    case .bfloat16, .float16: 2
    case .float8: 1
    }
  }
}
