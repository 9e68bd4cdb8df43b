/// What a manifest document describes.
public enum Kind: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
  case stack = "Stack"
  case host = "Host"
  case secret = "Secret"
  case networkFilter = "NetworkFilter"
  case network = "Network"
  case pool = "Pool"
  case image = "Image"
  case volume = "Volume"
  case guestClass = "GuestClass"
  case guest = "Guest"

  /// The name in object identifiers and on the command line: `guest`.
  public var word: String { rawValue.lowercased() }

  /// The kind of a word on the command line, in any case and with libvirt's own names.
  public init?(word: String) {
    let lower = word.lowercased()
    switch lower {
    case "domain", "vm": self = .guest
    case "vol": self = .volume
    case "net": self = .network
    case "nwfilter", "filter": self = .networkFilter
    default:
      guard let kind = Kind.allCases.first(where: { $0.word == lower || $0.word + "s" == lower })
      else { return nil }
      self = kind
    }
  }

  /// Whether libvirt keeps no metadata of such objects, so that the ledger says whose they are.
  public var isInLedger: Bool {
    switch self {
    case .secret, .networkFilter, .pool, .volume: true
    case .stack, .host, .network, .image, .guestClass, .guest: false
    }
  }

  /// Whether objects of the kind live on a host and are planned.
  public var isPlanned: Bool {
    switch self {
    case .secret, .networkFilter, .network, .pool, .image, .volume, .guest: true
    case .stack, .host, .guestClass: false
    }
  }

  /// In the order of `allCases`, which is the order in which a plan lists them.
  public static func < (left: Kind, right: Kind) -> Bool {
    (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
  }
}

/// One object on one host. A volume's name is `POOL/VOLUME`.
public struct ObjectID: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
  /// The name of the Host manifest.
  public var host: String
  public var kind: Kind
  public var name: String

  public init(host: String, kind: Kind, name: String) {
    self.host = host
    self.kind = kind
    self.name = name
  }

  /// A volume of a pool.
  public static func volume(host: String, pool: String, name: String) -> ObjectID {
    ObjectID(host: host, kind: .volume, name: pool + "/" + name)
  }

  /// A volume's pool and its name in the pool; nil for other kinds.
  public var poolAndVolume: (pool: String, volume: String)? {
    guard kind == .volume, let slash = name.firstIndex(of: "/") else { return nil }
    return (String(name[..<slash]), String(name[name.index(after: slash)...]))
  }

  /// `guest/web-1`, without the host.
  public var reference: String { "\(kind.word)/\(name)" }
  /// `guest/web-1 on kvm-a`.
  public var description: String { "\(reference) on \(host)" }

  /// By host, kind and name.
  public static func < (left: ObjectID, right: ObjectID) -> Bool {
    (left.host, left.kind, left.name) < (right.host, right.kind, right.name)
  }
}

/// What virtspec writes into the metadata of an object that it manages.
public struct Ownership: Sendable, Hashable, Codable {
  /// The XML namespace of the metadata element.
  public static let namespace = "https://virtspec.dev/object/v1"

  /// The stack that owns the object.
  public var stack: String
  /// The manifest that it came from, relative to where virtspec ran.
  public var source: String
  /// SHA-256 of the applied spec.
  public var digest: String
  /// The spec as it was applied last, in compact JSON.
  public var appliedSpec: String
  /// What becomes of disks when the guest goes: `keep` or `delete`.
  public var onRemove: String
  /// It may be neither removed nor made anew, even when no manifest declares it any more.
  public var protected: Bool
  /// What the applied overlay has added to the object, as `OverlayTrace.text`; empty for nothing.
  public var overlay: String
  /// Whether a run owes the object what a later plan could not tell from its manifest; nil for no. A run that dies in
  /// between leaves the word for the next one: a guest whose power nobody declares is about to start, a new network or
  /// pool whose autostart nobody declares is to get it before it runs. Saved plans without it are older.
  public var startIsOwed: Bool?
  /// Whether a run is about to attach the interfaces on the network to a new bridge; nil for no. Nothing else tells of
  /// interfaces that a run left behind which died before.
  public var reattachmentIsOwed: Bool?
  /// What a run owes a volume that is to hold something; nil for nothing. A half upload looks like a whole one.
  public var contentDebt: ContentDebt?
  /// Whether a run is about to start the guest, or has, and did not see it ready; nil for no. A run that comes after
  /// one that died or failed waits for it again.
  public var readinessIsOwed: Bool?
  /// What the guest got by its operating system when it was made, as `AppliedProfile.text`; nil for nothing.
  public var profile: String?
  /// How far the installation of a guest has come; nil where there is none under way.
  public var installation: Installation?

