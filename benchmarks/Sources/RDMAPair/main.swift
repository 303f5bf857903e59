import Collectives
import Foundation
import MPITransport
import Statistics
import Transport
import VerbsTransport

// What one pair of queue pairs carries, measured as perftest does it, to be compared with perftest by turns.
//
//   mpirun -np 2 rdma-pair latency|polled BYTES ITERATIONS   half of a round trip, median, us (ib_write_lat's t_typical)
//   mpirun -np 2 rdma-pair bandwidth BYTES ITERATIONS DEPTH  rank 0 to rank 1, MB/s (10^6 B), as ib_write_bw has it
//   mpirun -np N rdma-pair ring BYTES ITERATIONS DEPTH       every rank to the next at once: the slowest rank's MB/s
//
// Prints one number. Devices and knobs: the defaults, and the first active port.

typealias Verbs = VerbsTransport<MPITransport>

/// Sends `iterations` messages to `next` and receives as many from `previous`, at most `depth` of each under way.
///
/// Nil for none. Gives the seconds until all were complete.
func stream(
  _ transport: inout Verbs, _ memory: Region, bytes: Int, iterations: Int, depth: Int, to next: Int?,
  from previous: Int?
) throws -> Double {
  let count = iterations
  var (sent, received) = (0, 0)
  var (sending, receiving) = (next == nil ? count : 0, previous == nil ? count : 0)
  if next == nil { sent = count }
  if previous == nil { received = count }
  func region(_ slot: Int) -> Region { memory.part(slot * bytes, bytes) }
  var completed: [Int] = []
  let start = ContinuousClock.now
  while sent < count || received < count {
    if let previous {
      while receiving < count, receiving - received < depth {
        let slot = depth + receiving % depth
        try transport.receive(region(slot), from: previous, tag: Int32(receiving), slot: slot)
        receiving += 1
      }
    }
    if let next {
      while sending < count, sending - sent < depth {
        let slot = sending % depth
        try transport.send(region(slot), to: next, tag: Int32(sending), slot: slot)
        sending += 1
      }
    }
    completed.removeAll(keepingCapacity: true)
    try transport.wait(into: &completed)
    // Those of one direction complete in the order in which they were posted.
    for slot in completed {
      if slot < depth { sent += 1 } else { received += 1 }
    }
  }
  return (ContinuousClock.now - start) / .seconds(1)
}

/// Half of the round trips' median, in microseconds.
func latency(_ transport: inout Verbs, _ memory: Region, bytes: Int, iterations: Int) throws -> Double {
  let other = 1 - transport.rank
  let (outgoing, incoming) = (memory.part(0, bytes), memory.part(bytes, bytes))
  var completed: [Int] = []
  var times: [Double] = []
  times.reserveCapacity(iterations)
  func finish(_ slot: Int) throws {
    var isComplete = false
    while !isComplete {
      try transport.wait(into: &completed)
      while let done = completed.popLast() { isComplete = isComplete || done == slot }
    }
  }
  // Several trips a sample: reading the clock may take as long as a trip on an emulated machine.
  let trips = 20
  let samples = iterations / trips + 5
  // A receive is always posted ahead, as perftest does it.
  try transport.receive(incoming, from: other, tag: 0, slot: 1)
  for sample in 0..<samples {
    let start = ContinuousClock.now
    for trip in 0..<trips {
      let tag = Int32(sample * trips + trip)
      if transport.rank == 0 { try transport.send(outgoing, to: other, tag: tag, slot: 0) }
      try finish(1)
      if transport.rank == 1 { try transport.send(outgoing, to: other, tag: tag, slot: 0) }
      guard tag + 1 < samples * trips else { continue }
      try transport.receive(incoming, from: other, tag: tag + 1, slot: 1)
    }
    // The first ones find their processors.
    if sample >= 5 { times.append((ContinuousClock.now - start) / .microseconds(1) / Double(2 * trips)) }
  }
  return Sample(times).median
}

func run() throws {
  let arguments = CommandLine.arguments.dropFirst()
  let numbers = arguments.dropFirst().compactMap { Int($0) }
  guard let mode = arguments.first, numbers.count >= 2 else {
    throw TransportError.unavailable("latency|polled|bandwidth|ring BYTES ITERATIONS [DEPTH]")
  }
  let (bytes, iterations, depth) = (numbers[0], numbers[1], numbers.count > 2 ? numbers[2] : 1)
  var settings = VerbsSettings()
  if mode == "polled" { settings.smallMessages = .polled }
  var transport = try VerbsTransport(settings, over: MPITransport.start(timeLimit: 60))
  let (rank, ranks) = (transport.rank, transport.ranks)
  let memory = Memory(bytes: 2 * depth * bytes)
  let peers = Set([(rank + 1) % ranks, (rank + ranks - 1) % ranks]).subtracting([rank]).sorted()
  try transport.prepare(Traffic(slots: 2 * depth, peers: peers, memory: [memory.region]))
  _ = try transport.greatest(0)
  if mode == "latency" || mode == "polled" {
    let half = try latency(&transport, memory.region, bytes: bytes, iterations: iterations)
    if rank == 0 { print(half) }
  } else {
    let isRing = mode == "ring"
    let next = isRing || rank == 0 ? (rank + 1) % ranks : nil
    let previous = isRing || rank == 1 ? (rank + ranks - 1) % ranks : nil
    // The first pass finds its processors and fills its caches.
    for iterations in [min(iterations, 2 * depth), iterations] {
      _ = try transport.greatest(0)
      let own = try stream(
        &transport, memory.region, bytes: bytes, iterations: iterations, depth: depth, to: next,
        from: previous)
      let slowest = Double(try transport.greatest(Int64(own * 1e9))) / 1e9
      if rank == 0, iterations == numbers[1] { print(Double(iterations * bytes) / slowest / 1e6) }
    }
  }
  try transport.close().finish()
}

do {
  try run()
} catch {
  FileHandle.standardError.write(Data("rdma-pair: \(error)\n".utf8))
  MPITransport.abort(code: 70)
}
