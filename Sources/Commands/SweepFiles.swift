import Foundation
import Records

/// The files of one sweep, which all stand beside its result.
///
/// `results.jsonl` is written whole, once every case is in it. Until then each rank adds lines to a journal of its own,
/// `results.RANK.jsonl`, as soon as a case is done: whatever kills a rank takes the cases in hand and no other, and no rank
/// needs another one to keep what it did.
struct SweepFiles: Sendable {
  /// The result: one line a case, in the order of the cases.
  let results: String
  let csv: String
  /// The path of the result without its extension.
  private let stem: String

  /// - Parameter results: ends in `.jsonl`.
  init(results: String, csv: String?) {
    self.results = results
    stem = String(results.dropLast(".jsonl".count))
    self.csv = csv ?? stem + ".csv"
  }

  /// Where rank `rank` keeps what it has done.
  func journal(_ rank: Int) -> String { "\(stem).\(rank).jsonl" }

  /// What each case took, which is no part of the result.
  var timings: String { stem + ".timings.csv" }

  /// Lines of other inputs than the study's present ones: should they come back, nothing is done again.
  var others: String { stem + ".other.jsonl" }

  /// The journals that are there, in the order of ranks.
  func journals() -> [String] {
    let folder = (results as NSString).deletingLastPathComponent
    let prefix = (stem as NSString).lastPathComponent + "."
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
    let ranks = names.compactMap { name -> Int? in
      guard name.hasPrefix(prefix), name.hasSuffix(".jsonl") else { return nil }
      let middle = name.dropFirst(prefix.count).dropLast(".jsonl".count)
      return middle.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        ? Int(middle) : nil
    }
    return ranks.sorted().map(journal)
  }
}

/// What the files of a sweep hold.
struct SweepHoldings: Sendable {
  /// A case's ending, as some run left it.
  struct Entry: Sendable {
    /// The line as it stands in its file, for lines of other inputs.
    let line: SweepLine
    var seconds: Double?
  }

  /// By the case's key.
  private(set) var entries: [String: Entry] = [:]
  /// What was found and left out, in words.
  private(set) var notes: [String] = []

  /// Reads the result, the journals, and the lines of other inputs, as far as they are there.
  ///
  /// - Throws: ``Failure`` for a file that holds something else, which is not to be written over.
  init(_ files: SweepFiles) throws(Failure) {
    for path in [files.others, files.results] { try read(path) }
    try readTimings(files.timings)
    try readJournals(files)
  }

  /// Reads the journals, again or for the first time.
  mutating func readJournals(_ files: SweepFiles) throws(Failure) {
    for path in files.journals() { try read(path) }
  }

  private mutating func read(_ path: String) throws(Failure) {
    guard FileManager.default.fileExists(atPath: path) else { return }
    let data = try Failure.asFailure { () throws(FileError) in try WholeFile.read(path) }
    let decoder = JSONDecoder()
    var number = 0
    var rest = [UInt8](data)[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      number += 1
      let bytes = rest[..<end]
      rest = rest[(end + 1)...]
      guard let line = try? decoder.decode(SweepLine.self, from: Data(bytes)), line.ending != nil else {
        throw Failure(
          .data,
          "\(path):\(number): found no line of a sweep's result, expected none but those: name another file")
      }
      let seconds = line.seconds ?? entries[line.key]?.seconds
      entries[line.key] = Entry(line: line, seconds: seconds)
    }
    guard !rest.isEmpty else { return }
    notes.append("\(path):\(number + 1): a line that was cut off is left out; its case runs again")
  }

  /// Reads what cases took; the file is for people, and what is wrong in it is worth no error.
  private mutating func readTimings(_ path: String) throws(Failure) {
    guard FileManager.default.fileExists(atPath: path) else { return }
    let data = try Failure.asFailure { () throws(FileError) in try WholeFile.read(path) }
    for line in String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard fields.count == 3, let seconds = Double(fields[2]) else { continue }
      let key = String(fields[1])
      if entries[key]?.seconds == nil { entries[key]?.seconds = seconds }
    }
  }
}

/// A rank's journal, in which a line is as soon as ``add(_:worth:)`` has returned, whatever then kills the process.
///
/// The disk has it once the lines that it hasn't are worth more than it costs to wait for the disk: a power failure takes
/// that much work at the most.
struct SweepJournal: ~Copyable {
  /// The seconds of work that may be in the system's memory only.
  private static let patience = 0.05

  private let path: String
  private let handle: FileHandle
  /// The seconds that the lines took which the disk doesn't have.
  private var unsynced = 0.0

  /// Opens the journal, and keeps others from it.
  ///
  /// - Throws: ``Failure`` where it can't be written, or another process writes it.
  init(_ path: String) throws(Failure) {
    handle = try Self.locked(path)
    self.path = path
  }

  private static func locked(_ path: String) throws(Failure) -> FileHandle {
    while true {
      let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else {
        throw Failure(.cannotCreate, "\(path): can't be written: \(reason(errno))")
      }
      let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        throw Failure(
          .unavailable, "\(path): another sweep writes here: wait for its end, or name another --out")
      }
      // A sweep that ended in between has removed what was opened: what is written there would be lost.
      var (opened, named) = (stat(), stat())
      if unsafe fstat(descriptor, &opened) == 0, unsafe stat(path, &named) == 0, opened.st_ino == named.st_ino
      {
        return handle
      }
    }
  }

  /// Cuts off what follows the last whole line, so that the next one starts on a line of its own.
  func cutToWholeLines() throws(Failure) {
    do {
      try handle.seek(toOffset: 0)
      let data = try handle.readToEnd() ?? Data()
      let end = data.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
      if end < data.count { try handle.truncate(atOffset: UInt64(end)) }
    } catch {
      throw Failure(.cannotCreate, "\(path): can't be cut to whole lines: \(error.localizedDescription)")
    }
  }

  /// Adds a line whose case took `seconds`.
  mutating func add(_ line: Data, worth seconds: Double) throws(Failure) {
    do {
      try handle.write(contentsOf: line)
    } catch {
      throw Failure(.cannotCreate, "\(path): can't be written: \(error.localizedDescription)")
    }
    unsynced += seconds
    if unsynced >= Self.patience { try sync() }
  }

  /// Waits until the disk has every line.
  mutating func sync() throws(Failure) {
    do {
      try handle.synchronize()
    } catch {
      throw Failure(.cannotCreate, "\(path): can't be written: \(error.localizedDescription)")
    }
    unsynced = 0
  }

  private static func reason(_ code: Int32) -> String {
    POSIXErrorCode(rawValue: code).map { POSIXError($0).localizedDescription } ?? "system error \(code)"
  }
}
