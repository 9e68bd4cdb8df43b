// swift-tools-version: 6.1
import PackageDescription

// The readers with the instructions for libFuzzer and the address sanitizer in them, apart from the real package,
// whose sources the links in Sources lead to. Its products are libraries because SwiftPM gives every executable a
// main function, and libFuzzer brings its own: `run` links the programs.

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
  name: "fuzzing",
  products: ["FuzzManifest", "FuzzDocument"].map {
    .library(name: $0, type: .static, targets: [$0])
  },
  dependencies: [.package(url: "https://github.com/apple/swift-collections", from: "1.6.0")],
  targets: [
    .systemLibrary(name: "CLibYAML", pkgConfig: "yaml-0.1"),
    .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0"),
    .target(name: "Crypto", swiftSettings: settings),
    .target(name: "Model", dependencies: ["Crypto"], swiftSettings: settings),
    .target(
      name: "Manifest",
      dependencies: [
        "Model", "CLibYAML", .product(name: "OrderedCollections", package: "swift-collections"),
      ], swiftSettings: settings),
    .target(name: "LibvirtXML", dependencies: ["Model", "CLibXML2"], swiftSettings: settings),
    .target(name: "FuzzManifest", dependencies: ["Manifest"], swiftSettings: settings),
    .target(name: "FuzzDocument", dependencies: ["LibvirtXML", "Model"], swiftSettings: settings),
  ]
)
