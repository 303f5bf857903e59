#if RDMA
  import Foundation
  import Records
  import Testing

  @Suite(
    "on a device: bench over verbs when it fails", .serialized, .enabled(if: SoftRoCE.isHere, SoftRoCE.why))
  struct OnADeviceBenchFailureTests {
    private typealias Ranks = OnADeviceBenchRanks

    /// Expects a record of sizes that were measured before the run ended by something with `words` in it.
    private func expectPartial(_ record: Record?, _ words: String) throws {
      let record = try #require(record)
      #expect(record.isPartial && record.series.first?.points.isEmpty == false)
      #expect(record.endedBecause?.contains(words) == true, "\(record.endedBecause ?? "")")
    }

    @Test(
      "A killed rank ends the others at once; they name it, and what was measured is kept",
      arguments: [(3, 1), (2, 0)])
    func killed(ranks: Int, rank: Int) throws {
      let run = try Ranks(
        ranks, Ranks.endless + Ranks.impatient,
        meanwhile: { processes, path in
          try Ranks.waitUntilMeasured(path, processes[0])
          kill(processes[rank], SIGKILL)
        })
      #expect(run.ends[rank].status == 128 + SIGKILL && run.seconds < 6, "\(run.seconds) s")
      for other in 0..<ranks where other != rank { run.expect(other, 75, "rank \(rank) is lost: ") }
      // Where rank 0 itself is gone, nobody could say why.
      try expectPartial(run.record, rank == 0 ? "had not ended" : "rank \(rank) is lost: ")
    }

    @Test("A killed rank ends a run under mpirun", .enabled(if: OpenMPI.isInstalled, OpenMPI.why))
    func killedUnderMPIRun() throws {
      let scratch = try Scratch()
      let path = scratch.file("record.json").path
      let run = try Ranks.mpirun(
        ["--ranks", "2", "--record", path] + Ranks.endless + Ranks.impatient
      ) { launcher in
        try Ranks.waitUntilMeasured(path, launcher)
        kill(try #require(LostRankTests.process(ofRank: 1, below: launcher), "rank 1 was not found"), SIGKILL)
      }
      #expect(run.status == 75 && !run.errors.isEmpty, "\(run.status): \(run.errors)")
      let record = try Record.read(path)
      #expect(record.isPartial && record.series[0].points.isEmpty == false)
    }

    @Test("A link that goes down ends the run; the message names the port")
    func linkDown() throws {
      let ports = URL(fileURLWithPath: "/sys/class/infiniband/rxe1/ports/1")
      func file(_ name: String) -> String {
        (try? String(contentsOf: ports.appendingPathComponent(name), encoding: .utf8)) ?? ""
      }
      func setLink(_ state: String) throws {
        let run = try CommandRun(URL(fileURLWithPath: "/usr/bin/env"), ["ip", "link", "set", "v1", state])
        try #require(run.status == 0, "\(run.errors)")
      }
      let address = file("gids/1")
      try #require(address.contains("ffff:c633:6401"))
      defer {
        // Later tests need the device and its addresses, at their old places.
        try? setLink("up")
        let deadline = ContinuousClock.now + .seconds(10)
        while !file("state").contains("ACTIVE") || file("gids/1") != address, .now < deadline {
          usleep(20_000)
        }
        #expect(file("state").contains("ACTIVE") && file("gids/1") == address)
      }
      let run = try Ranks(
        2, ["--device", "rxe1"] + Ranks.endless + Ranks.impatient,
        meanwhile: { processes, path in
          try Ranks.waitUntilMeasured(path, processes[0])
          try setLink("down")
        })
      #expect(run.seconds < 6, "\(run.seconds) s")
      let sentences = run.ends.map(\.errors)
      #expect(sentences.contains { $0.contains("rxe1: port went down: port 1") }, "\(sentences)")
      for rank in 0..<2 { run.expect(rank, 75) }
      try expectPartial(run.record, "rxe1")
    }

    @Test("A GID that is there but can't reach the other is named, and both ends say the same")
    func wrongGID() throws {
      let run = try Ranks(
        2, ["--device", "rxe0", "--sizes", "4K"] + Ranks.impatient, own: { ["--gid-index", "\($0)"] })
      for rank in 0..<2 { run.expect(rank, 69, "no connection with rank", "from index 0", "of one network") }
      #expect(run.seconds < 15)
    }

    @Test("What one rank lacks ends all, and is said once where one terminal shows them all")
    func oneRank() throws {
      let run = try Ranks(
        3, ["--sizes", "4K"] + Ranks.impatient, own: { $0 == 1 ? ["--gid-index", "77"] : [] })
      for rank in 0..<3 { run.expect(rank, 69, "rank 1: ", "GID index 77: the table has no such entry") }
      #expect(run.record == nil && run.seconds < 15)
    }

    @Test("Under mpirun what all ranks lack is said once", .enabled(if: OpenMPI.isInstalled, OpenMPI.why))
    func saidOnce() throws {
      let run = try Ranks.mpirun([
        "--ranks", "3", "--no-record", "--sizes", "4K", "--gid-index", "77",
      ])
      #expect(run.status == 69 && run.errors.split(separator: "\n").count == 1, "\(run.errors)")
      #expect(run.errors.contains("GID index 77: the table has no such entry"))
    }

    @Test(
      "What the device doesn't have is refused, with what it has",
      arguments: [
        (["--device", "rxe9"], "there is no device \"rxe9\"; there are: rxe0, rxe1"),
        (["--device", "rxe0:2"], "rxe0"),
        (["--pkey", "0x8123"], "P_Key 0x8123 is not in port 1's table; there are: 0xffff at index 0"),
        (["--pkey-index", "7"], "P_Key index 7 of port 1 is empty; there are: 0xffff at index 0"),
        (["--mtu", "4096", "--roce-version", "1"], "RoCE v1: the table has none: there are: 0 (RoCE v2"),
      ])
    func refused(options: [String], message: String) throws {
      let run = try Ranks(1, ["--sizes", "4K"] + options)
      run.expect(0, 69, message)
      #expect(run.record == nil)
    }

    @Test("Too little locked memory is refused with what lifts the limit")
    func memoryLimit() throws {
      let run = try Ranks(
        1, ["--sizes", "400K"],
        wrapper: [
          "setpriv", "--bounding-set", "-ipc_lock", "--inh-caps", "-ipc_lock", "prlimit", "--memlock=65536",
        ])
      run.expect(
        0, 69, "409600 bytes to pin", "RLIMIT_MEMLOCK is 65536 bytes: lift it by `ulimit -l unlimited`")
      #expect(run.record?.isPartial == true)
    }
  }
#endif
