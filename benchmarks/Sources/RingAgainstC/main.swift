import CRing
import Collectives
import Foundation
import MPITransport
import Quantities
import Statistics
import Transport

// Syncline's ring against the same ring in C, over the same MPI, on the same buffers, by turns in one run.
//
//   mpirun -np 4 ring-against-c [ITERATIONS]
//
// Prints, per size, both medians and the median of the pairwise ratios of bandwidths (above 1: Syncline is faster).

/// One size's times in nanoseconds, of the slowest rank.
func measure(
  count: Int, iterations: Int, over transport: inout MPITransport
) throws -> (swift: [Double], c: [Double]) {
  let ranks = transport.ranks
  let vector = Memory(bytes: count * 4)
  let scratch = Memory(bytes: (count / ranks + 1) * 4)
  // The chunk and depth that bench takes unless told otherwise.
  let schedule = try Schedule(
    .allReduce, .ring, ranks: ranks, count: count,
    parameters: .init(chunk: ByteCount.mebibytes(1).bytes / 4, depth: 2))
  var executor = try Executor(schedule, rank: transport.rank, type: .float32, operation: .sum)
  try transport.prepare(executor.traffic(on: vector.region))

  func time(_ body: () throws -> Void) throws -> Double {
    _ = try transport.greatest(0)
    let start = ContinuousClock.now
    try body()
    let own = (ContinuousClock.now - start) / .nanoseconds(1)
    return Double(try transport.greatest(Int64(own)))
  }

  var times: (swift: [Double], c: [Double]) = ([], [])
  for iteration in 0..<iterations + 4 {
    let swift = try time { try executor.run(on: vector.region, over: &transport) }
    let c = try time {
      let code = c_ring_all_reduce(
        vector.region.address.assumingMemoryBound(to: Float.self),
        scratch.region.address.assumingMemoryBound(to: Float.self), count)
      guard code == 0 else { throw TransportError.library(call: "the ring in C", reason: "code \(code)") }
    }
    // The first ones map memory and open connections.
    guard iteration >= 4 else { continue }
    times.swift.append(swift)
    times.c.append(c)
  }
  return times
}

func column(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}

/// All sizes, from 4 KiB to 64 MiB.
func run() throws {
  let iterations = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 60
  var transport = try MPITransport.start(timeLimit: 60)
  if transport.rank == 0 {
    print("ring all-reduce, float32, in place, \(transport.ranks) ranks, \(iterations) pairs a size")
    print("      size   Swift us       C us   Swift/C bandwidth   95 % interval")
  }
  for power in stride(from: 12, through: 26, by: 2) {
    let times = try measure(count: (1 << power) / 4, iterations: iterations, over: &transport)
    guard transport.rank == 0 else { continue }
    let ratios = Sample(zip(times.c, times.swift).map { $0 / $1 })
    let interval = ratios.medianInterval()
    func text(_ number: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", number) }
    print(
      column("\(ByteCount(1 << power))", 10), column(text(Sample(times.swift).median / 1e3, 1), 10),
      column(text(Sample(times.c).median / 1e3, 1), 10), column(text(ratios.median, 3), 19),
      column("\(text(interval.low, 3)) to \(text(interval.high, 3))", 15))
  }
  try transport.finish()
}

do {
  try run()
} catch {
  FileHandle.standardError.write(Data("ring-against-c: \(error)\n".utf8))
  MPITransport.abort(code: 70)
}
