import Model
import Planning

/// Stands between a prune that is larger than anybody means and the hosts: a folder that was left out, or a
/// wrong stack name, looks like everything being gone.
struct PruneGuard {
  /// More objects than this need a word of their own.
  static let limit = 10
  /// A share of the stack this small or smaller does not count by itself.
  private static let few = 2

  /// Objects that the plan removes.
  let removed: Int
  /// Objects that the stack owns on the hosts that were read.
  let owned: Int

  init(_ plan: Plan, _ readings: [String: HostReading]) {
    // What was made for a guest that has another one by now is nobody's loss.
    let removals = plan.executable.filter { $0.action.isRemoval && $0.reason != .superseded }
    removed = Set(removals.map(\.object)).count { $0.kind != .host }
    owned = readings.values.reduce(0) { count, reading in
      guard case .read(let host) = reading else { return count }
      let guests = host.guests.count { $0.ownership?.stack == plan.stack }
      let networks = host.networks.count { $0.ownership?.stack == plan.stack }
      return count + guests + networks + (host.ledger?.entries.count ?? 0)
    }
  }

  /// Whether the number must be confirmed: more than ten objects, or more than a third of the stack's.
  var isLarge: Bool { removed > Self.limit || removed > Self.few && removed * 3 > owned }

  /// In one sentence.
  var sentence: String {
    "this would remove \(removed) of the \(owned) objects that the stack owns"
  }
}
