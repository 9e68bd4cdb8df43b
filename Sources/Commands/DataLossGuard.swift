import Model
import Planning

/// Stands between a plan that loses data and the hosts: each object whose data goes is named by the person who
/// wants it so. What is removed by `onRemove: delete` was named by its manifest, and `destroy` is about everything.
struct DataLossGuard {
  /// The objects whose data goes, as `POOL/VOLUME` or their names.
  let names: [String]

  /// - Parameter secretsAsWell: whether secrets go that no manifest wanted to go with their values.
  init(_ plan: Plan, secretsAsWell: Bool) {
    let losing = plan.executable.filter { step in
      guard step.disruption == .dataLoss else { return false }
      return !step.action.isRemoval || secretsAsWell && step.object.kind == .secret
    }
    names = Set(losing.map(\.object.name)).sorted()
  }

  /// The secrets that a plan removes with their values.
  static func secrets(_ plan: Plan) -> [String] {
    let removed = plan.executable.filter {
      $0.disruption == .dataLoss && $0.action.isRemoval && $0.object.kind == .secret
    }
    return Set(removed.map(\.object.name)).sorted()
  }

  /// The ones that nobody named.
  func unnamed(_ consented: [String]) -> [String] { names.filter { !consented.contains($0) } }

  /// In one sentence.
  static func sentence(_ names: [String]) -> String {
    "what is in \(names.map { "'\($0)'" }.joined(separator: ", ")) would be lost"
  }
}
