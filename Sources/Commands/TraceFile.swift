import Collectives
import Fabric
import Foundation
import Quantities
import Records
import Simulation

/// A run as Chrome trace events: what each rank sends and receives when, for Perfetto and chrome://tracing.
///
/// A rank is a process; each lane has a track of sends and one of receives, and more where messages overlap,
/// since slices of one track must not. A send lasts while its bytes leave, a receive while they arrive: later
/// by the latency. An arrow joins the two. The busiest links are counters of one more process.
///
/// - Source: "Trace Event Format", Google, 2016.
final class TraceFile {
  /// A trace with more messages is too large for its viewers.
  static let mostMessages = 200_000

  let path: String
  private let plan: SimulatePlan
  private var messages: [Message] = []

  private struct Message {
    let source, destination, lane, step: Int32
    let bytes: Int
    /// Picoseconds.
    let start, drained, end: Int64
  }

  /// - Throws: ``Failure`` where the run has too many messages.
  init(_ path: String, _ plan: SimulatePlan) throws(Failure) {
    (self.path, self.plan) = (path, plan)
    guard let size = plan.sizes.first else { return }
    let count = try plan.countMessages(size)
    guard count <= Self.mostMessages else {
      throw Failure(
        .usage,
        "--trace would have \(count) messages, at most \(Self.mostMessages) can be shown:"
          + " use fewer --ranks, a smaller size or a larger --chunk")
    }
  }

  func add(_ flow: SimulatedFlow) {
    messages.append(
      Message(
        source: Int32(flow.source), destination: Int32(flow.destination), lane: Int32(flow.lane),
        step: Int32(flow.step), bytes: flow.size.bytes, start: flow.start.picoseconds,
        drained: flow.drained.picoseconds, end: flow.end.picoseconds))
  }

  /// Writes what was added, and the counters of `timeline`.
  func write(_ timeline: LinkTimeline?) throws(Failure) {
    messages.sort {
      ($0.start, $0.source, $0.lane, $0.step) < ($1.start, $1.source, $1.lane, $1.step)
    }
    var events = TraceEvents()
    let places = plan.tree?.nodes ?? plan.endpoints.map { plan.fabric.endpoints[$0] }
    let parties = places.count
    var tracks = TraceTracks(ranks: parties)
    for (number, message) in messages.enumerated() {
      let latency = message.end - message.drained
      let (from, to) = (Int(message.source), Int(message.destination))
      let size = ByteCount(message.bytes).description
      let sending = Slice(
        rank: from, lane: Int(message.lane), isSend: true, start: message.start, end: message.drained)
      let receiving = Slice(
        rank: to, lane: Int(message.lane), isSend: false, start: message.start + latency, end: message.end)
      let (sendTrack, receiveTrack) = (tracks.track(for: sending), tracks.track(for: receiving))
      events.slice(
        "send \(size) to \(plan.name(ofParty: to)), step \(message.step)", sending, on: sendTrack,
        message.bytes)
      events.slice(
        "receive \(size) from \(plan.name(ofParty: from)), step \(message.step)", receiving, on: receiveTrack,
        message.bytes)
      events.arrow(number, from: sending, on: sendTrack, to: receiving, on: receiveTrack)
    }
    for (rank, place) in places.enumerated() {
      let name = plan.fabric.nodes[place].id
      events.process(rank, rank < plan.ranks ? "rank \(rank) (\(name))" : "switch \(name)")
      for track in tracks.tracks(of: rank) { events.thread(rank, track.number, track.name) }
    }
    if let timeline { events.counters(timeline, on: plan.fabric, process: parties) }
    let data = Data(events.document.utf8)
    try Failure.asFailure { () throws(FileError) in try WholeFile.write(data, to: path) }
  }
}

/// A span of time on some track of a rank.
private struct Slice {
  let rank, lane: Int
  let isSend: Bool
  /// Picoseconds.
  let start, end: Int64
}

/// Gives each slice the first track of its rank, lane and direction on which it overlaps no other.
///
/// Slices of one direction come in the order of their starts where latencies are equal; where they are not, a
/// track is looked at by its last end, which is sure and may open one track more than needed.
private struct TraceTracks {
  private struct Group {
    let lane: Int
    let isSend: Bool
    /// For each track, where its last slice ends.
    var ends: [Int64] = []
  }

  private var groups: [[Group]]

  init(ranks: Int) { groups = Array(repeating: [], count: ranks) }

  mutating func track(for slice: Slice) -> Int {
    var group = groups[slice.rank].firstIndex { $0.lane == slice.lane && $0.isSend == slice.isSend } ?? -1
    if group < 0 {
      group = groups[slice.rank].count
      groups[slice.rank].append(Group(lane: slice.lane, isSend: slice.isSend))
    }
    let ends = groups[slice.rank][group].ends
    let place = ends.firstIndex { $0 <= slice.start } ?? ends.count
    if place == ends.count { groups[slice.rank][group].ends.append(0) }
    groups[slice.rank][group].ends[place] = slice.end
    return Self.number(groups[slice.rank][group], place)
  }

