import Fabric
import Foundation
import Statistics

// Draws cases until the time is over; each is a number, and that number draws the same case again.
//
//     fuzz replays SECONDS [FIRST-CASE [CASES]]      whatever is drawn, the laws of a replay hold
//     fuzz topologies SECONDS [FIRST-CASE [CASES]]   whatever a topology file says, it is read or refused
//
// Exits with 1 if a law was broken. A crash leaves the case's number in the file that FUZZ_CASE_FILE names.

let arguments = CommandLine.arguments.dropFirst()
let numbers = arguments.dropFirst().map { UInt64($0) }
guard let target = arguments.first.flatMap({ Target(rawValue: $0) }), (1...3).contains(numbers.count),
  numbers.allSatisfy({ $0 != nil })
else {
  FileHandle.standardError.write(Data("usage: fuzz replays|topologies SECONDS [FIRST-CASE [CASES]]\n".utf8))
  exit(64)
}
let given = numbers.compactMap(\.self)
let first = given.count > 1 ? given[1] : UInt64.random(in: 0..<1 << 48)
let limit = given.count > 2 ? given[2] : .max
let caseFile = ProcessInfo.processInfo.environment["FUZZ_CASE_FILE"]
  .flatMap { FileHandle(forWritingAtPath: $0) }

let clock = ContinuousClock()
let start = clock.now
let end = start + .seconds(Int64(given[0]))
var (tally, failures, done) = (Tally(isVerbose: limit == 1), 0, UInt64(0))
while done < limit, clock.now < end, failures < 10 {
  let number = first &+ done
  if let caseFile {
    caseFile.seek(toFileOffset: 0)
    caseFile.write(Data("\(number)                    \n".utf8))
  }
  var random = SplitMix64(seed: number)
  for failure in target.breaches(drawing: &random, &tally) {
    print("\(target.rawValue) case \(number): \(failure)")
    failures += 1
  }
  done += 1
}
let seconds = (clock.now - start) / .seconds(1)
print(
  "\(target.rawValue): \(done) cases from \(first) on, \(Int(Double(done) / max(seconds, 1e-9))) a second;"
    + " \(tally); \(failures == 0 ? "no" : "\(failures)") failures")
exit(failures == 0 ? 0 : 1)
