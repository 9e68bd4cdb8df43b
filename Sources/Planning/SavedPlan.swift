import Model

/// A plan with everything that is needed to carry it out later, without the manifests: it holds for what it
/// saw, and for nothing else. Values of secrets are no part of it.
public struct SavedPlan: Sendable, Hashable, Codable {
  /// The version of the form. Whatever changes what an older virtspec would read raises it.
  public static let formatVersion: Int64 = 1

  /// What was wanted, in the long form: by it the hosts are read again, and checked afterwards.
  public var desired: Desired
  /// The hosts that were read.
  public var hosts: [DesiredHost]
  public var options: PlanOptions
  public var targets: [ObjectID.Target]
  /// How many objects may go.
  public var pruneLimit: Int
  public var plan: Plan
  /// What the plan saw of the objects that it is about.
  public var seen: [Sighting]

  public init(
    desired: Desired, hosts: [DesiredHost], options: PlanOptions, targets: [ObjectID.Target],
    pruneLimit: Int, plan: Plan, seen: [Sighting]
  ) {
    self.desired = desired
    self.hosts = hosts
    self.options = options
    self.targets = targets
    self.pruneLimit = pruneLimit
    self.plan = plan.withoutValues
    self.seen = seen
  }
}
