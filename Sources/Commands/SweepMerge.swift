import Foundation
import Records
import Reports

/// The result of a whole sweep, and how it is written.
struct SweepMerge: Sendable {
  /// Every case of the plan, in order.
  let lines: [SweepLine]
  /// What each took, in seconds; nil where no journal has said.
  let seconds: [Double?]
  /// Lines that belong to other inputs, by key in order.
  let others: [SweepLine]

  /// Puts together what the files hold and what the plan leaves out.
  ///
  /// Coordinates are the plan's, so that a study which was sorted anew gives the result that it would have given at once.
  ///
  /// - Throws: ``Failure`` where a case is missing, which no rank has kept where this one can see it.
  init(_ plan: SweepPlan, _ holdings: SweepHoldings, files: SweepFiles, build: String) throws(Failure) {
    var lines: [SweepLine] = []
    var seconds: [Double?] = []
    lines.reserveCapacity(plan.cases.count)
    seconds.reserveCapacity(plan.cases.count)
    var missing = 0
    for place in plan.cases.indices {
      let entry = holdings.entries[plan.keys[place]]
      guard let ending = plan.refusals[place].map({ .skipped($0) }) ?? entry?.line.ending else {
        missing += 1
        continue
      }
      lines.append(SweepLine(plan, place, build: build, ending))
      seconds.append(plan.refusals[place] == nil ? entry?.seconds : nil)
    }
    guard missing == 0 else {
      throw Failure(
        .data,
        "\(missing) of \(plan.cases.count) cases are in no journal beside \(files.results): expected a folder that all"
          + " ranks share")
    }
    let own = Set(plan.keys)
    others = holdings.entries.keys.filter { !own.contains($0) }.sorted().compactMap { key in
      holdings.entries[key].map { entry in
        var line = entry.line
        line.seconds = entry.seconds
        return line
      }
    }
    (self.lines, self.seconds) = (lines, seconds)
  }

  /// Writes all files, each whole, and removes the journals when nothing is in them alone.
  func write(to files: SweepFiles) throws(Failure) {
    if !others.isEmpty || FileManager.default.fileExists(atPath: files.others) {
      try Self.write(others, to: files.others)
    }
    var timings = "index,key,seconds\n"
    for (line, seconds) in zip(lines, seconds) {
      timings += "\(line.index),\(line.key),\(seconds.map { "\($0)" } ?? "")\n"
    }
    try Failure.asFailure { () throws(FileError) in
      try WholeFile.write(Data(timings.utf8), to: files.timings)
      try WholeFile.write(Data(csv.utf8), to: files.csv)
    }
    try Self.write(lines, to: files.results)
    for journal in files.journals() {
      do {
        try FileManager.default.removeItem(atPath: journal)
      } catch {
        throw Failure(
          .cannotCreate, "\(journal): can't be removed, though all is in \(files.results): \(error)")
      }
    }
  }

  /// The cases as comma-separated values.
  var csv: String {
    var table = CommaSeparated(SweepLine.columns)
    for line in lines { table.addRow(line.row) }
    return table.description
  }

  /// Lines of JSON, of which a part is in memory at a time.
  private static func write(_ lines: [SweepLine], to path: String) throws(Failure) {
    let draft = try Failure.asFailure { () throws(FileError) in try Draft(path) }
    for line in lines { try draft.add(try line.encoded()) }
    try draft.finish()
  }

  /// A ``DraftFile`` behind a buffer.
  private final class Draft {
    private var file: DraftFile?
    private var buffer = Data()

    init(_ path: String) throws(FileError) { file = try DraftFile(path) }

    func add(_ line: Data) throws(Failure) {
      buffer += line
      if buffer.count > 1 << 20 { try flush() }
    }

    func finish() throws(Failure) {
      try flush()
      try Failure.asFailure { () throws(FileError) in try file.take()?.commit() }
    }

    private func flush() throws(Failure) {
      let bytes = buffer
      try Failure.asFailure { () throws(FileError) in try file?.append(bytes) }
      buffer.removeAll(keepingCapacity: true)
    }
  }
}
