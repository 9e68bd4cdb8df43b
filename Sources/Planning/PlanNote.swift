import Model

/// Something that a plan says of an object and does nothing about.
public struct PlanNote: Sendable, Hashable, Codable {
  public var object: ObjectID
  /// One sentence without a full stop.
  public var message: String
  /// What would change that.
  public var remedy: String

  public init(object: ObjectID, _ message: String, remedy: String) {
    self.object = object
    self.message = message
    self.remedy = remedy
  }
}
