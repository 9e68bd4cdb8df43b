import Model

/// One rule over all documents together. Each has a file and a test of its own.
protocol Check: Sendable {
  /// Every violation.
  static func run(_ manifests: ManifestSet) -> [Diagnostic]
}

/// What a set of manifests wants, after every rule was checked.
public enum ManifestBuilder {
  private static let checks: [any Check.Type] = [
    StackCheck.self, HostCheck.self, RequirementCheck.self, PoolSourceCheck.self,
    VolumeReferenceCheck.self,
    DiskCheck.self, ImageCheck.self, DiskImageCheck.self,
    SharedDiskCheck.self, InterfaceCheck.self, MACCheck.self, NetworkAddressCheck.self,
    StaticAddressCheck.self, BridgeCheck.self, SubnetCheck.self, GuestLimitCheck.self,
    IgnoreCheck.self, RenameCheck.self, FleetCheck.self, CapacityCheck.self, OverlayCheck.self,
    QuotaCheck.self, IOThreadCheck.self, NUMACellCheck.self, NetworkDiskCheck.self,
    NetworkFunctionCheck.self, LaunchSecurityCheck.self, SMBIOSCheck.self, HotplugSlotsCheck.self,
    FilterReferenceCheck.self, FilterCycleCheck.self, FilterRuleCheck.self, SecretUsageCheck.self,
    SecretCommandCheck.self, ReadinessCheck.self, DependencyCheck.self, TextFileCheck.self,
    FirstBootCheck.self, CloudConfigCheck.self, FirstBootTextCheck.self,
  ]

  /// Checks the documents together and spreads them over the hosts. Complaints are added to the loaded
  /// manifests; the result is complete only when these are valid.
  ///
  /// - Parameter stack: the stack of the command line, which goes before the one of the manifests.
  public static func build(_ loaded: inout LoadedManifests, stack: String? = nil) -> Desired {
    let manifests = ManifestSet(loaded.documents, sources: loaded.sources)
    var found = manifests.diagnostics
    for part in Concurrent.map(checks, minimumSlice: 1, { $0.flatMap { $0.run(manifests) } }) {
      found += part
    }
    if !loaded.isComplete { found.removeAll { absences.contains($0.code) } }
    loaded.diagnostics += unique(found)
    let declared = loaded.documents.first { $0.kind == .stack }?.name
    return Desired(
      stack: stack ?? declared ?? "",
      hosts: manifests.hosts.map {
        DesiredHost(
          name: $0.name, uri: $0.spec.string("uri") ?? "", source: $0.place.description,
          requires: $0.spec.record("requires"))
      },
      objects: manifests.objects.values.map {
        DesiredObject(
          id: $0.id, spec: manifests.resolved($0), source: $0.document.place.description,
          previousName: $0.document.previousName)
      })
  }
}

extension ManifestBuilder {
  /// What is said of a document that is not there: no news while some could not be read.
  private static let absences: Set<String> = ["unknown-reference", "no-matching-host"]

  /// Says a thing once that holds for several hosts, or for several guests of one class.
  private static func unique(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
    var seen: Set<[String]> = []
    return diagnostics.filter { diagnostic in
      let place = diagnostic.place?.description ?? ""
      let rest =
        absences.contains(diagnostic.code)
        ? []
        : diagnostic.related.isEmpty
          ? [diagnostic.message] : diagnostic.related.map(\.place.description)
      return seen.insert([diagnostic.code, place] + rest).inserted
    }
  }
}

/// At most one Stack, since two names for one set of objects cannot both own them.
enum StackCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    let stacks = manifests.documents.filter { $0.kind == .stack }
    return stacks.dropFirst().map { stack in
      Diagnostic(
        code: "duplicate-object", "there is more than one Stack", at: stack.namePlace,
        expected: "exactly one"
      )
      .related(to: stacks[0].namePlace, "first declared here")
    }
  }
}

/// A host's name and URI belong to one manifest each.
enum HostCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    var names: [String: Document] = [:]
    var uris: [String: Document] = [:]
    var found: [Diagnostic] = []
    for host in manifests.hosts {
      if let first = names[host.name] {
        found.append(
          Diagnostic(
            code: "duplicate-object", "Host '\(host.name)' is declared twice", at: host.namePlace
          )
          .related(to: first.namePlace, "first declared here"))
        continue
      }
      names[host.name] = host
      guard let uri = host.spec.string("uri") else { continue }
      if let first = uris[uri] {
        found.append(
          Diagnostic(
            code: "duplicate-host-uri", "two Hosts have the URI '\(uri)'",
            at: host.place(of: [.field("uri")]),
            expected: "one Host manifest for each machine"
          ).related(to: first.place(of: [.field("uri")]), "also here"))
      } else {
        uris[uri] = host
      }
    }
    return found
  }
}
