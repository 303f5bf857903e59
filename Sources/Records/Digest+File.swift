internal import Crypto
internal import Foundation

extension Digest {
  /// The SHA-256 of a file, read piece by piece, so that it may be larger than the memory.
  package static func sha256(ofFile path: String) throws(FileError) -> String {
    guard WholeFile.isRegular(path) else { throw FileError(.unreadable, path: path, "this is no file") }
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      var hash = SHA256()
      while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty { hash.update(data: piece) }
      return hexadecimal(hash.finalize())
    } catch {
      throw FileError(.unreadable, path: path, "can't be read: \(WholeFile.reason(error))")
    }
  }

  static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}
