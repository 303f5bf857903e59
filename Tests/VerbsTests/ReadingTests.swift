import Quantities
import Testing
import Verbs

@Suite("What a device says")
struct ReadingTests {
  @Test("A port's rate is its lanes times their speed, as sysfs has it")
  func rate() {
    // 4x EDR, 4x NDR, 2x HDR, 1x SDR, 8x FDR, 4x XDR.
    let cases: [(UInt8, Int, Double)] = [
      (2, 32, 100), (2, 128, 400), (16, 64, 100), (1, 1, 2.5), (4, 16, 112), (2, 256, 800),
    ]
    for (width, speed, gigabits) in cases {
      #expect(PortAttributes.rate(width: width, speed: speed) == .gigabits(gigabits))
    }
    #expect(PortAttributes.rate(width: 0, speed: 32) == nil)
    #expect(PortAttributes.rate(width: 2, speed: 512) == nil)
  }

  @Test("An error says the call, the device, the reason and what to know")
  func error() {
    #expect(
      VerbsError("ibv_create_qp", code: 22, device: "rxe0", detail: "9 sends").description
        == "ibv_create_qp on rxe0: Invalid argument (errno 22): 9 sends")
    #expect(VerbsError("address", code: 0, detail: "none").description == "address: none")
  }

  @Test("An event says what happened to what")
  func event() {
    #expect(AsyncEvent(.portDown, of: .port(1)).description == "port went down: port 1")
    #expect(AsyncEvent(.portDown, of: .port(1)).isFatal && !AsyncEvent(.portActive, of: .port(1)).isFatal)
    #expect(AsyncEvent(.queuePairFatal, of: .queuePair(17)).description == "queue pair failed: queue pair 17")
  }

  @Test("A connection's event says what its status means")
  func connectionEvent() {
    func text(_ kind: ConnectionEvent.Kind, _ status: Int32) -> String {
      ConnectionEvent(kind: kind, status: status, privateData: []).description
    }
    #expect(text(.rejected, 8) == "RDMA_CM_EVENT_REJECTED, status 8: nobody listens there")
    #expect(text(.unreachable, -110) == "RDMA_CM_EVENT_UNREACHABLE, status -110: Connection timed out")
    #expect(text(.established, 0) == "RDMA_CM_EVENT_ESTABLISHED")
  }
}
