import Fabric

/// Fabrics of each kind that are small enough to try everything on.
enum SmallFabrics {
  private static let texts = [
    "single": """
    builder: single-switch
    hosts: 6
    rate: 1 GB/s
    """,
    "oversubscribed": """
    builder: leaf-spine
    leaves: 2
    hosts-per-leaf: 2
    spines: 1
    host-rate: 2 GB/s
    uplink-rate: 1 GB/s
    """,
    "pods": """
    builder: leaf-spine
    pods: 2
    leaves: 2
    hosts-per-leaf: 2
    spines: 2
    oversubscription: 1
    cores: 2
    spine-oversubscription: 2
    host-rate: 2 GB/s
    uplink-rate: 2 GB/s
    """,
    "rails": """
    builder: rail-optimized
    hosts: 4
    gpus-per-host: 2
    hosts-per-unit: 2
    rate: 1 GB/s
    nvlink-rate: 10 GB/s
    nvlink-latency: 20 ns
    """,
    "domain": """
    builder: nvlink-domain
    nvlink-rate: 9 GB/s
    nvlink-latency: 20 ns
    hosts-per-domain: 3
    gpus-per-host: 2
    """,
    "torus": """
    builder: torus
    dimensions: [3, 2]
    rate: 1 GB/s
    """,
  ]

  /// Their names, in order.
  static let names = texts.keys.sorted()

  static func named(_ name: String, latencies: String = "link-latency: 30 ns\nswitch-latency: 50 ns") throws
    -> Fabric
  {
    var text = "name: \(name)\n" + (texts[name] ?? "")
    if name != "domain" { text += "\n" + latencies }
    return try Topology(parsing: text).fabric
  }
}
