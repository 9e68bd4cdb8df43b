import Model

/// The operating systems that guests name are known, and the guests have what these need.
///
/// Not one of the checks that every command makes: it takes libosinfo's database, which is read where a guest is new or
/// where only manifests are looked at.
public enum OSCheck {
  /// - Parameter only: the guests that it is about; nil for all.
  public static func diagnostics(
    _ loaded: LoadedManifests, _ catalog: OSCatalog, only: Set<ObjectID>? = nil
  ) -> [Diagnostic] {
    let manifests = ManifestSet(loaded.documents)
    var found: [Diagnostic] = []
    for guest in manifests.placed
    where guest.id.kind == .guest && only.map({ $0.contains(guest.id) }) ?? true {
      guard let id = guest.spec.record("os")?.string("id"), let lookup = catalog.systems[id]
      else { continue }
      found += check(guest, id, lookup, catalog.database)
    }
    // One manifest may be for many hosts, and one class for many guests.
    var seen: Set<Diagnostic> = []
    return found.filter { seen.insert($0).inserted }
  }

  private static func check(
    _ guest: Placed, _ id: String, _ lookup: OSLookup, _ database: String
  ) -> [Diagnostic] {
    let place = guest.place(.field("os"), .field("id"))
    switch lookup {
    case .known(let os): return shortages(guest, os)
    case .older(let os):
      return [
        Diagnostic(
          .warning, code: "unknown-os",
          "\(database) does not know '\(id)' yet; the guest gets the defaults of \(os.name)",
          at: place, expected: "a newer database: 'osinfo-db-import --latest' brings one")
      ] + shortages(guest, os)
    case .unknown(let suggestion):
      return [
        Diagnostic(
          code: "unknown-os", "\(database) knows no operating system '\(id)'", at: place,
          expected: "a short identifier such as debian11 or win10, or its URI",
          suggestion: suggestion
        )
      ]
    case .noDatabase(let problem):
      return [
        Diagnostic(
          .warning, code: "no-os-database",
          "nothing is known of '\(id)', so that it decides on nothing: \(problem)", at: place,
          expected: "the packages libosinfo-1.0-0 and osinfo-db")
      ]
    }
  }

  /// What the guest declares and what is less than its operating system needs.
  private static func shortages(_ guest: Placed, _ os: OSProfile) -> [Diagnostic] {
    let minimum = os.minimum(guest.spec.string("arch") ?? "x86_64")
    var found: [Diagnostic] = []
    func short(_ what: String, _ needed: String, _ path: PathPart...) {
      found.append(
        Diagnostic(
          .warning, code: "under-minimum", "\(what) is less than \(os.name) needs",
          at: guest.place(of: path), expected: "at least \(needed)"))
    }
    let memory = guest.spec.record("memory")?.integer("size")
    if let memory, let least = minimum.memory, memory < least {
      short(
        "\(Quantity.sizeText(memory)) of memory", Quantity.sizeText(least), .field("memory"),
        .field("size"))
    }
    let cpus = guest.spec.record("cpus")?.integer("count")
    if let cpus, let least = minimum.cpus, cpus < least {
      short(cpus == 1 ? "1 CPU" : "\(cpus) CPUs", "\(least)", .field("cpus"), .field("count"))
    }
    // The system is on the first disk.
    let disks = guest.spec.records("disks")
    let first = disks.firstIndex { ["disk", nil].contains($0.string("device")) }
    if let first, let size = disks[first].integer("size"), let least = minimum.storage, size < least
    {
      short(
        "\(Quantity.sizeText(size)) of disk", Quantity.sizeText(least), .field("disks"),
        .index(first),
        .field("size"))
    }
    return found
  }
}
