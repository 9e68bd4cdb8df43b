import Execution
import FoundationEssentials
import Model

/// The ledger's form on the host: versioned JSON with sorted keys, so that the same ledger has the
/// same bytes.
struct LedgerForm: Codable {
  struct Entry: Codable {
    var kind: String
    var name: String
    var stack: String
    var source: String
    var digest: String
    var spec: String
    var onRemove: String
    /// Absent means false.
    var protected: Bool?
    /// Absent means nothing.
    var overlay: String?
    /// Of a secret.
    var uuid: String?
    /// Of a secret whose value was set: a digest of it.
    var valueDigest: String?
    /// Absent means false.
    var owed: Bool?
    /// Of a volume: absent means that its content is there.
    var content: String?
  }

  static let version = 1

  var version = Self.version
  /// The entries, or
  var entries: [Entry]?
  /// the names of the secrets that hold them, where they are too many for one.
  var parts: [String]?

  /// Encoded; throws `unreadable`, which cannot happen with these types.
  func encoded() throws(HypervisorError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return Array(try encoder.encode(self))
    } catch {
      throw HypervisorError(.unreadable, call: "JSONEncoder", message: "\(error)")
    }
  }

  /// Throws `unreadable` for anything that this version of virtspec did not write.
  init(decoding bytes: [UInt8], _ secret: String) throws(HypervisorError) {
    let reason: String
    do {
      let form = try JSONDecoder().decode(LedgerForm.self, from: Data(bytes))
      if form.version == Self.version {
        self = form
        return
      }
      reason = "it has version \(form.version); this virtspec knows version \(Self.version)"
    } catch {
      reason = "it is not the JSON that virtspec writes"
    }
    throw HypervisorError(
      .unreadable, call: "virSecretGetValue",
      message: "the ledger in the libvirt secret \(secret) cannot be read: \(reason)")
  }

  init(entries: [Entry]) { self.entries = entries }

  init(parts: [String]) { self.parts = parts }
}

extension LedgerForm.Entry {
  /// The form of an entry.
  init(_ entry: Ledger.Entry) {
    let ownership = entry.ownership
    self.init(
      kind: entry.kind.rawValue, name: entry.name, stack: ownership.stack,
      source: ownership.source, digest: ownership.digest, spec: ownership.appliedSpec,
      onRemove: ownership.onRemove, protected: ownership.protected ? true : nil,
      overlay: ownership.overlay.isEmpty ? nil : ownership.overlay, uuid: entry.uuid,
      valueDigest: entry.valueDigest?.text, owed: ownership.startIsOwed,
      content: ownership.contentDebt?.rawValue)
  }

  /// The entry; nil for a kind that this version of virtspec does not know.
  var entry: Ledger.Entry? {
    Kind(rawValue: kind).map {
      Ledger.Entry(
        kind: $0, name: name,
        ownership: Ownership(
          stack: stack, source: source, digest: digest, appliedSpec: spec, onRemove: onRemove,
          protected: protected ?? false, overlay: overlay ?? "", startIsOwed: owed,
          // A word that a later version has means that something is amiss.
          contentDebt: content.map { ContentDebt(rawValue: $0) ?? .first }),
        uuid: uuid, valueDigest: valueDigest.map(SecretDigest.init(text:)))
    }
  }
}
