/// A disc that virtspec makes for a guest: a few small files under a label that the guest knows.
public struct GeneratedDisc: Sendable, Hashable, Codable {
  /// One file.
  public struct File: Sendable, Hashable, Codable {
    /// Its path on the disc, such as `user-data` or `ignition/config.ign`.
    public var path: String
    public var content: String

    public init(_ path: String, _ content: String) {
      self.path = path
      self.content = content
    }
  }

  /// The name of the file system, by which the guest finds it.
  public var label: String
  /// Nil where values of secrets are in them and it was written down: who carries it out makes them anew.
  public var files: [File]?
  /// Whether values of secrets are in the files, which are then written down nowhere but on the disc.
  public var isSecret: Bool
  /// The guest that it is for, and the instance that it makes of it.
  public var guest = ""
  public var instance = ""

  public init(label: String, files: [File], isSecret: Bool = false) {
    self.label = label
    self.files = files
    self.isSecret = isSecret
  }

  /// What tells whether two discs are the same.
  ///
  /// - Parameter salt: makes it costly to try words of a disc with secrets.
  public func digest(salt: String) -> String {
    let text = Record([
      ("label", .string(label)),
      (
        "files",
        .list((files ?? []).map { ["path": .string($0.path), "content": .string($0.content)] })
      ),
    ]).canonicalJSON
    guard isSecret else { return Digest.sha256(text) }
    return Digest.sha256(SecretDigest(of: SecretValue(Array(text.utf8)), salt: salt).text)
  }

  private enum CodingKeys: String, CodingKey { case label, files, isSecret, guest, instance }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(label, forKey: .label)
    try container.encode(isSecret, forKey: .isSecret)
    try container.encode(guest, forKey: .guest)
    try container.encode(instance, forKey: .instance)
    if !isSecret { try container.encode(files, forKey: .files) }
  }
}

extension GeneratedDisc: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "disc '\(label)'" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

extension GeneratedDisc {
  /// The disc that Combustion looks for.
  public static func combustion(_ script: String) -> GeneratedDisc {
    GeneratedDisc(label: "combustion", files: [File("combustion/script", script)])
  }

  /// The disc that Ignition looks for where nothing hands it its configuration.
  public static func ignition(_ configuration: String) -> GeneratedDisc {
    GeneratedDisc(label: "ignition", files: [File("ignition/config.ign", configuration)])
  }
}
