/// The fields of a spec that a running guest or network still carries in its metadata, while another one was applied
/// since.
public struct FormerFields: Sendable {
  /// As the persistent definition has them.
  public var defined: Record
  /// As what runs has them.
  public var running: Record

  public init(defined: Record, running: Record) {
    self.defined = defined
    self.running = running
  }
}

extension Ownership {
  /// The applied spec of an element in what runs that is not the one applied last; nil where the two agree, or the
  /// element is another stack's.
  public func formerSpec(unlike current: Ownership?, stack: String) -> Record? {
    guard self.stack == stack, digest != current?.digest else { return nil }
    return Record(canonicalJSON: appliedSpec)
  }
}
