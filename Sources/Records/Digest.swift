internal import Crypto
package import Foundation

/// SHA-256 of a file's bytes, so that a reader can tell whether it is the same file.
package enum Digest {
  /// The digest in lower-case hexadecimal, 64 digits.
  package static func sha256(_ data: Data) -> String {
    hexadecimal(SHA256.hash(data: data))
  }

  /// The digest of a text's UTF-8.
  package static func sha256(of text: String) -> String { sha256(Data(text.utf8)) }

  /// The digest in Base64, as a page's security policy has it.
  package static func sha256Base64(_ data: Data) -> String {
    Data(SHA256.hash(data: data)).base64EncodedString()
  }
}
