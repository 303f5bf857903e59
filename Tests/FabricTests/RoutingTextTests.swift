import Fabric
import Quantities
import Testing

@Suite("Routings read back as they print")
struct RoutingTextTests {
  @Test(
    "Every form",
    arguments: [
      "d-mod-k", "d-mod-k,pxn", "d-mod-k,qps=8", "ecmp:7", "ecmp:7,polarised", "ecmp:7,qps=4",
      "ecmp:18446744073709551615,polarised,qps=256,pxn", "random:3", "random:3,qps=2", "flowlet:0",
      "flowlet:0,pxn", "adaptive", "adaptive,pxn", "spray", "spray,pxn", "table:a,b:c.txt",
    ])
  func roundTrip(text: String) throws {
    #expect(try Routing(parsing: text).description == text)
  }

  @Test("A seed that is not given is 0, and options may come in any order")
  func short() throws {
    #expect(try Routing(parsing: "random") == Routing(.random(seed: 0)))
    #expect(try Routing(parsing: "flowlet") == Routing(.flowlet(seed: 0)))
    #expect(try Routing(parsing: "ecmp,pxn,qps=2") == (try Routing(parsing: "ecmp:0,qps=2,pxn")))
    #expect(try Routing(parsing: "d-mod-k") == .destinationModulo)
  }

  @Test(
    "What is none is refused with what would be right",
    arguments: [
      ("adaptive:1", "d-mod-k, ecmp:SEED"), ("spray:", "d-mod-k, ecmp:SEED"),
      ("random:-1", "d-mod-k, ecmp:SEED"),
      ("", "d-mod-k, ecmp:SEED"), (",pxn", "d-mod-k, ecmp:SEED"), ("table:", "table:FILE"),
      ("ecmp:7,", "qps=COUNT, polarised or pxn"), ("ecmp:7,qp=4", "qps=COUNT, polarised or pxn"),
      ("ecmp:7,pxn=1", "qps=COUNT, polarised or pxn"), ("ecmp:7,qps=0", "1 to 256"),
      ("ecmp:7,qps", "1 to 256"),
      ("ecmp:7,qps=257", "1 to 256"), ("ecmp:7,qps=2,qps=3", "each option once"),
      ("spray,qps=4", "'qps' after ecmp"), ("flowlet:1,qps=4", "'qps' after ecmp"),
      ("d-mod-k,polarised", "'polarised' after ecmp"),
    ])
  func refused(text: String, expected: String) {
    let error = #expect(throws: QuantityError.self) { try Routing(parsing: text) }
    #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
  }
}
