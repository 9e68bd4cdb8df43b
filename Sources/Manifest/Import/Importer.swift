import Model

/// Manifests of one host, made from what was read of it.
public struct Importer {
  /// A file with its documents.
  public struct File: Sendable {
    /// Without a folder: `guest-web-1.yaml`.
    public var name: String
    public var drafts: [ManifestDraft]
  }

  /// What was asked for.
  public struct Wishes: Sendable {
    /// The name of the Host manifest.
    public var host: String
    public var uri: String
    /// The name of the Stack manifest; nil for none, because there is one already.
    public var stack: String?
    /// Only these objects; all where there are none.
    public var targets: [ObjectID]

    public init(host: String, uri: String, stack: String?, targets: [ObjectID] = []) {
      self.host = host
      self.uri = uri
      self.stack = stack
      self.targets = targets
    }
  }

  let observed: ObservedHost
  let wishes: Wishes
  /// Objects that are left out, with the reason.
  private var notes: [String] = []
  /// The volumes that get a manifest, by path.
  var volumes: [String: ImportedVolume] = [:]
  /// Disks and MAC addresses, and the guests that have them.
  var claimants: [String: String] = [:]

  private init(_ observed: ObservedHost, _ wishes: Wishes) {
    self.observed = observed
    self.wishes = wishes
  }

  /// The manifests.
  public static func files(_ observed: ObservedHost, _ wishes: Wishes) -> [File] {
    var importer = Importer(observed, wishes)
    return importer.run()
  }

  private mutating func run() -> [File] {
    // Volumes first: disks refer to them.
    let pools = self.pools()
    var guests: [File] = []
    for guest in observed.guests where isWanted(.guest, guest.name) {
      if let reason = reason(
        .guest, guest.name, isPersistent: guest.persistent,
        remedy: "it is gone when it stops; define it first, with 'virsh define'")
      {
        notes.append(reason)
        continue
      }
      guests.append(File(name: "guest-\(guest.name).yaml", drafts: [draft(guest)]))
    }
    var networks: [File] = []
    for network in observed.networks {
      let isWanted = isWanted(.network, network.name)
      guard isWanted || guests.contains(where: { uses($0, .network, network.name) }) else {
        continue
      }
      if let reason = reason(
        .network, network.name, isPersistent: network.persistent,
        remedy: "it is gone when it stops; define it first, with 'virsh net-define'")
      {
        notes.append(reason)
        continue
      }
      let draft = isWanted ? draft(network) : external(.network, network.name)
      networks.append(File(name: "network-\(network.name).yaml", drafts: [draft]))
    }
    let others = secrets() + filters(for: guests)
    return [File(name: "host-\(wishes.host).yaml", drafts: host())] + others + networks + pools
      + guests
  }

  // MARK: - The host

  private func host() -> [ManifestDraft] {
    var drafts: [ManifestDraft] = []
    if let stack = wishes.stack {
      drafts.append(
        ManifestDraft(
          kind: .stack, name: stack, spec: Record(),
          comments: ["The name under which these manifests own what they describe."]))
    }
    drafts.append(
      ManifestDraft(
        kind: .host, name: wishes.host, spec: Record([("uri", .string(wishes.uri))]),
        remarks: notes.map { "not imported: " + $0 }))
    return drafts
  }

  /// Something that manifests refer to, and that was not asked for.
  func external(_ kind: Kind, _ name: String) -> ManifestDraft {
    ManifestDraft(
      kind: kind, name: name,
      spec: Record([("host", .string(wishes.host)), ("external", true)]),
      comments: ["Named here because others refer to it; it was not imported."])
  }

  // MARK: - Choosing

  func isWanted(_ kind: Kind, _ name: String) -> Bool {
    wishes.targets.isEmpty || wishes.targets.contains { $0.kind == kind && $0.name == name }
  }

  /// Why an object gets no manifest; nil when it gets one.
  func reason(_ kind: Kind, _ name: String, isPersistent: Bool, remedy: String) -> String? {
    if !Format.name.accepts(name) {
      return "\(kind.word) '\(name)': a manifest's name has \(Format.name.expectation ?? "")"
    }
    return isPersistent ? nil : "\(kind.word) '\(name)': it is transient; \(remedy)"
  }

  mutating func leaveOut(_ note: String) { notes.append(note) }

  private func uses(_ file: File, _ kind: Kind, _ name: String) -> Bool {
    file.drafts.contains { draft in
      draft.spec.records("interfaces").contains { $0.string("network") == name }
        || draft.spec.records("graphics").contains { $0.string("listenNetwork") == name }
    }
  }

  /// What is said of an object that a stack owns.
  func owner(_ ownership: Ownership?) -> [String] {
    guard let ownership else { return [] }
    let isOwn = ownership.stack == wishes.stack
    return [
      "Stack '\(ownership.stack)' owns it (from \(ownership.source))"
        + (isOwn ? " already." : ": another stack cannot take it over.")
    ]
  }

  /// What no field can say, as comments.
  func remarks(_ remainders: [Remainder]) -> [String] {
    remainders.map { remainder in
      let path = remainder.path.isEmpty ? "" : remainder.path + ": "
      return "not imported: " + path + remainder.xml
    }
  }
}

/// A volume that gets a manifest.
struct ImportedVolume {
  var pool: String
  /// The manifest's name.
  var name: String
  var format: String?
}
