package import Foundation
package import Records

/// A folder that is shown: its regular files by name, and nothing else of the disk.
///
/// A file is opened folder by folder from the top, none of which may be a symbolic link, so that no name and no link
/// leads out, not even one that is put there in between. Names that start with a dot are hidden, `..` among them.
package struct SiteFolder: Sendable {
  /// A file in the folder, as a listing finds it.
  package struct Entry: Sendable, Equatable {
    /// The names of the folders down to it, and its own.
    package let names: [String]
    /// Of its contents: changes with them.
    package let stamp: Stamp

    /// The path below the folder.
    package var path: String { names.joined(separator: "/") }
  }

  /// What tells a file from the one that was there before it.
  package struct Stamp: Sendable, Equatable {
    var modified: Date
    var size: Int
    /// The file's number on its disk: a file that is replaced has another one.
    var number: Int
  }

  /// Why a file of the folder can't be had.
  package enum Refusal: Error, Equatable {
    /// There is no such file, or none that may be shown.
    case absent
    /// It has more bytes than the limit.
    case tooLarge(Int)
    /// It is there and can't be read.
    case unreadable
  }

  /// The folder's path, free of links.
  package let path: String

  /// The most bytes of a file that is shown.
  package static let sizeLimit = 256 << 20
  /// How many files are listed, and how deep folders are searched.
  private static let (mostFiles, mostFolders) = (20_000, 16)

  /// A folder that is there.
  package init(_ path: String) throws(FileError) {
    let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    var isFolder: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: real, isDirectory: &isFolder) else {
      throw FileError(.unreadable, path: path, "there is no such folder")
    }
    guard isFolder.boolValue else { throw FileError(.unreadable, path: path, "this is no folder") }
    self.path = real
  }

  /// The bytes of the file behind `names`.
  package func read(_ names: [String]) throws(Refusal) -> Data {
    let handle = try open(names)
    defer { try? handle.close() }
    do {
      guard let data = try handle.read(upToCount: Self.sizeLimit + 1) else { return Data() }
      guard data.count <= Self.sizeLimit else { throw Refusal.tooLarge(data.count) }
      return data
    } catch let refusal as Refusal {
      throw refusal
    } catch {
      throw .unreadable
    }
  }

  private func open(_ names: [String]) throws(Refusal) -> FileHandle {
    guard !names.isEmpty, names.allSatisfy(Self.isShown) else { throw .absent }
    var descriptor = unsafe Foundation.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    for (place, name) in names.enumerated() {
      guard descriptor >= 0 else { throw .absent }
      let kind = place == names.count - 1 ? O_NONBLOCK : O_DIRECTORY
      let next = unsafe openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | kind)
      let code = errno
      _ = Foundation.close(descriptor)
      guard next >= 0 else { throw code == EACCES ? .unreadable : .absent }
      descriptor = next
    }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var status = stat()
    // A pipe or a device might never end.
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw .absent }
    guard status.st_size <= Self.sizeLimit else { throw .tooLarge(Int(status.st_size)) }
    return handle
  }

  /// Whether a name is one of a file or folder that may be shown.
  package static func isShown(_ name: String) -> Bool {
    !name.isEmpty && !name.hasPrefix(".") && !name.utf8.contains(UInt8(ascii: "/")) && !name.utf8.contains(0)
  }

  /// The files whose names end in one of `extensions`, in the order of their paths.
  ///
  /// - Returns: the files, and whether there are more than are listed.
  package func files(_ extensions: Set<String>) -> (entries: [Entry], isWhole: Bool) {
    var entries: [Entry] = []
    var folders: [[String]] = [[]]
    var isWhole = true
    while let folder = folders.popLast() {
      let place = ([path] + folder).joined(separator: "/")
      // A folder that is gone or may not be read has no files to show.
      let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
      for name in names where Self.isShown(name) {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: "\(place)/\(name)") else {
          continue
        }
        switch attributes[.type] as? FileAttributeType {
        case .typeDirectory?:
          if folder.count + 1 < Self.mostFolders { folders.append(folder + [name]) } else { isWhole = false }
        case .typeRegular?:
          guard extensions.contains((name as NSString).pathExtension.lowercased()) else { continue }
          guard entries.count < Self.mostFiles else { return (Self.sorted(entries), false) }
          entries.append(Entry(names: folder + [name], stamp: Stamp(attributes)))
        default: continue
        }
      }
    }
    return (Self.sorted(entries), isWhole)
  }

  private static func sorted(_ entries: [Entry]) -> [Entry] {
    entries.sorted { $0.names.lexicographicallyPrecedes($1.names) }
  }
}

extension SiteFolder.Stamp {
  init(_ attributes: [FileAttributeKey: Any]) {
    modified = attributes[.modificationDate] as? Date ?? .distantPast
    size = (attributes[.size] as? NSNumber)?.intValue ?? 0
    number = (attributes[.systemFileNumber] as? NSNumber)?.intValue ?? 0
  }
}