  public init(
    stack: String, source: String, digest: String, appliedSpec: String, onRemove: String = "keep",
    protected: Bool = false, overlay: String = "", startIsOwed: Bool? = nil,
    reattachmentIsOwed: Bool? = nil, contentDebt: ContentDebt? = nil, readinessIsOwed: Bool? = nil
  ) {
    self.stack = stack
    self.source = source
    self.digest = digest
    self.appliedSpec = appliedSpec
    self.onRemove = onRemove
    self.protected = protected
    self.overlay = overlay
    self.startIsOwed = startIsOwed
    self.reattachmentIsOwed = reattachmentIsOwed
    self.contentDebt = contentDebt
    self.readinessIsOwed = readinessIsOwed
  }

  /// Whether it is of a volume that holds an image.
  public var holdsImage: Bool { appliedSpec.contains("\"content\":\"image\"") }

  /// The same with the word that a start is owed, or without it.
  public func owingStart(_ isOwed: Bool) -> Ownership {
    var copy = self
    copy.startIsOwed = isOwed ? true : nil
    return copy
  }

  /// The same with the word that the guest was not seen ready, or without it.
  public func owingReadiness(_ isOwed: Bool) -> Ownership {
    var copy = self
    copy.readinessIsOwed = isOwed ? true : nil
    return copy
  }

  /// The same with the word that a reattachment is owed, or without it.
  public func owingReattachment(_ isOwed: Bool) -> Ownership {
    var copy = self
    copy.reattachmentIsOwed = isOwed ? true : nil
    return copy
  }
}

/// How far the installation of a guest has come. A guest is never installed twice by itself: what it holds would be
/// lost.
public enum Installation: String, Sendable, Hashable, Codable, CaseIterable {
  /// The guest is defined, and its installer has not been started.
  case owed
  /// Its installer is about to be started. A run that dies now leaves it open whether it was.
  case starting
  /// Its installer runs. Once the guest is off, it is installed.
  case running
}

extension Ownership {
  /// The same at another stage of the installation.
  public func installing(_ stage: Installation?) -> Ownership {
    var copy = self
    copy.installation = stage
    return copy
  }
}

/// That a volume is to hold something which may not be there as a whole yet.
public enum ContentDebt: String, Sendable, Hashable, Codable, CaseIterable {
  /// Nothing uses the volume before all of it is there: what is used is paid.
  case first
  /// It was lost while it was used, so that its being used tells nothing.
  case again
}

/// The list of objects of one stack on one host that libvirt keeps no metadata for: secrets, network
/// filters, pools and volumes.
/// It lies in a libvirt secret (`private='no'`) on the host.
public struct Ledger: Sendable, Hashable, Codable {
  /// One object that the stack owns.
  public struct Entry: Sendable, Hashable, Codable {
    public var kind: Kind
    public var name: String
    public var ownership: Ownership
    /// Of a secret, which has no name on the host.
    public var uuid: String?
    /// What the value of a secret was when it was set last; nil when none was.
    public var valueDigest: SecretDigest?

    public init(
      kind: Kind, name: String, ownership: Ownership, uuid: String? = nil,
      valueDigest: SecretDigest? = nil
    ) {
      self.kind = kind
      self.name = name
      self.ownership = ownership
      self.uuid = uuid
      self.valueDigest = valueDigest
    }
  }

  public var stack: String
  /// Sorted by kind and name.
  public var entries: [Entry]

  public init(stack: String, entries: [Entry] = []) {
    self.stack = stack
    self.entries = entries
  }

  /// Whether there is an object of the kind.
  public func has(_ kind: Kind) -> Bool { entries.contains { $0.kind == kind } }

  /// The entry of an object.
  public subscript(kind: Kind, name: String) -> Entry? {
    entries.first { $0.kind == kind && $0.name == name }
  }
}
