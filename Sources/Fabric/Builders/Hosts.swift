public import Quantities

extension Fabric {
  /// What joins the GPUs of a host, or of a rack: each has one link to an NVSwitch.
  public struct NVLink: Sendable, Equatable {
    /// What a GPU sends, or receives, at the most.
    public let rate: Bandwidth
    /// From a GPU to the NVSwitch, or from there to a GPU.
    public let latency: Time

    /// A GPU's link to the NVSwitch.
    public init(rate: Bandwidth, latency: Time) { (self.rate, self.latency) = (rate, latency) }
  }
}

extension Blueprint {
  /// Adds hosts of GPUs, `host0.gpu0`, …, and the NVSwitches that join them.
  ///
  /// A host with one GPU has none, unless it shares it with other hosts.
  ///
  /// - Parameters:
  ///   - hostsPerDomain: hosts that share an NVSwitch: it is called `host0.nvswitch`, or `domain0.nvswitch` where
  ///     there are several.
  ///   - rail: the rail of a host's GPU; -1 for none.
  /// - Returns: the GPUs' nodes, host by host.
  mutating func addHosts(
    _ hosts: Int, gpusPerHost: Int, hostsPerDomain: Int = 1, nvLink: Fabric.NVLink,
    rail: (Int) -> Int = { $0 }
  ) -> [Int] {
    let inside = cableType(CableType(medium: .none))
    var gpus = [Int]()
    for first in stride(from: 0, to: hosts, by: hostsPerDomain) {
      let domain = gpus.count
      for host in first..<min(first + hostsPerDomain, hosts) {
        for gpu in 0..<gpusPerHost {
          gpus.append(addEndpoint("host\(host).gpu\(gpu)", host: host, rail: rail(gpu)))
        }
      }
      guard gpus.count - domain > 1 else { continue }
      let center =
        hostsPerDomain == 1
        ? addNVSwitch("host\(first).nvswitch", host: first)
        : addNVSwitch("domain\(first / hostsPerDomain).nvswitch")
      for gpu in gpus[domain...] {
        join(gpu, center, at: nvLink.rate, latency: nvLink.latency, cableType: inside)
      }
    }
    return gpus
  }

  /// Adds hosts whose GPUs have a rail each.
  mutating func addHosts(_ hosts: RailOptimized.Hosts, nvLink: Fabric.NVLink) -> [Int] {
    addHosts(hosts.count, gpusPerHost: hosts.gpusPerHost, hostsPerDomain: hosts.perDomain, nvLink: nvLink)
  }
}
