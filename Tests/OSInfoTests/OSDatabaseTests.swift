import Foundation
import Model
import OSInfo
import TestSupport
import Testing

@Suite("the database of operating systems of this machine")
struct OSDatabaseTests {
  @Test("knows a system by its short identifier, its other names and its URI")
  func knowsSystems() throws {
    let ids = ["debian11", "debianbullseye", "http://debian.org/debian/11"]
    let catalog = OSDatabase.shared.catalog(of: ids)
    for id in ids {
      let os = try #require(catalog.systems[id]?.profile, "\(id)")
      #expect(catalog.systems[id] == .known(os))
      #expect(os.shortID == "debian11")
      #expect(os.family == "linux")
      #expect(os.released == "2021-08-14")
      // What it has from the versions that it derives from.
      #expect(os.devices.isSuperset(of: [.virtio1Block, .virtio1Net, .q35]))
      #expect(os.minimum("x86_64").memory == 1 << 30)
      #expect(os.recommended("x86_64").storage == 20 << 30)
      #expect(os.lineage.first == "http://debian.org/debian/10")
    }
    #expect(catalog.database.hasPrefix("osinfo-db 20"))
  }

  @Test("tells drivers that Windows gets from a disc, and what firmware it starts from")
  func tellsDrivers() throws {
    let os = try #require(
      OSDatabase.shared.catalog(of: ["win11"]).systems["win11"]?.profile)
    #expect(os.isWindows)
    #expect(!os.devices.contains(.virtio1Block))
    #expect(os.brought("x86_64").isSuperset(of: [.virtio1Block, .virtio1Net]))
    #expect(os.drivers.contains { $0.isPreInstallable && $0.location.contains("virtio-win") })
    #expect(os.starts(from: "bios", "x86_64") == false)
    #expect(os.starts(from: "efi", "x86_64") == true)
  }

  /// Those that scenarios and rules are tried with.
  static let recorded = [
    "debian4", "debian11", "ubuntu22.04", "fedora37", "rhel6.9", "rhel7.9", "rhel9.0",
    "centos-stream9", "sles15sp4", "alpinelinux3.17", "freebsd9.0", "freebsd13.1", "openbsd7.0",
    "netbsd9.0", "winxp", "win7", "win10", "win11", "win2k22", "msdos6.22", "haikunightly",
  ]

  @Test("is recorded for other tests as it is")
  func isRecorded() throws {
    let catalog = OSDatabase.shared.catalog(of: Self.recorded)
    let systems = Self.recorded.compactMap { name -> OSProfile? in
      if case .known(let os)? = catalog.systems[name] { os } else { nil }
    }
    if ProcessInfo.processInfo.environment["VIRTSPEC_REGENERATE"] != nil {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      let written = try systems.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
      let text =
        "{\"database\":\"\(catalog.database)\",\"systems\":[\n"
        + written.joined(separator: ",\n") + "\n]}\n"
      try Data(text.utf8).write(to: URL(filePath: RecordedSystems.path))
      return
    }
    // Another database says other things; what was recorded stays.
    guard catalog.database == RecordedSystems.recorded.database else { return }
    #expect(systems.map(\.shortID).count == RecordedSystems.recorded.systems.count)
    for os in systems { #expect(RecordedSystems.system(os.shortID) == os) }
  }

  @Test("says what was meant, and what an unknown version comes after")
  func suggests() {
    let found = OSDatabase.shared.catalog(of: ["debain11", "fedora999", "nothing-like-it-at-all"])
    #expect(found.systems["debain11"] == .unknown(suggestion: "debian11"))
    guard case .older(let fedora)? = found.systems["fedora999"] else {
      Issue.record("\(String(describing: found.systems["fedora999"]))")
      return
    }
    #expect(fedora.distro == "fedora")
    #expect(found.systems["nothing-like-it-at-all"] == .unknown(suggestion: nil))
  }
}
