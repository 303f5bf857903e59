public import Quantities

extension Record {
  /// Where, when and by what a record was made.
  public struct Environment: Sendable, Equatable, Codable {
    /// The command and its arguments.
    public var command: [String]
    /// When the run started, ISO 8601, UTC.
    public var started: String
    /// Syncline's version.
    public var version: String
    /// The commit that it was built from, where known.
    public var commit: String?
    /// The hosts that took part, in the order of their first rank; one for a simulation.
    public var hosts: [Host]
    /// Where each rank ran; empty for a simulation.
    public var placement: [Placement]
    /// `mpi`, `verbs`, `in-process`, or `simulation`.
    public var transport: String
    /// The library behind the transport, with its version.
    public var library: String?
    /// How RDMA connections were made and used; nil for other transports.
    public var rdma: RDMA?
    /// How the run was asked to warm up and to stop, in words.
    public var sampling: String?
    /// What a simulation ran on; nil for a measurement.
    public var simulation: Simulated?
    /// Anything that a reviewer should know before quoting: a debug build, more ranks than processors.
    public var warnings: [String]
    /// The files that the run read, each with its digest; nil in records of earlier versions.
    public var inputs: [Input]?

    /// An environment; what does not apply stays empty.
    public init(
      command: [String], started: String, version: String, commit: String?, hosts: [Host],
      placement: [Placement],
      transport: String, library: String? = nil, rdma: RDMA? = nil, sampling: String? = nil,
      simulation: Simulated? = nil, warnings: [String] = [], inputs: [Input]? = nil
    ) {
      (self.command, self.started, self.version, self.commit) = (command, started, version, commit)
      (self.hosts, self.placement, self.transport, self.library) = (hosts, placement, transport, library)
      (self.rdma, self.sampling, self.simulation, self.warnings) = (rdma, sampling, simulation, warnings)
      self.inputs = inputs
    }
  }

  /// A file that a run read.
  public struct Input: Sendable, Equatable, Codable {
    /// What it was for.
    ///
    /// `topology`, `machine`, `conditions`, `workload`, `prices`, `record` and so on.
    public var role: String
    /// Its path as it was given.
    public var path: String
    /// SHA-256 of its bytes.
    public var digest: String

    /// A file, by what it was for.
    public init(role: String, path: String, digest: String) {
      (self.role, self.path, self.digest) = (role, path, digest)
    }

    enum CodingKeys: String, CodingKey {
      case role, path
      case digest = "sha256"
    }
  }

  /// One machine.
  public struct Host: Sendable, Equatable, Codable {
    /// Its name.
    public var name: String
    /// The operating system's kernel and release.
    public var kernel: String
    /// The processor's model.
    public var processor: String
    /// Processors that the system shows.
    public var processors: Int
    /// Main memory.
    public var memory: ByteCount
    /// RDMA devices with their firmware and port state; empty for none.
    public var nics: [String]

    /// A machine as it was found.
    public init(
      name: String, kernel: String, processor: String, processors: Int, memory: ByteCount, nics: [String]
    ) {
      (self.name, self.kernel, self.processor) = (name, kernel, processor)
      (self.processors, self.memory, self.nics) = (processors, memory, nics)
    }

    enum CodingKeys: String, CodingKey {
      case name, kernel, processor, processors
      case memory = "memory_bytes"
      case nics
    }
  }

  /// Where one rank ran.
  public struct Placement: Sendable, Equatable, Codable {
    /// The rank.
    public var rank: Int
    /// The host's place in `hosts`.
    public var host: Int
    /// Processors that the rank was bound to, as `0-3,8`.
    public var processors: String
    /// The RDMA device ports that its messages went through, with MTU and GID; nil where the transport doesn't tell.
    public var rails: [String]?

    /// A rank's place.
    public init(rank: Int, host: Int, processors: String, rails: [String]? = nil) {
      (self.rank, self.host, self.processors, self.rails) = (rank, host, processors, rails)
    }
  }

  /// What a simulation ran on.
  public struct Simulated: Sendable, Equatable, Codable {
    /// The fabric's name.
    public var topology: String
    /// SHA-256 of the topology file's bytes.
    public var topologyDigest: String
    /// `packed`, `scattered`, `random:SEED` or `file:PATH`.
    public var placement: String
    /// `ecmp:SEED` or `d-mod-k`.
    public var routing: String
    /// The machine model's file, where one was used.
    public var machine: String?
    /// SHA-256 of the machine model's bytes.
    public var machineDigest: String?
    /// The file of conditions, where the network wasn't as planned.
    public var conditions: String?
    /// SHA-256 of that file's bytes.
    public var conditionsDigest: String?

    /// A simulation's inputs.
    public init(
      topology: String, topologyDigest: String, placement: String, routing: String, machine: String?,
      machineDigest: String?, conditions: String? = nil, conditionsDigest: String? = nil
    ) {
      (self.topology, self.topologyDigest, self.placement) = (topology, topologyDigest, placement)
      (self.routing, self.machine, self.machineDigest) = (routing, machine, machineDigest)
      (self.conditions, self.conditionsDigest) = (conditions, conditionsDigest)
    }

    enum CodingKeys: String, CodingKey {
      case topology
      case topologyDigest = "topology_digest"
      case placement, routing, machine
      case machineDigest = "machine_digest"
      case conditions
      case conditionsDigest = "conditions_digest"
    }
  }
}
