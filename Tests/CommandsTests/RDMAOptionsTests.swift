import ArgumentParser
import Commands
import Testing
import VerbsTransport

@Suite("RDMA options, their other names, and NCCL's variables")
struct RDMAOptionsTests {
  /// Two ways to say the same, each unlike the default.
  struct Same: CustomTestStringConvertible, Sendable {
    let name: [String]
    let other: [String]
    let variables: [String: String]
    var testDescription: String { (other + variables.map { "\($0)=\($1)" }).joined(separator: " ") }

    init(_ name: String, _ other: String = "", _ variables: [String: String] = [:]) {
      self.name = name.split(separator: " ").map(String.init)
      self.other = other.split(separator: " ").map(String.init)
      self.variables = variables
    }
  }

  private func settings(
    _ arguments: [String], _ variables: [String: String] = [:]
  ) throws -> VerbsSettings {
    try RDMAOptions.parse(arguments).resolved(variables)
  }

  static let pairs = [
    Same("--device mlx5_0:1", "--ib-dev mlx5_0"), Same("--device mlx5_0:2", "--device mlx5_0 --ib-port 2"),
    Same("--device a:1,b:2", "", ["NCCL_IB_HCA": "=a:1,b:2"]),
    Same("--gid-index 3", "", ["NCCL_IB_GID_INDEX": "3"]),
    Same("--roce-version 1", "", ["NCCL_IB_ROCE_VERSION_NUM": "1"]),
    Same("--address-family ipv6", "", ["NCCL_IB_ADDR_FAMILY": "AF_INET6"]),
    Same("--traffic-class 106", "--tclass 106"), Same("--traffic-class 106", "--tos 106"),
    Same("--traffic-class 106", "", ["NCCL_IB_TC": "106"]),
    Same("--service-level 3", "--sl 3"), Same("--service-level 3", "", ["NCCL_IB_SL": "3"]),
    Same("--queue-pairs 4", "--qp 4"),
    Same("--queue-pairs 4", "", ["NCCL_IB_QPS_PER_CONNECTION": "4"]),
    Same("--send-depth 64", "--tx-depth 64"), Same("--completion-moderation 4", "--cq-mod 4"),
    Same("--inline-size 64", "--inline_size 64"),
    Same("--qp-timeout 18", "", ["NCCL_IB_TIMEOUT": "18"]),
    Same("--retry-count 5", "--retry_count 5"), Same("--retry-count 5", "", ["NCCL_IB_RETRY_CNT": "5"]),
    Same("--rnr-retry 3", "--rnr_retry 3"), Same("--min-rnr-timer 5", "--min_rnr_timer 5"),
    Same("--pkey 0x8001", "--pkey 32769"),
    Same("--pkey-index 1", "--pkey_index 1"), Same("--pkey-index 1", "", ["NCCL_IB_PKEY": "1"]),
    Same("--hop-limit 9", "--hop_limit 9"),
    Same("--relaxed-ordering off", "--disable_pcie_relaxed"),
    Same("--relaxed-ordering off", "", ["NCCL_IB_PCI_RELAXED_ORDERING": "0"]),
    Same("--rdma-cm", "--rdma_cm"),
  ]

  @Test("An option, its other name and NCCL's variable mean the same", arguments: pairs)
  func same(pair: Same) throws {
    let meant = try settings(pair.name)
    #expect(meant != VerbsSettings())
    #expect(try settings(pair.other, pair.variables) == meant)
  }

  @Test(
    "An option wins over the variable",
    arguments: [
      ("--device b", "NCCL_IB_HCA", "a"), ("--gid-index 3", "NCCL_IB_GID_INDEX", "1"),
      ("--roce-version 1", "NCCL_IB_ROCE_VERSION_NUM", "2"),
      ("--address-family ipv6", "NCCL_IB_ADDR_FAMILY", "AF_INET"), ("--traffic-class 8", "NCCL_IB_TC", "106"),
      ("--service-level 1", "NCCL_IB_SL", "3"), ("--queue-pairs 2", "NCCL_IB_QPS_PER_CONNECTION", "4"),
      ("--qp-timeout 8", "NCCL_IB_TIMEOUT", "18"), ("--retry-count 3", "NCCL_IB_RETRY_CNT", "5"),
      ("--pkey-index 2", "NCCL_IB_PKEY", "1"), ("--pkey 0x8001", "NCCL_IB_PKEY", "1"),
      ("--relaxed-ordering on", "NCCL_IB_PCI_RELAXED_ORDERING", "0"),
    ])
  func precedence(option: String, variable: String, value: String) throws {
    let arguments = option.split(separator: " ").map(String.init)
    #expect(try settings(arguments, [variable: value]) == settings(arguments))
    #expect(try settings([], [variable: value]) != settings(arguments))
  }

  @Test("A variable that is empty, or NCCL's -1 for no GID index, asks for nothing")
  func nothing() throws {
    let variables = ["NCCL_IB_HCA": "", "NCCL_IB_GID_INDEX": "-1", "NCCL_IB_TC": "", "NCCL_IB_PKEY": ""]
    #expect(try settings([], variables) == VerbsSettings())
  }

  @Test(
    "What can't be understood is refused in one line",
    arguments: [
      ("--device ^mlx5_2", "device '^mlx5_2': name the devices that are used"),
      ("--device a,a", "device 'a' is named twice"), ("--device a:b", "it is DEVICE or DEVICE:PORT"),
      ("--device a:0", "it is DEVICE or DEVICE:PORT"), ("--device a,,b", "device ''"),
      ("--ib-port 256 --device a", "it is DEVICE or DEVICE:PORT"),
      ("--pkey 0x10000", "--pkey '0x10000' is no key of 16 bits"),
      ("--pkey fast", "--pkey 'fast' is no key of 16 bits"),
      ("--pkey 0x8001 --pkey-index 0", "--pkey and --pkey-index exclude each other"),
      ("--rails some", "unknown way to share --rails 'some'"),
      ("--address-family ipv5", "unknown address family 'ipv5': did you mean 'ipv"),
      ("--relaxed-ordering maybe", "unknown setting of --relaxed-ordering 'maybe'"),
      ("--eager-limit 2M", "eager limit 2097152: 0 to 1048576"),
      ("--eager-limit big", "--eager-limit: 'big' is not a size"),
      ("--mtu 9000", "MTU 9000: it is 256, 512, 1024, 2048 or 4096"),
      ("--qp-timeout 40", "QP timeout 40: 1 to 31"), ("--rdma-cm --mtu 1024", "rdma_cm takes an MTU"),
    ])
  func refused(arguments: String, message: String) throws {
    let failure = #expect(throws: Failure.self) {
      try settings(arguments.split(separator: " ").map(String.init))
    }
    #expect(failure?.code == .usage && failure?.description.contains(message) == true, "\(failure as Any)")
  }

  @Test(
    "A variable's value that is no number is refused by its name",
    arguments: ["NCCL_IB_GID_INDEX", "NCCL_IB_TC", "NCCL_IB_TIMEOUT", "NCCL_IB_QPS_PER_CONNECTION"])
  func variable(name: String) throws {
    let failure = #expect(throws: Failure.self) { try settings([], [name: "many"]) }
    #expect(failure?.description == "\(name)=many: it is a whole number")
  }
}
