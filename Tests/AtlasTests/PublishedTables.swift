/// Tables of counts as they were published, each with its source.
enum PublishedTables {
  /// NVIDIA DGX SuperPOD reference architecture, H100, table 4.
  static let h100 = """
    SU,Nodes,GPUs,Leaf,Spine,Compute+UFM,Spine-Leaf
    1,31,248,8,4,252,256
    2,63,504,16,8,508,512
    3,95,760,24,16,764,768
    4,127,1016,32,16,1020,1024
    """

  /// NVIDIA DGX SuperPOD reference architecture, B200.
  static let b200 = """
    SU,Nodes,GPUs,Leaf,Spine,Core,Node-Leaf,Leaf-Spine,Spine-Core
    2,64,512,16,8,-,512,512,-
    4,128,"1,024",32,16,-,"1,024","1,024",-
    32,"1,024","8,192",256,256,128,"8,192","8,192","8,192"
    """

  /// NVIDIA DGX SuperPOD reference architecture, B300 on Spectrum-X Ethernet.
  static let b300 = """
    SU,Nodes,GPUs,Leaf,Spine,node-leaf cables,leaf-spine cables
    1,64,512,16,8,512,512
    2,128,1024,32,16,1024,1024
    """

  /// NVIDIA DGX SuperPOD reference architecture, B300 on XDR InfiniBand, without the row of 18 units.
  static let xdr = """
    SU,Nodes,GPUs,Leaf,Spine,node-leaf,leaf-spine
    1,72,576,8,4,576,576
    2,144,1152,16,8,1152,1152
    4,288,2304,32,18,2304,2304
    """

  /// The row of 18 units: 1,296 nodes of 8 GPUs are 10,368, and so many cables are counted.
  static let xdrOf18 = "18,\"1,296\",\"9,216\",144,72,\"10,368\",\"10,368\""

  /// DeepSeek, "Insights into DeepSeek-V3", ISCA 2025, table 3, without the Slim Fly's row.
  static let deepSeek = """
    topology,endpoints,switches,links,cost M$,k$/endpoint
    FT2,2048,96,2048,9,4.39
    MPFT,16384,768,16384,72,4.39
    FT3,65536,5120,131072,491,7.5
    DF,261632,16352,384272,1522,5.8
    """

  /// The Slim Fly's row: its counts are those of q = 28, which is no prime power.
  static let slimFly = "SF,32928,1568,32928,146,4.4"

  /// Al-Fares, Loukissas, Vahdat, SIGCOMM 2008.
  static let fatTrees = """
    k,hosts,switches,links,bisection links
    4,16,20,48,8
    16,1024,320,3072,512
    48,27648,2880,82944,13824
    64,65536,5120,196608,32768
    128,524288,20480,1572864,262144
    """

  /// Qian et al., "Alibaba HPN", SIGCOMM 2024: a pod.
  static let hpn = """
    segments,GPUs,ToR,Agg
    1,1024,16,120
    15,15360,240,120
    """
}
