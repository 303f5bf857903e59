package import Foundation

/// Files that are read whole, and written whole or not at all.
package enum WholeFile {
  /// All of the file's bytes.
  package static func read(_ path: String) throws(FileError) -> Data {
    guard !path.isEmpty, FileManager.default.fileExists(atPath: path) else {
      throw FileError(.unreadable, path: path.isEmpty ? "''" : path, "there is no such file")
    }
    guard kind(of: URL(fileURLWithPath: path).resolvingSymlinksInPath().path) != .typeDirectory else {
      throw FileError(.unreadable, path: path, "this is a folder; a file is expected")
    }
    do {
      // By a handle, since what is read may be a pipe, whose length is not known beforehand.
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      return try handle.readToEnd() ?? Data()
    } catch {
      throw FileError(.unreadable, path: path, "can't be read: \(Self.reason(error))")
    }
  }

  /// Writes `data` so that at `path` there is always either what was there before or all of `data`.
  ///
  /// The bytes go to a new file in the same folder, to the disk, and only then to their name; a link is followed. What
  /// is no regular file, such as `/dev/stdout` or a pipe, is written straight.
  package static func write(_ data: Data, to path: String) throws(FileError) {
    guard !path.isEmpty else { throw FileError(.unwritable, path: "''", "a path is not empty") }
    let target = URL(fileURLWithPath: path).resolvingSymlinksInPath()
    do {
      switch kind(of: target.path) {
      case .typeDirectory?:
        throw FileError(.unwritable, path: path, "this is a folder; a file's name is expected")
      case .typeRegular?, nil: try replace(target, with: data)
      default:
        let handle = try FileHandle(forWritingTo: target)
        try handle.write(contentsOf: data)
        try handle.close()
      }
    } catch let error as FileError {
      throw error
    } catch {
      throw FileError(.unwritable, path: path, "can't be written: \(Self.reason(error))")
    }
  }

  /// Finds out whether a file can be written, before the work that it is to hold is done.
  package static func check(_ path: String) throws(FileError) {
    guard !path.isEmpty else { throw FileError(.unwritable, path: "''", "a path is not empty") }
    let target = URL(fileURLWithPath: path).resolvingSymlinksInPath()
    switch kind(of: target.path) {
    case .typeDirectory?:
      throw FileError(.unwritable, path: path, "this is a folder; a file's name is expected")
    case .typeRegular?, nil: break
    default: return
    }
    let folder = target.deletingLastPathComponent()
    let probe = folder.appendingPathComponent(".\(target.lastPathComponent).\(UUID().uuidString.prefix(8))")
    guard FileManager.default.createFile(atPath: probe.path, contents: nil) else {
      throw FileError(.unwritable, path: path, "no file can be made in '\(folder.path)'")
    }
    do {
      try FileManager.default.removeItem(at: probe)
    } catch {
      throw FileError(.unwritable, path: path, "can't be written: \(Self.reason(error))")
    }
  }

  private static func kind(of path: String) -> FileAttributeType? {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
  }

  private static func replace(_ target: URL, with data: Data) throws {
    let existing = try? FileManager.default.attributesOfItem(atPath: target.path)
    let permissions = existing?[.posixPermissions] as? NSNumber
    let folder = target.deletingLastPathComponent()
    guard FileManager.default.fileExists(atPath: folder.path) else {
      throw FileError(.unwritable, path: target.path, "there is no folder '\(folder.path)'")
    }
    if permissions != nil, !FileManager.default.isWritableFile(atPath: target.path) {
      throw CocoaError(.fileWriteNoPermission)
    }
    let draft = folder.appendingPathComponent(".\(target.lastPathComponent).\(UUID().uuidString.prefix(8))")
    do {
      try data.write(to: draft, options: .withoutOverwriting)
      let handle = try FileHandle(forWritingTo: draft)
      try handle.synchronize()
      try handle.close()
      if let permissions {
        try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: draft.path)
      }
      guard unsafe rename(draft.path, target.path) == 0 else {
        throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
      }
    } catch {
      try? FileManager.default.removeItem(at: draft)
      throw error
    }
  }

  /// Foundation's reason without its address of the error or a path that is already named.
  private static func reason(_ error: any Error) -> String {
    let code =
      (error as? POSIXError)?.code
      ?? (((error as NSError).userInfo[NSUnderlyingErrorKey]) as? POSIXError)?.code
    switch code {
    case .EACCES?, .EPERM?: return "permission denied"
    case .ENOSPC?: return "no space left on the device"
    case .EROFS?: return "the file system is read-only"
    case .ENAMETOOLONG?: return "the name is too long"
    case .EPIPE?: return "nobody reads the pipe"
    case let code?: return "system error \(code.rawValue)"
    case nil: break
    }
    switch (error as? CocoaError)?.code {
    case .fileWriteNoPermission?, .fileReadNoPermission?: return "permission denied"
    case .fileWriteOutOfSpace?: return "no space left on the device"
    case .fileWriteVolumeReadOnly?: return "the file system is read-only"
    case .fileWriteInvalidFileName?, .fileReadInvalidFileName?: return "the name is not possible"
    default: return (error as NSError).localizedDescription
    }
  }
}
