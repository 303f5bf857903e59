package import Foundation

/// A file that has its name only once it is whole: bytes go to a new file in the same folder, to the disk, and only then
/// to their name.
///
/// A link is followed. What is no regular file, such as `/dev/stdout` or a pipe, is written straight. A draft that is
/// given up leaves nothing behind.
package struct DraftFile: ~Copyable {
  private let path: String
  private let target: URL
  /// Where the bytes are until then; nil where they go straight to the target.
  private let draft: URL?
  private let handle: FileHandle

  /// Makes the draft of a file at `path`.
  ///
  /// - Throws: ``FileError`` of kind `unwritable` where no such file can be written.
  package init(_ path: String) throws(FileError) {
    let target = try Self.target(of: path)
    let (draft, handle) = try Self.open(target, path)
    (self.path, self.target, self.draft, self.handle) = (path, target, draft, handle)
  }

  private static func open(_ target: URL, _ path: String) throws(FileError) -> (
    draft: URL?, handle: FileHandle
  ) {
    do {
      guard isReplaceable(target) else { return (nil, try FileHandle(forWritingTo: target)) }
      let folder = target.deletingLastPathComponent()
      guard FileManager.default.fileExists(atPath: folder.path) else {
        throw FileError(.unwritable, path: path, "there is no folder '\(folder.path)'")
      }
      let exists = FileManager.default.fileExists(atPath: target.path)
      guard !exists || FileManager.default.isWritableFile(atPath: target.path) else {
        throw CocoaError(.fileWriteNoPermission)
      }
      let draft = folder.appendingPathComponent(".\(target.lastPathComponent).\(UUID().uuidString.prefix(8))")
      try Data().write(to: draft, options: .withoutOverwriting)
      return (draft, try FileHandle(forWritingTo: draft))
    } catch let error as FileError {
      throw error
    } catch {
      throw FileError(.unwritable, path: path, "can't be written: \(WholeFile.reason(error))")
    }
  }

  deinit {
    if let draft { try? FileManager.default.removeItem(at: draft) }
  }

  /// Finds out whether a file can be written, before the work that it is to hold is done.
  ///
  /// What is no regular file is not opened: whoever reads a pipe would take that for its end.
  package static func check(_ path: String) throws(FileError) {
    guard isReplaceable(try target(of: path)) else { return }
    _ = try DraftFile(path)
  }

  /// Adds bytes at the end.
  package func append(_ bytes: some DataProtocol) throws(FileError) {
    do {
      try handle.write(contentsOf: bytes)
    } catch {
      throw FileError(.unwritable, path: path, "can't be written: \(WholeFile.reason(error))")
    }
  }

  /// Gives the file its name, and the permissions of what was there before.
  package consuming func commit() throws(FileError) {
    do {
      if let draft {
        try handle.synchronize()
        let existing = try? FileManager.default.attributesOfItem(atPath: target.path)
        if let permissions = existing?[.posixPermissions] as? NSNumber {
          try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: draft.path)
        }
      }
      try handle.close()
      if let draft, unsafe rename(draft.path, target.path) != 0 {
        throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
      }
    } catch {
      throw FileError(.unwritable, path: path, "can't be written: \(WholeFile.reason(error))")
    }
  }

  private static func target(of path: String) throws(FileError) -> URL {
    guard !path.isEmpty else { throw FileError(.unwritable, path: "''", "a path is not empty") }
    let target = URL(fileURLWithPath: path).resolvingSymlinksInPath()
    guard WholeFile.kind(of: target.path) != .typeDirectory else {
      throw FileError(.unwritable, path: path, "this is a folder; a file's name is expected")
    }
    return target
  }

  /// Whether another file can take the name: pipes and devices are written straight.
  private static func isReplaceable(_ target: URL) -> Bool {
    let kind = WholeFile.kind(of: target.path)
    return kind == nil || kind == .typeRegular
  }
}
