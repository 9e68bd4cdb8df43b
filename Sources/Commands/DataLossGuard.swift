import Model
import Planning

/// Stands between a plan that loses data and the hosts: each object whose data goes is named by the person who
/// wants it so. What is removed by `onRemove: delete` was named by its manifest.
struct DataLossGuard {
  /// The objects whose data goes, as `POOL/VOLUME` or their names.
  let names: [String]

  init(_ plan: Plan) {
    let losing = plan.executable.filter { $0.disruption == .dataLoss && !$0.action.isRemoval }
    names = Set(losing.map(\.object.name)).sorted()
  }

  /// The ones that nobody named.
  func unnamed(_ consented: [String]) -> [String] { names.filter { !consented.contains($0) } }

  /// In one sentence.
  static func sentence(_ names: [String]) -> String {
    "what is in \(names.map { "'\($0)'" }.joined(separator: ", ")) would be lost"
  }
}
