import Fabric
import Quantities
import Simulation
import Testing

@Suite("A file of conditions")
struct ConditionsFileTests {
  private let fabric: Fabric

  init() throws {
    fabric = try Topology(
      parsing: """
        name: two spines
        builder: leaf-spine
        leaves: 2
        hosts-per-leaf: 2
        spines: 2
        uplinks-per-spine: 2
        host-rate: 8 Gbit/s
        uplink-rate: 8 Gbit/s
        link-latency: 1 us
        switch-latency: 0 ns
        """
    ).fabric
  }

  private func read(_ text: String) throws(TopologyFileError) -> Conditions {
    try Conditions(parsing: text, path: "today.yaml", on: fabric, ranks: 4)
  }

  @Test("is read field by field, and sums up what it changes")
  func whole() throws {
    let conditions = try read(
      """
      efficiency: 0.5
      host-limit: 64 GB/s
      slow-links:
        - {link: "leaf0>spine1", rate: 4 Gbit/s}
        - {link: "leaf1<>spine0#2", factor: 0.5, latency: +2 us}
      failed-links: ["leaf0>spine0"]
      background: [{links: "leaf*>spine*", load: 0.25}]
      stragglers: [{ranks: 2, slowdown: 1.5}, {ranks: "0, 3-3", slowdown: 1.25}]
      jitter: {delays: [0 us, 1 us, 5 us], seed: 18446744073709551615}
      jobs:
        - {collective: all-reduce, algorithm: ring, size: 64 MiB, ranks: 2, placement: "random:3", start: 50 us, repeat: 4}
      """)
    #expect(conditions.hostLimit == .gigabytes(64))
    #expect(conditions.slowdowns == [1.25, 1, 1.5, 1.25])
    #expect(
      conditions.jitter?.source == .delays([.zero, .microseconds(1), .microseconds(5)])
        && conditions.jitter?.seed == .max)
    #expect(conditions.neighbours.map(\.placement) == [.random(seed: 3)])
    #expect(conditions.neighbours.map(\.size) == [ByteCount(64 << 20)])
    var rates: [String: Double] = [:]
    var latencies: [String: Time] = [:]
    for (index, link) in conditions.fabric.links.enumerated() {
      let name = conditions.fabric.name(ofLink: index)
      (rates[name], latencies[name]) = (link.bandwidth.bytesPerSecond, link.latency)
    }
    // Half of each link's rate is payload; a quarter of that is others' on the way up.
    #expect(rates["host0>leaf0"] == 0.5e9 && rates["spine1>leaf0"] == 0.5e9)
    #expect(rates["leaf0>spine0"] == nil && rates["leaf0>spine0#2"] == 0.375e9)
    #expect(rates["leaf0>spine1"] == 0.1875e9 && rates["leaf1>spine0"] == 0.375e9)
    #expect(rates["leaf1>spine0#2"] == 0.1875e9 && rates["spine0>leaf1#2"] == 0.25e9)
    #expect(latencies["leaf1>spine0#2"] == .microseconds(3) && latencies["leaf1>spine0"] == .microseconds(1))
    #expect(
      conditions.summary == [
        "1 link of 12 failed", "efficiency 0.5", "3 of 22 links slow", "7 of 22 links with background load",
        "hosts let an endpoint send 512 Gbit/s, and receive as much", "3 stragglers",
        "jitter of 3 delays, seed 18446744073709551615", "a neighbour of 2 ranks",
      ])
  }

  @Test(
    "takes the links that a pattern names, and no others",
    arguments: [
      ("host0>leaf0", 1), ("host0<>leaf0", 2), ("leaf0<>host0", 2), ("leaf0>spine0", 1),
      ("leaf0>spine0#2", 1),
      ("leaf0<>spine0#2", 2), ("leaf0>spine0*", 2), ("leaf*>spine*", 8), ("leaf*<>spine*", 16), ("*", 24),
      ("*#2", 8), ("host*", 4), ("*>host*", 4), ("**", 24), ("*leaf0*", 12), ("leaf0*spine1*#2", 1),
      ("leaf0", 0),
      ("", 0), ("<>", 0), ("host0>leaf0*x", 0), ("*<>*", 24),
    ])
  func patterns(pattern: String, count: Int) {
    let links = LinkPatterns(fabric).links(pattern)
    #expect(links.count == count && Set(links).count == count && links == links.sorted())
  }

  @Test(
    "that is wrong is refused with file, line, field, and what would be right",
    arguments: [
      ("", 1, "found no fields, expected one or more of the fields efficiency, host-limit"),
      ("[1]", 1, "found a list, expected one or more of the fields"),
      ("eficiency: 1", 1, "field 'eficiency': unknown, did you mean 'efficiency'?"),
      ("efficiency: 1\nefficiency: 1", 1, "field 'efficiency': found twice, expected once"),
      ("efficiency: 0", 1, "field 'efficiency': found '0', expected a share above 0 and up to 1"),
      ("efficiency: 1.01", 1, "found '1.01'"), ("efficiency: nan", 1, "found 'nan'"),
      ("efficiency: {nvlnk: 1}", 1, "field 'nvlnk': unknown, did you mean 'nvlink'?"),
      ("efficiency: 1e-10", 1, "field 'efficiency': found links whose payload gets too little"),
      ("\nhost-limit: 64", 2, "field 'host-limit': found '64', expected"),
      ("host-limit: 1 bit/s", 1, "expected a rate of 8 bit/s to 1 PB/s"),
      ("slow-links: 1", 1, "field 'slow-links': found '1', expected a list of mappings"),
      ("slow-links:\n  - 1", 2, "found '1', expected 'link', and one or more of"),
      ("slow-links:\n  - {link: leaf0>spine0}", 2, "field 'link': found it alone, expected one or more of"),
      ("slow-links:\n  - {rate: 1 Gbit/s}", 2, "field 'link': found nothing, expected a link's name such as"),
      (
        "slow-links:\n  - {link: laef0>spine0, factor: 0.5}", 2,
        "field 'link': found 'laef0>spine0', expected the name of a link as topology show prints it, such as"
          + " 'leaf0>spine0'"
      ),
      (
        "slow-links:\n  - {link: leaf0>spine0, factor: 2}", 2,
        "field 'factor': found '2', expected a number above 0"
      ),
      (
        "slow-links:\n  - {link: leaf0>spine0, latency: 2 us}", 2,
        "field 'latency': found '2 us', expected a time of 0"
      ),
      ("slow-links:\n  - {link: leaf0>spine0, latency: +2 s}", 2, "that is added, such as +2 us"),
      ("slow-links:\n  - link: leaf0>spine0\n    rate: 0 Gbit/s", 3, "field 'rate': found '0 Gbit/s'"),
      (
        "slow-links:\n  - {link: leaf0>spine0, latency: +1 s}", 1,
        "field 'slow-links': found links whose payload"
      ),
      (
        "failed-links: [leaf0>spine7]", 1,
        "field 'failed-links': found 'leaf0>spine7', expected the name of a link"
      ),
      ("failed-switches: [spin0]", 1, "expected the name of a switch such as 'spine0'"),
      ("failed-switches: [spine0, spine1]", 1, "field 'failed-switches': without what has failed,"),
      ("background: [{links: 'x*', load: 0.5}]", 1, "field 'links': found 'x*', expected the name of a link"),
      (
        "background: [{links: '*', load: 1}]", 1,
        "field 'load': found '1', expected a share of the link from 0"
      ),
      (
        "background:\n  - {links: '*', load: 0.5}\n  - {links: 'leaf*', load: 0.5}", 3,
        "field 'load': found loads of a link that add up to 1.0, expected less than 1"
      ),
      (
        "stragglers: [{ranks: 4, slowdown: 2}]", 1,
        "field 'ranks': found '4', expected ranks from 0 to 3 such as"
      ),
      ("stragglers: [{ranks: 2-1, slowdown: 2}]", 1, "field 'ranks': found '2-1'"),
      ("stragglers: [{ranks: -1, slowdown: 2}]", 1, "field 'ranks': found '-1'"),
      ("stragglers: [{ranks: '1,', slowdown: 2}]", 1, "field 'ranks': found '1,'"),
      ("stragglers: [{ranks: 1 2, slowdown: 2}]", 1, "field 'ranks': found '1 2'"),
      (
        "stragglers: [{ranks: 1, slowdown: 0.5}]", 1, "field 'slowdown': found '0.5', expected how many times"
      ),
      (
        "stragglers:\n- {ranks: 1, slowdown: 2}\n- {ranks: 0-2, slowdown: 2}", 3,
        "field 'ranks': found rank 1 again, expected each rank once"
      ),
      (
        "jitter: {delays: [1 us]}", 1,
        "field 'seed': found nothing, expected a whole number from 0 to 2^64 - 1"
      ),
      ("jitter: {delays: [1 us], seed: -1}", 1, "field 'seed': found '-1'"),
      (
        "jitter: {seed: 1}", 1, "field 'jitter': found neither 'delays' nor 'record', expected one of the two"
      ),
      (
        "jitter: {seed: 1, delays: [1 us], record: x}", 1,
        "found 'delays' and 'record', expected one of the two"
      ),
      ("jitter: {seed: 1, delays: []}", 1, "field 'delays': found an empty list, expected a list of times"),
      ("jitter:\n  seed: 1\n  delays:\n    - 1 us\n    - 2", 5, "field 'delays': found '2', expected a time"),
      ("jitter: {seed: 1, record: x.json}", 1, "field 'size': found nothing, expected a size such as 64 MiB"),
      ("jobs:\n  - {ranks: 2}", 2, "field 'collective': found nothing, expected one of"),
      (
        "jobs:\n  - {ranks: 2, collective: allreduce, algorithm: ring, size: 1 KiB}", 2,
        "field 'collective': found 'allreduce', expected 'all-reduce', or another one of"
      ),
      (
        "jobs:\n  - {ranks: 2, collective: reduce, algorithm: rong, size: 1 KiB}", 2,
        "expected 'ring', or another"
      ),
      (
        "jobs:\n  - {ranks: 2, collective: reduce, algorithm: ring, size: 1 K iB}", 2,
        "field 'size': found '1 K iB'"
      ),
      (
        "jobs:\n  - {ranks: 0, collective: reduce, algorithm: ring, size: 1 KiB}", 2, "field 'ranks': found 0"
      ),
      (
        "jobs:\n  - {ranks: 2, collective: reduce, algorithm: ring, size: 1 KiB, repeat: 0}", 2,
        "field 'repeat': found 0, expected a whole number from 1 to 1000"
      ),
      (
        "jobs:\n  - {ranks: 2, collective: reduce, algorithm: ring, size: 1 KiB, placement: here}", 2,
        "field 'placement': found 'here', expected a placement"
      ),
      (
        "jobs:\n  - {ranks: 2, collective: reduce, algorithm: ring, size: 1 KiB, start: 2 s}", 2,
        "field 'start': found '2 s', expected a time of 0 ns to 1 s"
      ),
      ("efficiency: &a 1", 1, "found an anchor"),
    ])
  func wrong(text: String, line: Int, message: String) {
    let error = #expect(throws: TopologyFileError.self) { _ = try read(text) }
    #expect(error?.line == line && error?.path == "today.yaml", "\(error?.description ?? "")")
    #expect(error?.message.contains(message) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("\n") == false)
  }
}
