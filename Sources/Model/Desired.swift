/// A host that manifests name.
public struct DesiredHost: Sendable, Hashable, Codable {
  public var name: String
  /// Anything that libvirt can open.
  public var uri: String
  /// `file:line:column` of its manifest.
  public var source: String
  /// What it must be and have; nil when its manifest requires nothing.
  public var requires: Record?

  public init(name: String, uri: String, source: String, requires: Record? = nil) {
    self.name = name
    self.uri = uri
    self.source = source
    self.requires = requires
  }
}

/// An object that manifests want on a host.
public struct DesiredObject: Sendable, Hashable, Codable {
  public var id: ObjectID
  /// The declared fields; a guest's with those of its class.
  public var spec: Record
  /// `file:line:column` of its manifest.
  public var source: String
  /// The name that it had before, and may still have on the host.
  public var previousName: String?
  /// What a volume holds from its making on; nil for one that is empty then.
  public var content: VolumeContent?
  /// What a guest gets by its operating system and its host; only for guests for which that is needed.
  public var profile: GuestProfile?

  public init(
    id: ObjectID, spec: Record, source: String, previousName: String? = nil,
    content: VolumeContent? = nil
  ) {
    self.id = id
    self.spec = spec
    self.source = source
    self.previousName = previousName
    self.content = content
  }

  /// Of a volume that holds an image: the name of the Image.
  public var imageName: String? {
    guard case .image(let image)? = content else { return nil }
    return image.name
  }
  /// It exists already, and virtspec only refers to it.
  public var isExternal: Bool { spec.boolean("external") == true }
  /// Whether the configuration of a guest's first boot has texts that are kept elsewhere.
  public var refersToSecrets: Bool {
    id.kind == .guest && spec.record("cloudInit").map(CloudInit.hasReferences) == true
  }
  /// It may be neither removed nor made anew.
  public var isProtected: Bool { spec.record("lifecycle")?.boolean("protect") == true }
  /// Paths of fields whose differences are left alone once the object is there.
  public var ignored: [String] {
    spec.record("lifecycle")?["ignore"]?.list?.compactMap(\.string) ?? []
  }
  /// What becomes of its storage when it goes.
  public var onRemove: String { spec.record("lifecycle")?.string("onRemove") ?? "keep" }
}

/// Everything that a set of manifests wants, spread over its hosts.
public struct Desired: Sendable, Hashable, Codable {
  /// The name under which the objects are owned; empty when none was given.
  public var stack: String
  /// By name.
  public var hosts: [DesiredHost]
  /// By identifier.
  public var objects: [DesiredObject]

  public init(stack: String, hosts: [DesiredHost], objects: [DesiredObject]) {
    self.stack = stack
    self.hosts = hosts.sorted { $0.name < $1.name }
    // Sorting moves what it sorts about: of 1,000 objects the places are moved faster.
    self.objects = objects.indices.sorted { objects[$0].id < objects[$1].id }.map { objects[$0] }
  }

  /// The objects on one host.
  public func objects(on host: String) -> [DesiredObject] { objects.filter { $0.id.host == host } }
}
