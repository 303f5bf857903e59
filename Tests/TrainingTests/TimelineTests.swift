import Statistics
import Testing
import Training

@Suite("Two streams of a step")
struct TimelineTests {
  /// A backward pass of equal parts with a bucket after each.
  private func backward(parts: [Double], calls kind: Int = 0) -> Timeline {
    var timeline = Timeline()
    for (index, part) in parts.enumerated() {
      timeline.foreground.append(.init(.compute(part)))
      timeline.background.append(.init(.calls(kind: kind, count: 1), after: index))
    }
    return timeline
  }

  @Test("A bucket begins when its gradients are there and the one before is done")
  func firstComeFirstServed() {
    // Ready at 1, 2 and 4; 1.5 s each: 1 to 2.5, 2.5 to 4, 4 to 5.5. The pass ends at 4.
    let course = backward(parts: [1, 1, 2]).run(.init(times: [1.5]))
    #expect(course.background.map(\.start) == [1, 2.5, 4])
    #expect(course.background.map(\.end) == [2.5, 4, 5.5])
    #expect(course.waits == [0, 0, 1.5])
    #expect(course.exposed == [1.5])
    #expect(course.computing == 4)
    #expect(course.end == 5.5)
  }

  @Test("The end is that of the recursion f = max(r, f) + T", arguments: 0..<200)
  func recursion(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let parts = (0..<random.index(below: 20) + 1).map { _ in Double(random.index(below: 100)) / 8 }
    let time = Double(random.index(below: 100)) / 16
    let course = backward(parts: parts).run(.init(times: [time]))
    var (ready, end) = (0.0, 0.0)
    for part in parts {
      ready += part
      end = max(ready, end) + time
    }
    #expect(abs(course.end - max(end, ready)) < 1e-9)
    #expect(abs(course.exposed[0] - max(0, end - ready)) < 1e-9)
    // What is accounted for is all there is.
    #expect(abs(course.computing + course.bubble + course.exposed.reduce(0, +) - course.end) < 1e-9)
  }

  @Test("Streams in collectives slow each other down only while both are")
  func slowdowns() {
    var timeline = Timeline()
    timeline.foreground = [.init(.compute(1)), .init(.calls(kind: 0, count: 2)), .init(.compute(1))]
    timeline.background = [.init(.calls(kind: 1, count: 1))]
    // The background has done 1 of 3 s when the foreground's 2 s begin. At rates 1/2 and 1/4 those take 4 s, in which the
    // background does 1 s; the last second is at full rate, beside the foreground's last.
    let course = timeline.run(.init(times: [1, 3], slowdowns: [[1, 2], [4, 1]]))
    #expect(course.foreground.map(\.end) == [1, 5, 6])
    #expect(course.background.map(\.end) == [6])
    #expect(course.exposed == [4, 0])
  }

  @Test("A layer waits for its parameters")
  func waiting() {
    var timeline = Timeline()
    timeline.background = [.init(.calls(kind: 0, count: 1)), .init(.calls(kind: 0, count: 1), after: 0)]
    timeline.foreground = [.init(.compute(1), after: 0), .init(.compute(1), after: 1)]
    // Gathered at 3; computed 3 to 4; the second is gathered from 4 to 7.
    let course = timeline.run(.init(times: [3]))
    #expect(course.background.map(\.end) == [3, 7])
    #expect(course.end == 8)
    #expect(course.waits == [3, 3])
  }

  @Test("Calls that take no time leave the compute time alone")
  func infinitelyFast() {
    let course = backward(parts: [1, 2, 3]).run(.free(kinds: 1))
    #expect(course.end == 6)
    #expect(course.exposed == [0])
  }

  @Test("A slower network never makes a step shorter", arguments: 0..<100)
  func monotone(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var timeline = Timeline()
    for index in 0..<10 {
      timeline.foreground.append(.init(.compute(Double(random.index(below: 10)))))
      timeline.foreground.append(.init(.calls(kind: 0, count: Double(random.index(below: 4)))))
      timeline.background.append(.init(.calls(kind: 1, count: 1), after: 2 * index))
    }
    let (fast, slow) = (Double(random.index(below: 10)), Double(random.index(below: 10)) + 10)
    let slowdowns = [[1, 1.5], [1.5, 1]]
    let quick = timeline.run(.init(times: [fast, fast], slowdowns: slowdowns))
    let late = timeline.run(.init(times: [slow, slow], slowdowns: slowdowns))
    #expect(quick.end <= late.end)
  }
}
