import Calibration
import Collectives
import Foundation
import Quantities
import Records
import Testing

@Suite("A machine model's file")
struct MachineModelFileTests {
  private func model() throws -> MachineModel {
    try fit(
      SyntheticMachine(host: twoRegimes, noise: 0.05, iterations: 7).record(
        [(.allReduce, .ring)], sizes: sweep))
  }

  @Test("gives back the model that was written")
  func roundTrip() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).json").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let model = try model()
    try model.write(to: path)
    #expect(try MachineModel.read(path) == model)
    #expect(try MachineModel.read(path).host == model.host)
  }

  @Test("that is cut short anywhere is refused")
  func truncated() throws {
    let data = try DocumentCoding.encode(model())
    for length in stride(from: 0, to: data.count - 2, by: 97) {
      #expect(throws: FileError.self) { _ = try MachineModel(parsing: data.prefix(length), path: "m.json") }
    }
  }

  @Test(
    "with something else in it is refused by name",
    arguments: [
      ("\"syncline.machine/1\"", "\"syncline.machine/9\"", "its schema is 'syncline.machine/9'"),
      ("\"syncline.machine/1\"", "\"syncline.record/1\"", "its schema is 'syncline.record/1'"),
      ("\"from_bytes\": 0", "\"from_bytes\": 1", "the first starts at 0"),
      ("\"processor_share\": 0", "\"processor_share\": 2", "processor_share is 2"),
      ("\"alpha_ps\": {\n        \"high\": ", "\"alpha_ps\": {\n        \"high\": -", "regimes[0].alpha_ps"),
      ("\"alpha_ps\": [", "\"alpha_ps\": [7,", "replicates[0].alpha_ps has 3 values"),
      (
        "\"message_bytes\": ", "\"message_bytes\": 1e300, \"other\": ",
        "residuals[0] has messages of 1e+300 bytes"
      ),
      ("\"regimes\": [", "\"regimes\": 7, \"other\": [", "regimes"),
    ])
  func wrongContents(found: String, replacement: String, message: String) throws {
    var text = String(decoding: try DocumentCoding.encode(model()), as: UTF8.self)
    let range = try #require(text.range(of: found))
    text.replaceSubrange(range, with: replacement)
    let error = #expect(throws: FileError.self) {
      _ = try MachineModel(parsing: Data(text.utf8), path: "m.json")
    }
    #expect(error?.kind == .contents)
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("\n") == false)
  }
}
