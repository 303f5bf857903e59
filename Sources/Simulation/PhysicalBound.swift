import Collectives
public import Quantities

/// A time that no algorithm beats on a fabric, with the reason.
public struct PhysicalBound: Sendable, Equatable {
  /// What it is that needs the time, with its rate: `uplinks of leaf-0, out: 6.25 MB/s`.
  public let name: String
  /// The least time of the collective.
  public let time: Time

  package init(name: String, time: Time) { (self.name, self.time) = (name, time) }

  /// Says no to an outcome that is faster, by more than rounding: a nanosecond, or one part in 10^9.
  ///
  /// - Throws: ``PhysicsViolation``.
  public func check(_ outcome: Outcome) throws(PhysicsViolation) {
    let slack = max(1_000, time.picoseconds / 1_000_000_000)
    guard outcome.total.picoseconds < time.picoseconds - slack else { return }
    throw PhysicsViolation(bound: self, predicted: outcome.total)
  }
}

/// A prediction that is faster than physics allows: a mistake of the simulator, never of its input.
public struct PhysicsViolation: Error, Equatable, CustomStringConvertible {
  /// The bound that it is below.
  public let bound: PhysicalBound
  /// The time that was predicted.
  public let predicted: Time

  /// One line: both times, and what the bound is.
  public var description: String {
    "a prediction of \(predicted.picoseconds) ps is below what \(bound.name) allows, \(bound.time.picoseconds) ps:"
      + " a mistake of the simulator, which should be reported with this command"
  }
}

/// Where the elements of a collective are combined.
package enum ReductionPlace: Sendable {
  /// By the ranks alone.
  case ranks
  /// By ranks and switches, which also copy what goes to several.
  case switches
}

/// What a collective asks of the parts of a fabric, whatever the algorithm.
///
/// Take any part, with some ranks in it and some outside, and a vector of *S* bytes. Let *B* be the bytes of
/// the blocks of the ranks inside. At least this must leave it and enter it:
///
/// | collective | out | in |
/// | --- | --- | --- |
/// | all-reduce | S: what is inside, reduced, is part of the result outside | S: the same from the other side |
/// | reduce-scatter | S - B: for each outer block what is inside, reduced | B |
/// | all-gather | B, once: others may pass it on | S - B |
/// | broadcast | S from the root's part, else nothing | S but for the root's part |
/// | reduce | S but for the root's part | S into the root's part, else nothing |
///
/// All *m* parts of one division together have more to send where ranks alone combine and copy: each element
/// has to move from part to part m - 1 times at least, since a tree that joins m parts has m - 1 edges; and 2
/// (m - 1) times for an all-reduce, as one-way gossip among m needs 2m - 2 messages. Divided by the rates of
/// all parts together, for n ranks with equal links, that is the published 2 (n - 1) / n S β. Where switches
/// combine and copy, this second kind of bound falls away, and an all-reduce may end after S β.
///
/// To the transfer comes what the first message pays before it and the last one after it: the least overheads
/// and latency of any regime, and the least latencies of a way out of an endpoint and into another. What all
/// ranks need from one, or one from all, takes a message's costs and the latency between it and the farthest,
/// by the quickest way. The busiest of *n* processors reduces (n - 1) / n *S* bytes, after a first message
/// has come.
///
/// - Source: Chan, Heimlich, Purkayastha and van de Geijn, "Collective communication: theory, practice, and experience"
///   (2007), table 1; Patarasuk and Yuan, "Bandwidth optimal all-reduce algorithms for clusters of workstations" (2009),
///   theorem 1; Harary and Schwenk, "The communication problem on graphs and digraphs" (1974), for one-way gossip. The cut
///   bounds follow from the table above, element by element.
struct CutDemand {
  private let collective: Collective
  private let size: Double

  init(_ collective: Collective, size: Double) { (self.collective, self.size) = (collective, size) }

  /// The bytes that must leave a part and enter it.
  ///
  /// - Parameters:
  ///   - blocks: the bytes of the blocks of the ranks in it.
  ///   - exchanged: the bytes that its ranks have for others, and others for them, in an all-to-all.
  ///   - hasRoot: whether the root is in it.
  func ofPart(blocks: Double, exchanged: Double, hasRoot: Bool) -> (out: Double, into: Double) {
    switch collective {
    case .allReduce: (size, size)
    case .reduceScatter: (size - blocks, blocks)
    case .allGather: (blocks, size - blocks)
    case .broadcast: hasRoot ? (size, 0) : (0, size)
    case .reduce: hasRoot ? (0, size) : (size, 0)
    case .allToAll: (exchanged, exchanged)
    }
  }

  /// The bytes that move from part to part, of `parts` in all, where ranks alone combine and copy.
  func together(parts: Int) -> Double {
    switch collective {
    case .allReduce: 2 * Double(parts - 1) * size
    case .reduceScatter, .allGather, .broadcast, .reduce: Double(parts - 1) * size
    // Each element has one way to go, which the parts' own demands tell.
    case .allToAll: 0
    }
  }
}
