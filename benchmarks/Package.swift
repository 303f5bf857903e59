// swift-tools-version: 6.2

import PackageDescription

// A package of its own, so that users of Syncline never build it.
let package = Package(
  name: "syncline-benchmarks",
  dependencies: [
    .package(name: "syncline", path: ".."),
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    .systemLibrary(name: "CMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"])]),
    .target(name: "CRing", dependencies: ["CMPI"]),
    .target(name: "CCycles"),
    .executableTarget(
      name: "ring-against-c", dependencies: ["CRing", .product(name: "SynclineKit", package: "syncline")],
      path: "Sources/RingAgainstC"),
    .executableTarget(
      name: "rdma-pair", dependencies: ["CCycles", .product(name: "SynclineKit", package: "syncline")],
      path: "Sources/RDMAPair"),
    .executableTarget(
      name: "Functions",
      dependencies: [
        .product(name: "Benchmark", package: "benchmark"), .product(name: "SynclineKit", package: "syncline"),
      ],
      path: "Benchmarks/Functions", plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
  ],
  swiftLanguageModes: [.v6]
)
