import Collectives

/// What actors do, without saying who they are: steps with ports in place of peers.
///
/// Actors whose steps differ in nothing but their peers have one role, so that a ring of a million ranks has one or a
/// few. A run that repeats is kept once (``Repeat``), with every index relative to its own step: a role's size is that of
/// what differs, not of what is done.
struct Roles: Sendable {
  /// A step of a role, all of its indices relative to its own.
  struct Template: Sendable, Hashable, BitwiseCopyable {
    /// The bytes that move; -1 where each actor's own program says.
    var bytes: Int
    /// How far the matching step's index in the peer's program is above this one's; from one period to the next it
    /// grows by `peerStride`, as the peer's period may be another.
    var peerStep: Int32
    var peerStride: Int32
    /// How far below are the steps that must be complete before; 0 for none.
    var after: SIMD2<Int32>
    /// How far below is the first step that needn't be complete before; -1 for none.
    var barrier: Int32
    /// The port at which the message leaves or comes in; -1 for an idle step.
    var port: Int32
    var action: Step.Action

    /// Stirs it into a hash.
    func mix(into hash: inout UInt64) {
      for word in [
        UInt64(bitPattern: Int64(bytes)), UInt64(action.rawValue),
        UInt64(UInt32(bitPattern: peerStep)) << 32 | UInt64(UInt32(bitPattern: peerStride)),
        UInt64(UInt32(bitPattern: after.x)) << 32 | UInt64(UInt32(bitPattern: after.y)),
        UInt64(UInt32(bitPattern: barrier)) << 32 | UInt64(UInt32(bitPattern: port)),
      ] {
        hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
        hash ^= hash >> 29
      }
    }
  }

  /// Steps `start ..< end`, which are the templates from `template` on, again and again every `period`.
  struct Segment: Sendable, Hashable, BitwiseCopyable {
    var start: Int32
    var end: Int32
    var template: Int32
    var period: Int32
    /// Whether it is more than one period, all of equal counts, so that the steps to come are known from those before.
    var repeats: Bool
  }

  struct Role: Sendable {
    let count: Int32
    let window: Int32
    /// Its segments, in ``Roles/segments``.
    let segments: Range<Int>
    /// Its templates, in ``Roles/templates``.
    let templates: Range<Int>
    /// For each port, the first step that sends by it; -1 where none does.
    let firstSends: [Int32]
    /// Whether two actors of the role may still differ in the bytes of a step.
    let isVarying: Bool
  }

  private(set) var roles: [Role] = []
  private(set) var segments: [Segment] = []
  private(set) var templates: [Template] = []
  /// Roles by the hash of their steps; what is found by it is compared.
  private var known: [UInt64: [Int32]] = [:]
  // Room for the program that is being read.
  private var ownSegments: [Segment] = []
  private var ownTemplates: [Template] = []

  /// The role of a program, and its peers in the order of the role's ports.
  ///
  /// O(steps outside of repeats + one period of each + ports).
  mutating func role(of program: some StepSequence, elementSize: Int, peers: inout [Int32]) -> Int32 {
    ownSegments.removeAll(keepingCapacity: true)
    ownTemplates.removeAll(keepingCapacity: true)
    peers.removeAll(keepingCapacity: true)
    var (next, isVarying) = (0, false)
    var ports = PortNumbers()
    func template(_ index: Int, isVarying: Bool) -> Template {
      Self.template(program[index], at: index, elementSize: isVarying ? nil : elementSize) { peer in
        ports.number(of: peer, among: &peers)
      }
    }
    func append(
      _ range: Range<Int>, period: Int, repeats: Bool, isVarying: Bool, peersKeepStep: Bool = true
    ) {
      guard !range.isEmpty else { return }
      ownSegments.append(
        Segment(
          start: Int32(range.lowerBound), end: Int32(range.upperBound), template: Int32(ownTemplates.count),
          period: Int32(period), repeats: repeats))
      for index in range.prefix(period) {
        var template = template(index, isVarying: isVarying)
        if !peersKeepStep, template.port >= 0 {
          template.peerStride = program[index + period].peerStep - program[index].peerStep - Int32(period)
        }
        ownTemplates.append(template)
      }
    }
    for run in program.repeats {
      append(next..<run.start, period: max(1, run.start - next), repeats: false, isVarying: false)
      next = run.start + run.period * run.count
      append(
        run.start..<next, period: run.period, repeats: run.hasSameCounts, isVarying: !run.hasSameCounts,
        peersKeepStep: run.peersKeepStep)
      isVarying = isVarying || !run.hasSameCounts
    }
    append(next..<program.count, period: max(1, program.count - next), repeats: false, isVarying: false)
    return intern(count: program.count, window: program.window, ports: peers.count, isVarying: isVarying)
  }

