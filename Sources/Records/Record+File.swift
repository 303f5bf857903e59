package import Foundation
import Quantities

extension Record {
  /// Reads a record's file.
  ///
  /// - Throws: ``FileError``: of kind `unreadable` for a file that is not there or may not be read, of kind `contents`
  ///   for one that is cut short, of another schema, or holds something impossible.
  public static func read(_ path: String) throws(FileError) -> Record {
    try Record(parsing: WholeFile.read(path), path: path)
  }

  /// Reads a record from a file's bytes; `path` is for messages.
  package init(parsing data: Data, path: String) throws(FileError) {
    self = try DocumentCoding.decode(Record.self, from: data, path: path, schema: Self.schema, noun: "record")
    if let flaw { throw FileError(.contents, path: path, flaw) }
  }

  /// Writes the record to a file, whole or not at all.
  public func write(to path: String) throws(FileError) {
    try WholeFile.write(encoded(path: path), to: path)
  }

  /// The bytes of the record's file, sealed.
  package func encoded(path: String = "record") throws(FileError) -> Data {
    try DocumentCoding.sealed(self, noun: "record", path: path)
  }

  private static let longest = Time.seconds(8.64e6)

  /// The first thing that no run can give, in words; nil for a sound record.
  private var flaw: String? {
    if let host = environment.hosts.first(where: { $0.processors < 1 }) {
      return "host '\(host.name)' has \(host.processors) processors; it has 1 or more"
    }
    if let seat = environment.placement.first(where: { !environment.hosts.indices.contains($0.host) }) {
      return "rank \(seat.rank) is on host \(seat.host); there are \(environment.hosts.count), counted from 0"
    }
    for (place, series) in series.enumerated() {
      guard (1..<1 << 30).contains(series.ranks) else {
        return "series[\(place)].ranks is \(series.ranks); a collective has 1 to 2^30"
      }
      guard series.channels >= 1, series.depth >= 1, series.root >= 0, series.root < series.ranks else {
        return
          "series[\(place)] has root \(series.root), channels \(series.channels), depth \(series.depth); "
          + "the root is one of \(series.ranks) ranks, the others are 1 or more"
      }
      if let chunk = series.chunk, chunk.bytes < 1 {
        return "series[\(place)].chunk_bytes is \(chunk.bytes); a message holds a byte or more"
      }
      var previous = -1
      for (index, point) in series.points.enumerated() {
        let name = "series[\(place)].points[\(index)]"
        guard point.size.bytes > previous else {
          return "\(name).size_bytes is \(point.size.bytes) after \(previous); sizes ascend"
        }
        previous = point.size.bytes
        guard point.count >= 0 else { return "\(name).count is \(point.count); it is zero or more" }
        if let checked = point.checkedElements, checked < 0 {
          return "\(name).checked_elements is \(checked); it is zero or more"
        }
        guard !point.samples.isEmpty else {
          return "\(name).samples_ps is empty; a size has one sample or more"
        }
        let times = point.samples + point.startSkews + point.rankTimes.joined()
        if let early = times.first(where: { $0 < .zero }) {
          return "\(name) holds a time of \(early.picoseconds) ps; times are zero or more"
        }
        if let late = times.first(where: { $0 > Self.longest }) {
          return "\(name) holds a time of \(late.picoseconds) ps; times are at most 100 days"
        }
        if let ends = point.rankTimes.first(where: { $0.count != series.ranks }) {
          return "\(name).rank_times_ps has \(ends.count) ranks in one iteration; there are \(series.ranks)"
        }
        if let predicted = point.predicted,
          predicted.low > predicted.high || predicted.low < .zero || predicted.high > Self.longest
        {
          return
            "\(name).predicted goes from \(predicted.low.picoseconds) to \(predicted.high.picoseconds) ps"
        }
      }
    }
    return nil
  }
}
