#if RDMA
  import Foundation
  import Testing
  import Verbs

  extension OnADevice {
    @Suite("What a device says unasked")
    struct EventTests {
      /// The next event of this kind within five seconds; others are passed over.
      private func next(_ kind: AsyncEvent.Kind, of context: borrowing Context) throws -> AsyncEvent {
        let end = ContinuousClock.now + .seconds(5)
        var seen: [AsyncEvent] = []
        while ContinuousClock.now < end {
          if let event = context.nextEvent() {
            if event.kind == kind { return event }
            seen.append(event)
          } else {
            var waited = pollfd(fd: context.eventDescriptor, events: Int16(POLLIN), revents: 0)
            _ = unsafe poll(&waited, 1, 100)
          }
        }
        throw Missing(what: "\(kind), only \(seen)")
      }

      @Test("A port that goes down and comes back is heard of", .enabled(if: getuid() == 0, "needs root"))
      func linkDown() throws {
        let context = try Context(device: device())
        let gids = try context.gids(port: 1)
        let interface = try #require(gids.compactMap(\.interface).first)
        #expect(context.nextEvent() == nil)
        _ = try output(of: "/usr/bin/ip", "link", "set", interface, "down")
        #expect(try next(.portDown, of: context) == AsyncEvent(.portDown, of: .port(1)))
        #expect(try context.port(1).state == .down)
        _ = try output(of: "/usr/bin/ip", "link", "set", interface, "up")
        #expect(try next(.portActive, of: context) == AsyncEvent(.portActive, of: .port(1)))
        #expect(try context.port(1).state == .active)
      }
    }
  }
#endif
