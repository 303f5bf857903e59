import Collectives
import Fabric
import Quantities
import Simulation
import Testing
import Training

@Suite("Calls of many groups at once")
struct CallTimesTests {
  /// Four hosts of four GPUs at 50 GB/s each, under one switch, with NVLink at 450 GB/s.
  private func times(
    _ groups: [GroupKind: [[Int]]], latency: Time = .zero
  ) throws -> CallTimes {
    let fabric = try Topology(
      parsing: """
        name: four-by-four
        builder: rail-optimized
        hosts: 4
        gpus-per-host: 4
        hosts-per-unit: 4
        rate: 400 Gbit/s
        nvlink-rate: 450 GB/s
        nvlink-latency: \(latency)
        link-latency: \(latency)
        switch-latency: 0 ns
        """
    ).fabric
    return CallTimes(
      fabric, router: Router(fabric, routing: .destinationModulo), host: .ideal, groups: groups)
  }

  private let hosts = (0..<4).map { host in (0..<4).map { 4 * host + $0 } }
  private let rails = (0..<4).map { rail in (0..<4).map { 4 * $0 + rail } }

  private func allReduce(_ bytes: Int, groups: GroupKind, _ algorithm: Algorithm = .ring) -> CallKind {
    CallKind(
      name: "data: gradients", collective: .allReduce, algorithm: .ranks(algorithm), bytes: bytes,
      groups: groups)
  }

  @Test("Rings over rails take what one ring takes, since each rail has its own links")
  func rings() throws {
    let times = try times([.data: rails])
    // 2 (n - 1) / n S / B with n = 4, S = 400 MB, B = 50 GB/s: 12 ms.
    #expect(try times.alone(allReduce(400_000_000, groups: .data)).total == .microseconds(12_000))
  }

  @Test("Two kinds over the same links halve each other's rate, whatever their sizes")
  func shared() throws {
    let times = try times([.data: rails])
    let small = allReduce(40_000_000, groups: .data)
    let large = allReduce(400_000_000, groups: .data)
    let found = try times.together(small, large)
    #expect(abs(found.first - 2) < 0.02)
    #expect(abs(found.second - 2) < 0.02)
    #expect(try times.together(large, small) == .init(first: found.second, second: found.first))
  }

  @Test("Kinds without a common link leave each other alone")
  func apart() throws {
    let times = try times([.data: rails, .tensor: hosts])
    let found = try times.together(
      allReduce(40_000_000, groups: .data), allReduce(400_000_000, groups: .tensor))
    #expect(found == .init())
  }

  @Test("Neighbouring stages send both ways at once")
  func stages() throws {
    let times = try times([.data: rails], latency: .microseconds(1))
    let send = CallKind(
      name: "pipeline: activations", collective: nil, algorithm: .ranks(.ring), bytes: 50_000_000,
      groups: .data)
    // 1 ms at 50 GB/s, and the latency of two links: stages in the middle send and receive on two connections each way.
    #expect(try times.alone(send).total == .microseconds(2_002))
  }

  @Test("Groups of one rank have nothing to do")
  func alone() throws {
    let times = try times([.data: (0..<16).map { [$0] }])
    #expect(try times.alone(allReduce(1 << 20, groups: .data)).total == .zero)
  }

  @Test(
    "A hierarchical all-reduce takes the hosts of its groups as domains, and is refused where there are none")
  func domains() throws {
    let times = try times([.data: [Array(0..<16)], .tensor: rails])
    let kind = allReduce(64 << 20, groups: .data, .hierarchical)
    #expect(try times.schedule(kind)?.parameters.domain == 4)
    #expect(throws: CallError.noDomains("data: gradients")) {
      try times.alone(allReduce(64 << 20, groups: .tensor, .hierarchical))
    }
  }
}
