// swift-tools-version: 6.2

import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .strictMemorySafety(),
]

/// A library room; `on` names the rooms below it, `using` the packages that it stands on.
func room(
  _ name: String, on rooms: [Target.Dependency] = [], using packages: [Target.Dependency] = [],
  plugins: [Target.PluginUsage] = []
) -> Target {
  .target(name: name, dependencies: rooms + packages, swiftSettings: settings, plugins: plugins)
}

func tests(of name: String, on rooms: [Target.Dependency]) -> Target {
  .testTarget(name: "\(name)Tests", dependencies: rooms, swiftSettings: settings)
}

let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let containers = Target.Dependency.product(name: "BasicContainers", package: "swift-collections")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let server = Target.Dependency.product(name: "FlyingFox", package: "FlyingFox")
let sockets = Target.Dependency.product(name: "FlyingSocks", package: "FlyingFox")
let yaml = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
  name: "syncline",
  products: [
    .executable(name: "syncline", targets: ["syncline"]),
    .library(
      name: "SynclineKit",
      targets: [
        "Quantities", "Statistics", "Collectives", "Fabric", "Records", "Transport", "MPITransport",
        "VerbsTransport", "Simulation", "Interchange", "Measurement", "Calibration", "Atlas", "Training",
      ]),
    // A part that builds in a minute, for those who only simulate.
    .library(
      name: "SynclineSimulation",
      targets: ["Quantities", "Statistics", "Collectives", "Fabric", "Simulation"]),
  ],
  traits: [
    .trait(name: "MPI", description: "Measure over MPI; needs Open MPI's headers and library."),
    .trait(
      name: "RDMA", description: "Measure over RDMA; needs the headers of libibverbs and librdmacm."),
    .default(enabledTraits: ["MPI", "RDMA"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
  ],
  targets: [
    // Floor 0: the ground.
    room("Quantities"),
    room("Statistics"),
    .target(name: "CPlatform"),
    .systemLibrary(
      name: "COpenMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev", "openmpi-bin"])]),
    .systemLibrary(name: "CVerbs", pkgConfig: "libibverbs", providers: [.apt(["libibverbs-dev"])]),
    .systemLibrary(name: "CRDMACM", pkgConfig: "librdmacm", providers: [.apt(["librdmacm-dev"])]),

    // Floor 1: what is moved, what it moves over, what is kept of it.
    room("Collectives", on: ["Quantities"]),
    room("Fabric", on: ["Quantities", "Statistics"], using: [heap, yaml]),
    room("Records", on: ["Quantities", "Statistics"], using: [crypto]),
    room("Transport", on: ["Quantities", "Collectives", "CPlatform"]),
    room(
      "Verbs",
      on: [
        "Quantities",
        .target(name: "CVerbs", condition: .when(traits: ["RDMA"])),
        .target(name: "CRDMACM", condition: .when(traits: ["RDMA"])),
      ]),

    // Floor 2: the executors, and other tools' files.
    room("Simulation", on: ["Quantities", "Collectives", "Fabric"]),
    room("Interchange", on: ["Quantities", "Collectives", "Fabric"], using: [yaml]),
    room(
      "MPITransport",
      on: [
        "Quantities", "Collectives", "Transport",
        .target(name: "COpenMPI", condition: .when(traits: ["MPI"])),
      ]),
    room(
      "VerbsTransport", on: ["Quantities", "Transport", "CPlatform", "Verbs"], using: [containers]),

    // Floor 3: what is learnt from a run.
    room(
      "Measurement",
      on: ["Quantities", "Statistics", "Collectives", "Records", "Transport", "CPlatform"]),
    room(
      "Calibration",
      on: ["Quantities", "Statistics", "Collectives", "Fabric", "Records", "Simulation"]),

    room("Atlas", on: ["Quantities", "Fabric"], using: [yaml]),

    // Floor 4: what follows from it.
    room(
      "Training",
      on: [
        "Quantities", "Statistics", "Collectives", "Fabric", "Records", "Simulation", "Calibration", "Atlas",
      ]),
    room(
      "Reports", on: ["Quantities", "Statistics", "Collectives", "Fabric", "Records", "Calibration"]),

    // Floor 5 and up: what a person sees.
    room(
      "Pages",
      on: [
        "Quantities", "Statistics", "Collectives", "Fabric", "Records", "Calibration", "Atlas", "Reports",
      ]),
    room(
      "Commands",
      on: [
        "Quantities", "Statistics", "Collectives", "Fabric", "Records", "Transport", "Simulation",
        "MPITransport", "Verbs", "VerbsTransport", "Interchange", "Measurement", "Calibration", "Atlas",
        "Training", "Reports", "Pages", "CPlatform",
      ],
      using: [arguments, yaml, server, sockets], plugins: ["BuiltFrom"]),
    .plugin(name: "BuiltFrom", capability: .buildTool()),
    .executableTarget(name: "syncline", dependencies: ["Commands"], swiftSettings: settings),

    // Proofs.
    tests(of: "Quantities", on: ["Quantities"]),
    tests(of: "Statistics", on: ["Statistics"]),
    tests(of: "Collectives", on: ["Collectives"]),
    tests(of: "Transport", on: ["Collectives", "Transport"]),
    tests(of: "VerbsTransport", on: ["Collectives", "Transport", "Verbs", "VerbsTransport"]),
    tests(of: "Measurement", on: ["Quantities", "Collectives", "Records", "Transport", "Measurement"]),
    tests(of: "Records", on: ["Quantities", "Records"]),
    tests(
      of: "Reports",
      on: [
        "Quantities", "Statistics", "Collectives", "Fabric", "Records", "Calibration", "Reports",
      ]),
    tests(
      of: "Training",
      on: [
        "Quantities", "Statistics", "Collectives", "Fabric", "Records", "Simulation", "Calibration", "Atlas",
        "Training",
      ]),
    tests(
      of: "Pages",
      on: [
        "Quantities", "Statistics", "Collectives", "Fabric", "Records", "Calibration", "Atlas", "Reports",
        "Pages",
      ]),
    tests(of: "Simulation", on: ["Quantities", "Statistics", "Collectives", "Fabric", "Simulation"]),
    tests(of: "Fabric", on: ["Fabric", "Quantities", "Statistics"]),
    .testTarget(
      name: "InterchangeTests", dependencies: ["Interchange", "Collectives", "Fabric", "Quantities"],
      exclude: ["Data"], swiftSettings: settings),
    tests(
      of: "Calibration",
      on: ["Quantities", "Statistics", "Collectives", "Fabric", "Records", "Simulation", "Calibration"]),
    tests(of: "Atlas", on: ["Quantities", "Fabric", "Atlas"]),
    tests(of: "Verbs", on: ["Quantities", "Verbs"]),
    tests(
      of: "Commands",
      on: [
        "Quantities", "Statistics", "Collectives", "Fabric", "Records", "Transport", "Verbs",
        "VerbsTransport", "Measurement", "Training", "Reports", "Pages", "Commands", "syncline", arguments,
      ]),
  ],
  swiftLanguageModes: [.v6]
)
