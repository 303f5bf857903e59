import Foundation
import Quantities
import Records
import Testing
import Training

@Suite("Goodput and runs")
struct GoodputTests {
  private static func failures(_ hours: Double, checkpoint: Double, restart: Double) -> Failures {
    Failures(
      gpuMeanTime: LongTime(seconds: hours * 3_600), checkpoint: LongTime(seconds: checkpoint),
      restart: LongTime(seconds: restart))
  }

  @Test("A worked example")
  func example() throws {
    // 50,000 h / 16,384 = 10,986 s between failures; √(2 × 60 × 10,986) = 1,148 s between checkpoints;
    // lost: √(120 / 10,986) + 600 / 10,986 = 0.1045 + 0.0546.
    let goodput = try Goodput(Self.failures(50_000, checkpoint: 60, restart: 600), gpus: 16_384)
    #expect(abs(goodput.meanTimeBetweenFailures - 10_986.3) < 0.1)
    #expect(abs(goodput.checkpointInterval - 1_148.2) < 0.1)
    #expect(abs(goodput.share - 0.84087) < 1e-5)
  }

  @Test("No other time between checkpoints loses less", arguments: [0.5, 0.9, 1.1, 2])
  func optimum(factor: Double) throws {
    let goodput = try Goodput(Self.failures(50_000, checkpoint: 60, restart: 1e-9), gpus: 8_192)
    func lost(_ interval: Double) -> Double { 60 / interval + interval / 2 / goodput.meanTimeBetweenFailures }
    #expect(abs(lost(goodput.checkpointInterval) - (1 - goodput.share)) < 1e-12)
    #expect(lost(factor * goodput.checkpointInterval) > lost(goodput.checkpointInterval))
  }

  @Test("A job that fails before it is back is refused in words")
  func refused() {
    #expect {
      try Goodput(Self.failures(50_000, checkpoint: 60, restart: 600), gpus: 1_000_000)
    } throws: { error in
      "\(error)".hasPrefix("field 'failures': found a failure every 3 min on 1000000 GPUs")
    }
  }

  @Test("A run takes its steps at the goodput's share, and carries the interval")
  func run() throws {
    let step = StepRecord.Figure(10, low: 9, high: 12)
    let goodput = try Goodput(Self.failures(50_000, checkpoint: 60, restart: 600), gpus: 16_384)
    let run = StepRecord.Run(tokens: 1e9 + 1, tokensPerStep: 4_000_000, step: step, goodput: goodput)
    #expect(run.steps == 251)
    #expect(abs(run.time.value * goodput.share - 2_510) < 1e-9)
    #expect(abs((run.time.low ?? 0) * goodput.share - 251 * 9) < 1e-9)
    #expect(abs((run.time.high ?? 0) * goodput.share - 251 * 12) < 1e-9)
    let plain = StepRecord.Run(tokens: 4e6, tokensPerStep: 4_000_000, step: .init(3), goodput: nil)
    #expect(plain.time == .init(3) && plain.goodput == 1 && plain.checkpointInterval == nil)
  }
}
