// swift-tools-version: 6.1
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
]

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let orderedCollections = Target.Dependency.product(
  name: "OrderedCollections", package: "swift-collections")

/// One room of the design: a library target whose arrows point only towards `dependencies`.
func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

let package = Package(
  name: "virtspec",
  products: [.executable(name: "virtspec", targets: ["virtspec"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
  ],
  targets: [
    .systemLibrary(name: "CGlibc"),
    .systemLibrary(name: "CLibvirt", pkgConfig: "libvirt", providers: [.apt(["libvirt-dev"])]),
    .systemLibrary(name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
    // Loads libvirt when it is first needed, beside the reading of the manifests: the loader takes 7 ms for it.
    .target(name: "CLibvirtLoader", dependencies: ["CLibvirt"], exclude: ["as-needed.cfg"]),
    // Loaded when the first image is fetched or unpacked, or the first disc is made: nobody else pays for them.
    .target(name: "CLibCurl"),
    .target(name: "CLibArchive"),
    // libosinfo is opened by dlopen when it is first needed: nothing of it is linked.
    .target(name: "CLibOSInfo"),
    room("Model", [.product(name: "Crypto", package: "swift-crypto")]),
    room("Manifest", ["Model", "CLibYAML", orderedCollections]),
    room("LibvirtXML", ["Model", "CLibXML2"]),
    room(
      "Planning", ["Model", .product(name: "OrderedCollections", package: "swift-collections")]),
    room("Execution", ["Planning", "CGlibc", logging]),
    room("OSInfo", ["Model", "CLibOSInfo"]),
    room("Images", ["Execution", "CLibCurl", "CLibArchive"]),
    room("Media", ["Model", "CLibArchive"]),
    room("Libvirt", ["Execution", "LibvirtXML", "Media", "CLibvirt", "CLibvirtLoader"]),
    room("Reporting", ["Planning", "Execution", orderedCollections]),
    room(
      "Commands",
      [
        "Manifest", "Planning", "Execution", "Images", "Libvirt", "LibvirtXML", "OSInfo",
        "Reporting", "CGlibc", logging,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(name: "virtspec", dependencies: ["Commands"], swiftSettings: settings),
    .executableTarget(
      name: "virtspec-bench", dependencies: ["Manifest", "Planning", "LibvirtXML"],
      path: "Benchmarks/PlanFromMemory", swiftSettings: settings),
    .executableTarget(
      name: "virtspec-fleet-bench", dependencies: ["Commands", "TestSupport"],
      path: "Benchmarks/Fleet", swiftSettings: settings),
    room("TestSupport", ["Execution", "LibvirtXML", "Manifest", "Reporting", "CLibXML2"]),
    tests("ModelTests", ["Model"]),
    tests("ManifestTests", ["Manifest", "TestSupport"], exclude: ["schema-check.py"]),
    tests("LibvirtXMLTests", ["LibvirtXML", "TestSupport"]),
    tests("PlanningTests", ["Planning", "TestSupport"]),
    tests("ExecutionTests", ["Execution", "TestSupport"]),
    tests("ImagesTests", ["Images", "TestSupport"]),
    tests("LibvirtTests", ["Libvirt", "Media", "TestSupport"]),
    tests("OSInfoTests", ["OSInfo", "TestSupport"]),
    tests(
      "CommandsTests",
      ["Commands", "Libvirt", "LibvirtXML", "Manifest", "Reporting", "TestSupport"],
      exclude: ["Doctor", "SpecsPrepared", "foreign-network.xml"]),
  ]
)
