// swift-tools-version: 6.2

import PackageDescription

// A package of its own, so that users of Syncline never build it.
let package = Package(
  name: "syncline-fuzz",
  dependencies: [.package(name: "syncline", path: "..", traits: [])],
  targets: [
    .executableTarget(
      name: "fuzz", dependencies: [.product(name: "SynclineSimulation", package: "syncline")],
      swiftSettings: [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .strictMemorySafety(),
      ])
  ],
  swiftLanguageModes: [.v6]
)
