import Fabric
import Foundation
import Records
import Transport

/// A sweep as each rank takes part in it.
struct Sweep: Sendable {
  let study: String
  let files: SweepFiles
  let workers: Int
  let format: SweepReport.Format

  /// Reads, deals, simulates and, at rank 0, puts the result together.
  ///
  /// - Throws: ``Failure``; without words at ranks that leave them to another one.
  func takePart<Channel: OutOfBand & ~Copyable>(over channel: inout Channel) throws {
    let rank = channel.rank
    let build = try agree(&channel) { () throws(Failure) in try Self.build() }
    let plan = try agree(&channel) { () throws(Failure) in try readPlan(build) }
    try checkSame(&channel, plan)
    let journal = try agree(&channel) { () throws(Failure) in
      JournalBox(try SweepJournal(files.journal(rank)))
    }
    let found = try agree(&channel) { () throws(Failure) in
      rank == 0 ? try SweepHoldings(files) : nil
    }
    let missing = try missingCases(&channel, plan, found)
    // Rank 0 has read every journal, so that each may now be cut to whole lines.
    try journal.journal?.cutToWholeLines()
    let (places, costs) = Self.deal(missing, of: plan, to: rank, of: channel.ranks)
    for note in found?.notes ?? [] { Self.note(note) }
    guard let taken = journal.journal.take() else { return }
    let run = SweepRun(
      plan, build: build, places: places, costs: costs, journal: taken, speaks: rank == 0)
    try run.run(workers: workers)
    // None ends before all have kept what they did.
    _ = try channel.greatest(0)
    guard let found else { return }
    // Others are kept from the journal until it is merged.
    try withExtendedLifetime(run) { try merge(plan, found, build: build, simulated: missing.count) }
  }

  /// Puts the result together, writes it and prints it.
  private func merge(
    _ plan: SweepPlan, _ found: SweepHoldings, build: String, simulated: Int
  ) throws(Failure) {
    var holdings = found
    try holdings.readJournals(files)
    let merge = try SweepMerge(plan, holdings, files: files, build: build)
    try merge.write(to: files)
    if !merge.others.isEmpty {
      Self.note(
        "\(merge.others.count) lines of other inputs are no part of the result; kept in \(files.others)")
    }
    let report = SweepReport(plan: plan, merge: merge, files: files, simulated: simulated)
    print(report.text(as: format), terminator: "")
  }

  private func readPlan(_ build: String) throws(Failure) -> SweepPlan {
    let read: SweepStudy
    do throws(TopologyFileError) {
      read = try SweepStudy(contentsOf: study)
    } catch {
      throw Failure(error)
    }
    return try SweepPlan(read, build: build)
  }

  /// Does at each rank what may fail, and ends all ranks where it fails at one; the lowest such rank has the word.
  private func agree<Channel: OutOfBand & ~Copyable, Value>(
    _ channel: inout Channel, _ body: () throws(Failure) -> Value
  ) throws -> Value {
    let outcome: Result<Value, Failure>
    do throws(Failure) {
      outcome = .success(try body())
    } catch {
      outcome = .failure(error)
    }
    var code: Int64 = 0
    if case .failure(let failure) = outcome { code = Int64(failure.code.rawValue) }
    let codes = try channel.gather([code]).map { $0[0] }
    guard let first = codes.firstIndex(where: { $0 != 0 }) else { return try outcome.get() }
    guard first != channel.rank else { return try outcome.get() }
    throw Failure(Failure.Code(rawValue: Int32(codes[first])) ?? .software, "")
  }

  /// Refuses ranks that would simulate something else under the same name.
  private func checkSame<Channel: OutOfBand & ~Copyable>(
    _ channel: inout Channel, _ plan: SweepPlan
  ) throws {
    let digest = Digest.sha256(Data(plan.keys.joined(separator: "\n").utf8)).prefix(15)
    let digests = try channel.gather([Int64(digest, radix: 16) ?? 0]).map { $0[0] }
    guard let other = digests.firstIndex(where: { $0 != digests[0] }) else { return }
    guard channel.rank == 0 else { throw Failure(.data, "") }
    throw Failure(
      .data,
      "rank \(other) has other cases than rank 0: expected the same study, files and build of syncline on all hosts"
    )
  }

  /// The cases that rank 0 finds in no file, which it tells all ranks, so that they deal the same cards.
  private func missingCases<Channel: OutOfBand & ~Copyable>(
    _ channel: inout Channel, _ plan: SweepPlan, _ found: SweepHoldings?
  ) throws -> [Int] {
    var bits = [Int64](repeating: 0, count: (plan.cases.count + 63) / 64)
    if let found {
      for place in plan.cases.indices
      where plan.refusals[place] == nil && found.entries[plan.keys[place]] == nil {
        bits[place / 64] |= 1 << Int64(place % 64)
      }
    }
    let told = try channel.gather(bits)[0]
    return plan.cases.indices.filter { told[$0 / 64] & 1 << Int64($0 % 64) != 0 }
  }

  /// The part of `missing` that `rank` simulates: every `ranks`-th, once they are sorted from long to short.
  static func deal(
    _ missing: [Int], of plan: SweepPlan, to rank: Int, of ranks: Int
  ) -> (places: [Int], costs: [Double]) {
    let costs = missing.map { plan.cost(of: $0) }
    let order = missing.indices.sorted { (costs[$0], $1) > (costs[$1], $0) }
    let own = order.enumerated().filter { $0.offset % ranks == rank }.map(\.element)
    return (own.map { missing[$0] }, own.map { costs[$0] })
  }

  /// What results depend on besides their inputs; sources that no commit has are told by the executable's digest.
  private static func build() throws(Failure) -> String {
    let named = "\(Version.number) \(Version.commit ?? "")"
    guard Version.commit == nil || named.hasSuffix("+") else { return named }
    let executable = try Failure.asFailure { () throws(FileError) in try WholeFile.read("/proc/self/exe") }
    return "\(named) \(Digest.sha256(executable).prefix(16))"
  }

  private static func note(_ text: String) {
    FileHandle.standardError.write(Data("syncline: note: \(text.oneLine)\n".utf8))
  }
}

/// A journal on its way from where it is opened to the run that writes it.
private final class JournalBox {
  var journal: SweepJournal?

  init(_ journal: consuming SweepJournal) { self.journal = consume journal }
}
