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

  /// Writes `data` so that at `path` there is always either what was there before or all of `data`; see ``DraftFile``.
  package static func write(_ data: Data, to path: String) throws(FileError) {
    let draft = try DraftFile(path)
    try draft.append(data)
    try draft.commit()
  }

  /// Whether the path is that of a file which can be read again and again: no pipe, no device, no folder.
  package static func isRegular(_ path: String) -> Bool {
    kind(of: URL(fileURLWithPath: path).resolvingSymlinksInPath().path) == .typeRegular
  }

  static func kind(of path: String) -> FileAttributeType? {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
  }

  /// Foundation's reason without its address of the error or a path that is already named.
  static func reason(_ error: any Error) -> String {
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
