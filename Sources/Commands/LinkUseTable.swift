import Fabric
import Reports
import Simulation

/// What every link of a simulation carried, one line each: `link,bytes,utilisation`.
///
/// The utilisation is the share of what the link could have carried until the last rank of all jobs was done.
struct LinkUseTable: CustomStringConvertible {
  private var table = CommaSeparated(["link", "bytes", "utilisation"])

  init(_ outcome: Outcome, on fabric: Fabric) {
    for (index, use) in outcome.links.enumerated() {
      let share = use.utilisation(of: fabric.links[index].bandwidth, until: outcome.end)
      table.addRow([fabric.name(ofLink: index), "\(use.bytes)", "\(share)"])
    }
  }

  var description: String { table.description }
}
