import Quantities

/// The rates of InfiniBand's ports: lanes by speed.
enum PortRate {
  /// What a lane carries of data, in Gbit/s, after its line code (8b/10b up to QDR, 64b/66b and forward error correction from there).
  ///
  /// - Source: InfiniBand Architecture Specification, volume 1 and 2; roadmap of the InfiniBand Trade Association.
  static let lanes: [(name: String, gigabits: Double)] = [
    ("SDR", 2), ("DDR", 4), ("QDR", 8), ("FDR10", 10), ("FDR", 14.0625 * 64 / 66), ("EDR", 25), ("HDR", 50),
    ("NDR", 100), ("XDR", 200),
  ]

  static let widths = [4, 1, 2, 8, 12]

  /// The rate that `4xNDR` stands for, or nil for what is none.
  static func rate(of text: Substring) -> Bandwidth? {
    let parts = text.split(separator: "x", maxSplits: 1)
    guard parts.count == 2, let width = Int(parts[0]), widths.contains(width),
      let lane = lanes.first(where: { $0.name == parts[1].uppercased() })
    else { return nil }
    return .gigabits(Double(width) * lane.gigabits)
  }

  /// The port of exactly that rate, of four lanes where there is one; nil where there is none.
  static func port(of rate: Bandwidth) -> String? {
    for width in widths {
      for lane in lanes.reversed() where Bandwidth.gigabits(Double(width) * lane.gigabits) == rate {
        return "\(width)x\(lane.name)"
      }
    }
    return nil
  }
}
