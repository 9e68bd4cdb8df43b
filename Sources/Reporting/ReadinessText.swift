import Model
import Planning

/// A guest's readiness in words.
public enum ReadinessText {
  /// `wait until it is ready: address, tcp 5432 (within 5m)`.
  static func title(_ readiness: Readiness) -> String {
    let conditions = readiness.conditions.map(\.text).joined(separator: ", ")
    return
      "wait until it is ready: \(conditions) (within \(Quantity.durationText(readiness.timeoutSeconds)))"
  }

  /// `waiting for guest/db: address, tcp 5432 (within 5m)`.
  public static func announcement(_ step: Step, _ readiness: Readiness) -> String {
    let conditions = readiness.conditions.map(\.text).joined(separator: ", ")
    return
      "… waiting for \(step.object): \(conditions) (within \(Quantity.durationText(readiness.timeoutSeconds)))"
  }

  /// `waiting for guest/db: tcp 5432, 12 s`.
  ///
  /// - Parameter missing: what does not hold yet.
  public static func progress(_ step: Step, _ missing: String, seconds: Double) -> String {
    "waiting for \(step.object.reference): \(missing), \(Int(seconds)) s"
  }
}
