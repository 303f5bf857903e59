internal import Crypto
package import Foundation

/// SHA-256 of a file's bytes, so that a reader can tell whether it is the same file.
package enum Digest {
  /// The digest in lower-case hexadecimal, 64 digits.
  package static func sha256(_ data: Data) -> String {
    SHA256.hash(data: data).map { byte in
      String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }.joined()
  }
}
