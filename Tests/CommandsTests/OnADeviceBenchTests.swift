#if RDMA
  import Collectives
  import Foundation
  import Measurement
  import Quantities
  import Records
  import Testing
  import Transport
  import VerbsTransport

  @Suite("on a device: bench over verbs", .serialized, .enabled(if: SoftRoCE.isHere, SoftRoCE.why))
  struct OnADeviceBenchTests {
    private static let everything = [
      "--collective", "all-reduce,all-gather,reduce-scatter,broadcast,reduce", "--algorithm",
      "ring,tree,double-tree,recursive-doubling,halving-doubling",
    ]

    /// Expects that every rank checked every element that it owns, in three iterations each.
    private func expectAllChecked(_ record: Record, ranks: Int, sizes: Int) {
      #expect(!record.isPartial && record.environment.transport == "verbs")
      for series in record.series {
        #expect(series.ranks == ranks && series.points.count == sizes)
        let owners = ["reduce-scatter", "reduce"].contains(series.collective) ? 1 : ranks
        for point in series.points { #expect(point.checkedElements == 3 * owners * point.count) }
      }
    }

    @Test(
      "Every collective by every algorithm is right, in small messages and in large ones",
      arguments: [(2, "52,40004"), (3, "20,1000"), (4, "4,2004")])
    func everyAlgorithm(ranks: Int, sizes: String) throws {
      let record = try OnADeviceBenchRanks.measure(
        ranks,
        Self.everything + [
          "--sizes", sizes, "--eager-limit", "256", "--buffers", ranks == 3 ? "both" : "out-of-place",
        ])
      #expect(record.series.count == (ranks == 3 ? 50 : 25))
      expectAllChecked(record, ranks: ranks, sizes: 2)
      #expect(record.environment.rdma?.exchange == "out-of-band over tcp")
    }

    @Test("Ranks of a real mpirun find each other over MPI", .enabled(if: OpenMPI.isInstalled, OpenMPI.why))
    func underMPIRun() throws {
      let scratch = try Scratch()
      let path = scratch.file("record.json").path
      let run = try OnADeviceBenchRanks.mpirun(
        [
          "--ranks", "3", "--record", path, "--collective",
          "all-reduce", "--algorithm", "ring,double-tree", "--sizes", "4,20,52,1000,40K",
          "--eager-limit", "1K", "--buffers", "both",
        ] + OnADeviceBenchRanks.brief)
      #expect(run.status == 0 && run.errors == "", "\(run.errors)")
      let record = try Record.read(path)
      #expect(record.series.count == 4)
      expectAllChecked(record, ranks: 3, sizes: 5)
      #expect(record.environment.rdma?.exchange == "out-of-band over mpi")
      #expect(record.environment.library?.contains("MPI") == true)
    }

    @Test("Every element type with every operation is exact")
    func types() throws {
      let (small, large) = (24, 10_008)
      let results = InProcessTransport.run(ranks: 3, timeLimit: 30) { channel -> Int in
        var settings = VerbsSettings()
        settings.eagerLimit = 256
        var transport = try VerbsTransport(settings, over: channel)
        var start = try CommonStart(&transport)
        var checked = 0
        for type in DataType.allCases {
          for operation in ReduceOperation.allCases {
            for size in [small, large] {
              let benchCase = BenchCase(
                .allReduce, .schedule(size == small ? .ring : .doubleTree), type: type, operation: operation,
                root: 0, isInPlace: false, channels: 1, chunk: .gibibytes(1), depth: 2)
              let point = try CaseMeasurement(benchCase, sampling: .iterations(1), warmUp: 0).run(
                size: ByteCount(size), over: &transport, start: &start,
                native: nil as CaseMeasurement.Native<VerbsTransport<InProcessTransport>>?)
              checked += point.checkedElements ?? 0
            }
          }
        }
        _ = try transport.close()
        return checked
      }
      // On three ranks.
      let elements = DataType.allCases.reduce(0) { $0 + (small + large) / $1.size }
      for result in results { #expect(try result.get() == 3 * elements * ReduceOperation.allCases.count) }
    }

    @Test(
      "Queue pairs, rails, the connection manager, events and moderation make no difference to the result",
      arguments: [
        (["--queue-pairs", "3", "--completion-moderation", "4"], 2),
        (["--device", "rxe0,rxe1", "--queue-pairs", "2", "--events"], 2),
        (["--rdma-cm", "--device", "rxe0,rxe1"], 3),
        (["--rails", "by-rank", "--device", "rxe1"], 2),
      ])
    func knobs(options: [String], ranks: Int) throws {
      let record = try OnADeviceBenchRanks.measure(
        ranks,
        options + [
          "--algorithm", "ring,double-tree", "--sizes", "52,100004",
          "--eager-limit", "256",
        ])
      #expect(record.series.count == 2)
      expectAllChecked(record, ranks: ranks, sizes: 2)
      let rails =
        options.contains("rxe0,rxe1") ? ["rxe0", "rxe1"] : options.contains("rxe1") ? ["rxe1"] : ["rxe0"]
      for place in record.environment.placement {
        let told = try #require(place.rails)
        #expect(told.count == rails.count)
        for (rail, text) in zip(rails, told) {
          let address = rail == "rxe0" ? "192.0.2.1" : "198.51.100.1"
          #expect(text.hasPrefix("\(rail) port 1, MTU 4096, GID index 1 \(address) "), "\(text)")
        }
      }
    }

    @Test("A message beyond the device's limit travels in parts, from and to huge pages")
    func huge() throws {
      let pages = "/proc/sys/vm/nr_hugepages"
      let before = try String(contentsOfFile: pages, encoding: .utf8)
      try "64".write(toFile: pages, atomically: false, encoding: .utf8)
      defer { try? before.write(toFile: pages, atomically: false, encoding: .utf8) }
      let record = try OnADeviceBenchRanks.measure(
        2, ["--collective", "broadcast", "--sizes", "20M", "--chunk", "16M", "--hugepages"])
      expectAllChecked(record, ranks: 2, sizes: 1)
      #expect(record.environment.rdma?.pages == "huge")
    }

    @Test(
      "By rank, a host's ranks use its devices by turns; two that share no network say so, and the record is kept"
    )
    func byRank() throws {
      let run = try OnADeviceBenchRanks(
        2,
        ["--device", "rxe0,rxe1", "--rails", "by-rank", "--sizes", "4K"] + OnADeviceBenchRanks.impatient
          + OnADeviceBenchRanks.brief)
      for rank in 0..<2 {
        run.expect(rank, 69, "no connection with rank 1", "GID 198.51.100.1", "of one network")
      }
      let record = try #require(run.record)
      #expect(record.isPartial && run.seconds < 15)
      let rails = record.environment.placement.map { $0.rails?.first ?? "" }
      #expect(rails[0].hasPrefix("rxe0 port 1, ") && rails[1].hasPrefix("rxe1 port 1, "), "\(rails)")
    }

    /// Ways to set the same knobs.
    static let ways: [(arguments: [String], variables: [String: String])] = [
      (
        [
          "--device", "rxe1:1", "--gid-index", "1", "--traffic-class", "104", "--service-level", "0", "--mtu",
          "1024", "--queue-pairs", "2", "--send-depth", "64", "--completion-moderation", "2", "--inline-size",
          "64", "--qp-timeout", "15", "--retry-count", "6", "--rnr-retry", "5", "--min-rnr-timer", "13",
          "--pkey", "0xffff", "--hop-limit", "9", "--relaxed-ordering", "off", "--events", "--eager-limit",
          "2K", "--ring-slots", "16",
        ], [:]
      ),
      (
        [
          "--ib-dev", "rxe1", "--ib-port", "1", "--gid-index", "1", "--tclass", "104", "--sl", "0", "--mtu",
          "1024", "--qp", "2", "--tx-depth", "64", "--cq-mod", "2", "--inline_size", "64", "--qp-timeout",
          "15", "--retry_count", "6", "--rnr_retry", "5", "--min_rnr_timer", "13", "--pkey", "65535",
          "--hop_limit", "9", "--disable_pcie_relaxed", "--events", "--eager-limit", "2K", "--ring-slots",
          "16",
        ], [:]
      ),
      // The option wins over NCCL_IB_TC.
      (
        [
          "--traffic-class", "104", "--mtu", "1024", "--send-depth", "64", "--completion-moderation", "2",
          "--inline-size", "64", "--rnr-retry", "5", "--min-rnr-timer", "13", "--pkey", "0xffff",
          "--hop-limit", "9", "--events", "--eager-limit", "2K", "--ring-slots", "16",
        ],
        [
          "NCCL_IB_HCA": "=rxe1:1", "NCCL_IB_GID_INDEX": "1", "NCCL_IB_TC": "8", "NCCL_IB_SL": "0",
          "NCCL_IB_QPS_PER_CONNECTION": "2", "NCCL_IB_TIMEOUT": "15", "NCCL_IB_RETRY_CNT": "6",
          "NCCL_IB_PCI_RELAXED_ORDERING": "0",
        ]
      ),
    ]

    @Test("The record has every knob, whatever name it was set by", arguments: ways.indices)
    func knobsInRecord(way: Int) throws {
      let (arguments, variables) = Self.ways[way]
      let record = try OnADeviceBenchRanks.measure(
        2, arguments + ["--sizes", "1000,4000"], variables: variables)
      #expect(
        record.environment.rdma
          == Record.RDMA(
            exchange: "out-of-band over tcp", rails: "all", devices: ["rxe1:1"], gidIndex: 1,
            roceVersion: nil, addressFamily: "any", trafficClass: 104, serviceLevel: 0, mtu: 1_024,
            queuePairs: 2, sendDepth: 64, completionModeration: 2, inlineSize: 64, qpTimeout: 15,
            retryCount: 6, rnrRetry: 5, minRNRTimer: 13, pkey: 0xffff, pkeyIndex: nil, hopLimit: 9,
            relaxedOrdering: false, pages: "standard", waiting: "events", eagerLimit: 2_048, ringSlots: 16,
            smallMessages: "immediate"))
      for place in record.environment.placement {
        #expect(place.rails?[0].hasPrefix("rxe1 port 1, MTU 1024, GID index 1 198.51.100.1 ") == true)
      }
    }
  }
#endif
