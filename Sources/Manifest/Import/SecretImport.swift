import Model

/// Secrets and network filters.
extension Importer {
  // MARK: - Secrets

  /// A file for each secret. A manifest names it by what it is for, and says nothing of its value, which is left
  /// as it is.
  mutating func secrets() -> [File] {
    var files: [File] = []
    var taken: Set<String> = []
    for secret in observed.secrets {
      let name = secret.usage?.description ?? secret.uuid
      guard isWanted(.secret, name) || isWanted(.secret, secret.uuid) else { continue }
      guard let usage = secret.usage else {
        leaveOut("secret '\(secret.uuid)': it has no usage, by which a manifest would know it")
        continue
      }
      guard SecretUsage(secret.spec) == usage else {
        leaveOut("secret '\(secret.uuid)': no manifest can name its usage, '\(usage.id)'")
        continue
      }
      let manifest = manifestName(usage.id, &taken)
      files.append(File(name: "secret-\(manifest).yaml", drafts: [draft(secret, usage, manifest)]))
    }
    return files
  }

  private func draft(
    _ secret: ObservedSecret, _ usage: SecretUsage, _ name: String
  ) -> ManifestDraft {
    var spec = Minimal.stripped(secret.spec, .secret)
    spec["host"] = .string(wishes.host)
    var comments = owner(secretOwner(secret.uuid))
    if secret.spec.boolean("ephemeral") == true {
      comments.append("It is kept in memory only: when libvirt ends, it is gone.")
    }
    if secret.value == .missing { comments.append("It has no value on the host.") }
    if secret.spec.boolean("private") == true {
      comments.append("It is private: nobody can read its value back.")
    }
    let variable = String(
      usage.id.uppercased().unicodeScalars.drop { $0 == "/" }.map {
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".unicodeScalars.contains($0) ? Character($0) : "_"
      })
    let values = [
      "The value was not read. It is left as it is, and a secret that is made anew has none, until 'spec' says",
      "where it comes from; it must be what the host has, or else the host gets it:",
      "  value: {env: \(variable.first?.isNumber == false ? variable : "SECRET_" + variable)}",
      "  value: {file: \(name).key}",
      "  value: {command: [pass, show, \(name)]}",
    ]
    return ManifestDraft(
      kind: .secret, name: name, spec: spec, comments: comments,
      remarks: remarks(secret.remainders) + values)
  }

  /// Secrets have no metadata and no names; the ledgers know them by their UUIDs.
  private func secretOwner(_ uuid: String) -> Ownership? {
    ([observed.ledger].compactMap(\.self) + observed.otherLedgers).flatMap(\.entries)
      .first { $0.kind == .secret && $0.uuid == uuid }?.ownership
  }

  // MARK: - Network filters

  /// A file for each network filter. Those that come with libvirt stay libvirt's, unless they are asked for.
  ///
  /// - Parameter guests: of what they use, all is named.
  mutating func filters(for guests: [File]) -> [File] {
    let byName = Dictionary(observed.filters.map { ($0.name, $0) }) { first, _ in first }
    var files: [File] = []
    var open = guests.flatMap(\.drafts).flatMap { draft in
      draft.spec.records("interfaces").compactMap { $0.record("filter")?.string("name") }
    }
    var isOpen = Set(open)
    for filter in observed.filters where isWanted(.networkFilter, filter.name) {
      if StockFilters.names.contains(filter.name), wishes.targets.isEmpty { continue }
      if let reason = reason(.networkFilter, filter.name, isPersistent: true, remedy: "")
        ?? missing(filter, byName)
      {
        leaveOut(reason)
        continue
      }
      let draft = draft(filter)
      open += draft.spec.records("filters").compactMap { $0.string("name") }
        .filter { isOpen.insert($0).inserted }
      files.append(File(name: "networkfilter-\(filter.name).yaml", drafts: [draft]))
    }
    let written = Set(files.flatMap(\.drafts).map(\.name))
    for name in open.sorted() where byName[name] != nil && !written.contains(name) {
      if StockFilters.names.contains(name) { continue }
      files.append(
        File(name: "networkfilter-\(name).yaml", drafts: [external(.networkFilter, name)]))
    }
    return files
  }

  /// libvirt lets a filter name others that are not there, and then no interface can have it.
  private func missing(_ filter: ObservedFilter, _ known: [String: ObservedFilter]) -> String? {
    let names = filter.spec.records("filters").compactMap { $0.string("name") }
    guard let name = names.first(where: { known[$0] == nil }) else { return nil }
    return "networkfilter '\(filter.name)': it names '\(name)', which the host does not have"
  }

  private func draft(_ filter: ObservedFilter) -> ManifestDraft {
    var spec = filter.spec
    spec.drop("chain", "root")
    spec = Minimal.stripped(spec, .networkFilter)
    spec["host"] = .string(wishes.host)
    return ManifestDraft(
      kind: .networkFilter, name: filter.name, spec: spec,
      comments: owner(ledgerOwner(.networkFilter, filter.name)), remarks: remarks(filter.remainders)
    )
  }
}
