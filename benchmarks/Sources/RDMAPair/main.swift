import CCycles
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

/// Half of the round trips' median, in microseconds: each trip is timed by itself, as perftest does it.
func latency(_ transport: inout Verbs, _ memory: Region, bytes: Int, iterations: Int) throws -> Double {
  let other = 1 - transport.rank
  let (outgoing, incoming) = (memory.part(0, bytes), memory.part(bytes, bytes))
  var completed: [Int] = []
  var cycles: [Double] = []
  cycles.reserveCapacity(iterations)
  func finish(_ slot: Int) throws {
    var isComplete = false
    while !isComplete {
      try transport.wait(into: &completed)
      while let done = completed.popLast() { isComplete = isComplete || done == slot }
    }
  }
  // Rank 1's first receive is posted before anything can come; all others while a message is on its way.
  let isFirst = transport.rank == 0
  if !isFirst { try transport.receive(incoming, from: other, tag: 0, slot: 1) }
  let start = (clock: ContinuousClock.now, cycles: processor_cycles())
  var last = start.cycles
  for trip in 0..<iterations {
    let tag = Int32(trip)
    if isFirst {
      try transport.send(outgoing, to: other, tag: tag, slot: 0)
      try transport.receive(incoming, from: other, tag: tag, slot: 1)
      try finish(1)
    } else {
      try finish(1)
      try transport.send(outgoing, to: other, tag: tag, slot: 0)
      if trip + 1 < iterations { try transport.receive(incoming, from: other, tag: tag + 1, slot: 1) }
    }
    let now = processor_cycles()
    // The first ones find their processors.
    if trip >= 100 { cycles.append(Double(now - last)) }
    last = now
  }
  let microseconds = (ContinuousClock.now - start.clock) / .microseconds(1)
  return Sample(cycles).median * microseconds / Double(last - start.cycles) / 2
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
