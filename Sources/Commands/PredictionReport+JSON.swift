import Collectives
import Fabric
import Quantities
import Records
import Simulation
import Transport

/// Predictions as programs read them.
extension PredictionReport {
  var json: String {
    var json = JSONText()
    json.object { json in
      json.field("schema", "syncline.prediction/1")
      json.field("collective", plan.collective.rawValue)
      json.field("algorithm", plan.algorithm.rawValue)
      json.field("ranks", plan.ranks)
      json.field("datatype", plan.type.rawValue)
      json.field("topology", plan.fabric.name)
      json.field("placement", plan.placement.description)
      json.field("routing", plan.routing.description)
      if let machine = plan.machine { json.field("machine", machine.path) }
      if let file = plan.conditions.file {
        json.key("conditions")
        json.object { json in
          json.field("file", file.path)
          json.key("summary")
          json.array(plan.conditions.conditions.summary) { json, line in json.value(line) }
        }
      }
      if let gap = plan.hostChanges.gap { json.field("gap_us", gap.microseconds) }
      if let rendezvous = plan.hostChanges.rendezvous { json.field("rendezvous_bytes", rendezvous.bytes) }
      if !plan.warnings.isEmpty {
        json.key("warnings")
        json.array(plan.warnings) { json, warning in json.value(warning) }
      }
      json.key("points")
      json.array(predictions.indices) { json, place in json.object { write(at: place, to: &$0) } }
      if let parameters {
        json.key("without_effect")
        json.array(parameters.idle) { json, idle in
          json.object { json in
            json.field("option", "--\(idle.parameter.rawValue)")
            json.field("value", idle.value)
            json.field("default", idle.byDefault)
          }
        }
        if !parameters.unknown.isEmpty {
          json.key("not_compared")
          json.array(parameters.unknown) { json, parameter in json.value("--\(parameter.rawValue)") }
        }
      }
      if let stopped {
        json.key("stopped")
        json.object { json in
          json.field("size_bytes", stopped.size.bytes)
          json.field("simulated_us", stopped.progress.now.microseconds)
          json.field("steps_done", stopped.progress.fraction)
          json.field("ranks_done", stopped.progress.ranksDone)
          json.field("events", stopped.progress.events)
        }
      }
    }
    return json.text
  }

  private func write(at place: Int, to json: inout JSONText) {
    let prediction = predictions[place]
    let figures = Figures(prediction, plan)
    json.field("size_bytes", prediction.size.bytes)
    json.field("count", prediction.count)
    json.field("minimum_us", figures.minimum)
    json.field("median_us", figures.median)
    json.field("p95_us", figures.p95)
    json.field("maximum_us", figures.maximum)
    if let interval = prediction.interval {
      json.field("low_us", interval.low.microseconds)
      json.field("high_us", interval.high.microseconds)
    }
    json.field("algbw_gb_per_s", figures.algorithmBandwidth)
    json.field("busbw_gb_per_s", figures.busBandwidth)
    json.field("bound_us", figures.bound)
    json.field("bound", prediction.bound.name)
    if let halves = prediction.outcome.halves, prediction.outcome.total > .zero {
      let seconds = prediction.outcome.total.seconds
      json.field("bisection_up_gb_per_s", halves.up / seconds / 1e9)
      json.field("bisection_down_gb_per_s", halves.down / seconds / 1e9)
    }
    if let breakdown = prediction.breakdown {
      json.key("breakdown")
      json.object { json in
        for part in TimeBreakdown.Part.allCases {
          json.field("\(part.fieldName)_ps", breakdown[part].picoseconds)
        }
      }
    }
    writeReplications(of: prediction, to: &json)
    writeNeighbours(of: prediction, to: &json)
    json.field("flows", prediction.outcome.flows)
    json.key("completions_ps")
    json.array(prediction.outcome.completions) { json, time in json.value(Int(time.picoseconds)) }
    json.key("busiest_links")
    json.array(links[place]) { json, link in
      json.object { json in
        json.field("id", plan.fabric.name(ofLink: link.index))
        json.field("bytes", link.bytes)
        json.field("utilisation", link.utilisation)
        json.field("pairs", link.users.count)
        json.key("first_pairs")
        json.array(link.users.prefix(Self.shownPairs)) { json, pair in
          json.object { json in
            for (end, number) in [("src", pair.from), ("dst", pair.to)] {
              if number < plan.ranks {
                json.field("\(end)_rank", number)
              } else {
                json.field("\(end)_switch", plan.name(ofParty: number))
              }
            }
          }
        }
      }
    }
  }
}
