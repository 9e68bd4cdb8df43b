import Model
import TestSupport
import Testing

@testable import Manifest

@Suite("operating systems that manifests name")
struct OSCheckTests {
  /// What is said: severity, code, the line and column, and what is suggested or expected.
  private func said(_ guests: String..., only: Set<ObjectID>? = nil) -> [Diagnostic] {
    var loaded = LoadedManifests()
    ManifestLoader.add(Array((Sample.host + guests.joined()).utf8), file: "-", to: &loaded)
    let ids = loaded.documents.compactMap { $0.spec.record("os")?.string("id") }
    return OSCheck.diagnostics(loaded, RecordedSystems.catalog(of: ids), only: only)
  }

  @Test("that are known need no word")
  func known() {
    #expect(said(Sample.guest("os: debian11, memory: 1GiB, cpus: 1")).isEmpty)
    #expect(said(Sample.guest("os: 'http://debian.org/debian/11'")).isEmpty)
    #expect(said(Sample.guest("os: {id: debianbullseye, defaults: follow}")).isEmpty)
    #expect(said(Sample.guest("memory: 1MiB")).isEmpty)
  }

  @Test("and that nobody knows are errors with a place and the nearest name")
  func unknown() {
    let found = said(Sample.guest("os: debain11"))
    #expect(found.map(\.code) == ["unknown-os"])
    #expect(found.first?.severity == .error)
    #expect(found.first?.suggestion == "debian11")
    #expect(found.first?.place?.line == 4)
    #expect(said(Sample.guest("os: zzz")).first?.suggestion == nil)
  }

  @Test(
    "and that are newer than the database get the defaults of the version before, with a warning")
  func newer() {
    let found = said(Sample.guest("os: debian12"))
    #expect(found.map(\.severity) == [.warning])
    #expect(found.first?.message.contains("the defaults of Debian 11") == true)
    // There is nothing before it.
    #expect(said(Sample.guest("os: debian0.1")).first?.severity == .error)
  }

  @Test("are label only where there is no database, which is said once for each")
  func noDatabase() {
    var loaded = LoadedManifests()
    let text = Sample.host + Sample.guest("os: debian12, memory: 1MiB")
    ManifestLoader.add(Array(text.utf8), file: "-", to: &loaded)
    let catalog = OSCatalog(systems: ["debian12": .noDatabase("libosinfo cannot be loaded")])
    let found = OSCheck.diagnostics(loaded, catalog)
    #expect(found.map(\.code) == ["no-os-database"])
    #expect(found.map(\.severity) == [.warning])
    #expect(found.first?.place != nil)
  }

  @Test("need what their guests do not have: warnings where it stands")
  func shortages() {
    let found = said(
      Sample.guest(
        "os: win11, memory: 2GiB, cpus: 1, disks: [{name: sda, device: cdrom}, {name: vda, size: 20GiB}]"
      ))
    #expect(found.map(\.code) == ["under-minimum", "under-minimum", "under-minimum"])
    #expect(found.allSatisfy { $0.severity == .warning && $0.place != nil })
    #expect(found.map(\.expected) == ["at least 4GiB", "at least 2", "at least 64GiB"])
    #expect(
      said(Sample.guest("os: win11, memory: 4GiB, cpus: 2, disks: [{name: vda, size: 64GiB}]"))
        .isEmpty)
  }

  @Test("are looked at only of the guests that it is about")
  func only() {
    let other = ObjectID(host: "kvm-a", kind: .guest, name: "other")
    #expect(said(Sample.guest("os: debain11"), only: [other]).isEmpty)
  }
}
