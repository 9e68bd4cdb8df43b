import Model

/// A volume that is made with its content.
public struct VolumeUpload: Sendable, Hashable, Codable {
  /// What is done with a volume of the name that is there already.
  public enum Existing: String, Sendable, Hashable, Codable, CaseIterable {
    /// It is somebody else's: nothing is done, and the step fails.
    case refuse
    /// It has the content: nothing is done.
    case keep
    /// A run left it half done: it is made anew.
    case replace
  }

  public var content: VolumeContent
  /// Fields of the volume in libvirt's terms, such as `allocation` and `permissions`. Its capacity is the size of the
  /// content, whose format libvirt finds out by itself.
  public var spec: Record
  public var existing: Existing

  public init(content: VolumeContent, spec: Record = Record(), existing: Existing = .refuse) {
    self.content = content
    self.spec = spec
    self.existing = existing
  }
}
