import Fabric
import Quantities

extension BisectionReport {
  /// All figures, for machines.
  var json: String {
    var json = JSONText()
    json.object { json in
      json.field("name", name)
      json.field("endpoints", endpoints)
      TopologyBisectionCommand.write(rated, to: &json)
      Self.write(cut, to: &json)
      writeRails(to: &json)
      json.key("effective_bisection")
      json.array(routed) { json, one in
        json.object { json in Self.write(one.effective, to: &json) }
      }
      json.key("shift_permutations")
      json.array(routed) { json, one in
        json.object { json in
          json.field("routing", one.routing.description)
          json.field("looked_at", one.shifts.count)
          json.field("all", one.shifts.all)
          json.field("mean_fraction", one.shifts.mean)
          Self.write(one.shifts.best, as: "best", to: &json)
          Self.write(one.shifts.worst, as: "worst", to: &json)
        }
      }
      json.key("worst_permutation_found")
      json.array(routed) { json, one in
        json.object { json in
          json.field("routing", one.routing.description)
          json.field("seed", one.worst.seed)
          json.field("tries", one.worst.tries)
          json.field("fraction", one.worst.fraction)
          json.field("worst_flow_fraction", one.worst.worstFlow)
          json.field("worst_link_flows", one.worst.worstLoad)
        }
      }
      json.key("degraded")
      json.array(degraded) { json, one in write(one, to: &json) }
    }
    return json.text
  }

  private static func write(_ cut: MinimumCut, to json: inout JSONText) {
    json.key("minimum_cut")
    json.object { json in
      json.field("low_bytes_per_second", cut.low.bytesPerSecond)
      json.field("high_bytes_per_second", cut.high.bytesPerSecond)
      json.field("low_fraction", cut.fraction.low)
      json.field("high_fraction", cut.fraction.high)
      json.field("bound", cut.bound.rawValue)
    }
  }

  private func writeRails(to json: inout JSONText) {
    guard let rails else { return json.field("across_rails", nil as Double?) }
    json.key("across_rails")
    json.object { json in
      json.field("rails", rails.rails)
      json.field("bytes_per_second", rails.network.bytesPerSecond)
      json.field("fraction", rails.fraction)
      json.field("nvlink_bytes_per_second", rails.nvLink.bytesPerSecond)
    }
  }

  private static func write(_ effective: EffectiveBisection, to json: inout JSONText) {
    json.field("routing", effective.routing.description)
    json.field("patterns", effective.patterns)
    json.field("seed", effective.seed)
    json.field("fraction", effective.fraction)
    json.field("margin_95", effective.margin)
    json.field("fair_fraction", effective.fairFraction)
    json.field("fair_margin_95", effective.fairMargin)
    json.field("bytes_per_second_per_endpoint", effective.bandwidth.bytesPerSecond)
    json.field("first_percentile_fraction", effective.firstPercentile)
    json.field("worst_flow_fraction", effective.worstFlow)
    json.field("worst_link_flows", effective.worstLoad)
  }

  private static func write(_ shift: ShiftPermutations.Shift, as key: String, to json: inout JSONText) {
    json.key(key)
    json.object { json in
      json.field("distance", shift.distance)
      json.field("fraction", shift.fraction)
      json.field("worst_flow_fraction", shift.worstFlow)
    }
  }

  /// One loss; `error` says why nothing could be measured.
  private func write(_ one: Degraded, to json: inout JSONText) {
    json.object { json in
      json.field("lost", one.loss.description)
      switch one.outcome {
      case .success(let left):
        TopologyBisectionCommand.write(left.rated, to: &json)
        Self.write(left.cut, to: &json)
        json.key("effective_bisection")
        json.array(zip(routed, left.effective)) { json, pair in
          json.object { json in
            Self.write(pair.1, to: &json)
            json.field("part_of_whole", pair.1.part(of: pair.0.effective))
          }
        }
      case .failure(let error): json.field("error", "\(error)")
      }
    }
  }
}