  /// Lane by lane, sends before receives.
  private static func number(_ group: Group, _ place: Int) -> Int {
    (2 * group.lane + (group.isSend ? 0 : 1)) << 16 + place
  }

  func tracks(of rank: Int) -> [(number: Int, name: String)] {
    groups[rank].flatMap { group in
      group.ends.indices.map { place in
        let name = "lane \(group.lane) \(group.isSend ? "send" : "receive")"
        return (Self.number(group, place), place == 0 ? name : "\(name) \(place + 1)")
      }
    }.sorted { $0.number < $1.number }
  }
}

/// The text of trace events, one a line.
///
/// Processes are numbered from 1, as 0 means the idle one.
private struct TraceEvents {
  private var text = "{\"displayTimeUnit\": \"ns\", \"traceEvents\": ["
  private var isFirst = true

  var document: String { text + "\n]}\n" }

  private mutating func event(_ fields: String) {
    text += isFirst ? "\n{" : ",\n{"
    isFirst = false
    text += fields
    text += "}"
  }

  mutating func slice(_ name: String, _ slice: Slice, on track: Int, _ bytes: Int) {
    event(
      "\"ph\": \"X\", \"name\": \"\(name)\", \"cat\": \"\(slice.isSend ? "send" : "receive")\","
        + " \(Self.place(slice.rank, track)), \"ts\": \(Self.microseconds(slice.start)),"
        + " \"dur\": \(Self.microseconds(slice.end - slice.start)),"
        + " \"args\": {\"bytes\": \(bytes), \"lane\": \(slice.lane)}")
  }

  mutating func arrow(_ number: Int, from: Slice, on source: Int, to: Slice, on destination: Int) {
    let message = "\"name\": \"message\", \"cat\": \"message\", \"id\": \(number)"
    event(
      "\"ph\": \"s\", \(message), \(Self.place(from.rank, source)), \"ts\": \(Self.microseconds(from.start))")
    event(
      "\"ph\": \"f\", \"bp\": \"e\", \(message), \(Self.place(to.rank, destination)),"
        + " \"ts\": \(Self.microseconds(to.start))")
  }

  mutating func process(_ number: Int, _ name: String) {
    for (what, value) in [
      ("process_name", "\"name\": \(Self.quoted(name))"), ("process_sort_index", "\"sort_index\": \(number)"),
    ] {
      event("\"ph\": \"M\", \"name\": \"\(what)\", \"pid\": \(number + 1), \"args\": {\(value)}")
    }
  }

  mutating func thread(_ process: Int, _ number: Int, _ name: String) {
    for (what, value) in [
      ("thread_name", "\"name\": \"\(name)\""), ("thread_sort_index", "\"sort_index\": \(number)"),
    ] {
      event("\"ph\": \"M\", \"name\": \"\(what)\", \(Self.place(process, number)), \"args\": {\(value)}")
    }
  }

  /// What each link carried, as a mean over each span, with an end of zero.
  mutating func counters(_ timeline: LinkTimeline, on fabric: Fabric, process: Int) {
    self.process(process, "busiest links, GB/s (bytes of a flow spread evenly over its time)")
    let seconds = timeline.start(of: 1) / 1e12
    for (place, link) in timeline.links.enumerated() {
      let name = Self.quoted(fabric.name(ofLink: link))
      for span in 0...timeline.spans {
        let rate = span < timeline.spans ? timeline.bytes(ofLinkAt: place, in: span) / seconds / 1e9 : 0
        event(
          "\"ph\": \"C\", \"name\": \(name), \"pid\": \(process + 1),"
            + " \"ts\": \(Self.microseconds(Int64(timeline.start(of: span).rounded()))), \"args\": {\"GB/s\": \(rate)}"
        )
      }
    }
  }

  private static func place(_ process: Int, _ track: Int) -> String {
    "\"pid\": \(process + 1), \"tid\": \(track + 1)"
  }

  /// Microseconds, the unit of the format, with all picoseconds.
  private static func microseconds(_ picoseconds: Int64) -> String {
    let (whole, rest) = picoseconds.quotientAndRemainder(dividingBy: 1_000_000)
    guard rest > 0 else { return "\(whole)" }
    let digits = "\(rest)"
    return "\(whole)." + String(repeating: "0", count: 6 - digits.count) + digits
  }

  private static func quoted(_ name: String) -> String {
    var json = JSONText()
    json.value(name)
    return json.text
  }
}