  private static func template(
    _ step: Step, at index: Int, elementSize: Int?, port: (Int32) -> Int32
  ) -> Template {
    // Indices that are none stay none; a barrier of 0 asks for nothing.
    func below(_ earlier: Int32) -> Int32 { earlier < 0 ? 0 : Int32(index) - earlier }
    let after = SIMD2(below(step.after.0), below(step.after.1))
    let barrier = step.barrier > 0 ? Int32(index) - step.barrier : -1
    // A step of no elements keeps its port: its like at the other end may be one whose count is not known here.
    guard step.action != .idle else {
      return Template(
        bytes: 0, peerStep: 0, peerStride: 0, after: after, barrier: barrier, port: -1, action: .idle)
    }
    return Template(
      bytes: elementSize.map { step.count * $0 } ?? -1, peerStep: step.peerStep - Int32(index), peerStride: 0,
      after: after, barrier: barrier, port: port(step.peer), action: step.action)
  }

  /// Finds the role of the steps that were read, or makes it.
  private mutating func intern(count: Int, window: Int, ports: Int, isVarying: Bool) -> Int32 {
    var hash = UInt64(count)
    for template in ownTemplates { template.mix(into: &hash) }
    for candidate in known[hash, default: []] {
      let role = roles[Int(candidate)]
      let base = Int32(role.templates.lowerBound)
      let isSame =
        role.count == count && role.window == window && role.isVarying == isVarying
        && role.templates.count == ownTemplates.count && role.segments.count == ownSegments.count
        && zip(templates[role.templates], ownTemplates).allSatisfy { $0 == $1 }
        && zip(segments[role.segments], ownSegments).allSatisfy { stored, own in
          var moved = own
          moved.template += base
          return stored == moved
        }
      if isSame { return candidate }
    }
    let base = Int32(templates.count)
    let firstSegment = segments.count
    for var segment in ownSegments {
      segment.template += base
      segments.append(segment)
    }
    templates += ownTemplates
    var firstSends = [Int32](repeating: -1, count: ports)
    for segment in ownSegments.reversed() {
      for place in (0..<segment.period).reversed() {
        let template = ownTemplates[Int(segment.template + place)]
        if template.action == .send { firstSends[Int(template.port)] = segment.start + place }
      }
    }
    roles.append(
      Role(
        count: Int32(count), window: Int32(window), segments: firstSegment..<segments.count,
        templates: Int(base)..<templates.count, firstSends: firstSends, isVarying: isVarying))
    let role = Int32(roles.count - 1)
    known[hash, default: []].append(role)
    return role
  }

  /// The template of a step of a role; O(log segments).
  func template(of role: Int, step: Int32) -> Template {
    var (low, high) = (roles[role].segments.lowerBound, roles[role].segments.upperBound)
    while high - low > 1 {
      let middle = (low + high) / 2
      if segments[middle].start <= step { low = middle } else { high = middle }
    }
    let segment = segments[low]
    return templates[Int(segment.template + (step - segment.start) % segment.period)]
  }

  /// How many messages leave by each port of a role.
  func messages(of role: Int) -> [Int] {
    var messages = [Int](repeating: 0, count: roles[role].firstSends.count)
    for segment in segments[roles[role].segments] {
      let times = Int((segment.end - segment.start) / segment.period)
      for template in templates[Int(segment.template)..<Int(segment.template + segment.period)]
      where template.action == .send {
        messages[Int(template.port)] += times
      }
    }
    return messages
  }
}

/// The numbers of a program's peers, in the order in which they come.
private struct PortNumbers {
  /// Past this many peers they are looked up rather than gone through.
  private static let fewPeers = 16
  private var numbers: [Int32: Int32] = [:]

  mutating func number(of peer: Int32, among peers: inout [Int32]) -> Int32 {
    if peers.count <= Self.fewPeers {
      if let place = peers.firstIndex(of: peer) { return Int32(place) }
    } else if numbers.isEmpty {
      for (place, known) in peers.enumerated() { numbers[known] = Int32(place) }
    }
    if let place = numbers[peer] { return place }
    let place = Int32(peers.count)
    peers.append(peer)
    if peers.count > Self.fewPeers + 1 { numbers[peer] = place }
    return place
  }
}
