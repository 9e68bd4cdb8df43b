import Model

/// Jobs on disks of running guests, such as copies and commits: what would end or break one is not done.
enum BlockJobs {
  /// The steps of a guest, those that would touch a disk with a job blocked.
  static func guarded(_ steps: [Step], _ observed: ObservedGuest) -> [Step] {
    let jobs = observed.facts.diskJobs
    if jobs.isEmpty { return steps }
    return steps.map { step in
      guard step.blocked == nil, let disk = touched(by: step, jobs) else { return step }
      var copy = step
      copy.blocked = blockage(observed.name, disk, jobs[disk] ?? "")
      return copy
    }
  }

  /// Why a disk of a running guest is left alone; nil when nothing is at work on it.
  static func blockage(_ observed: ObservedGuest, _ disk: String) -> Blockage? {
    observed.facts.diskJobs[disk].map { blockage(observed.name, disk, $0) }
  }

  private static func touched(by step: Step, _ jobs: [String: String]) -> String? {
    switch step.operation {
    case .detachDevice("disks", let item, _), .updateDevice("disks", let item):
      return item.string("name").flatMap { jobs[$0] == nil ? nil : $0 }
    // A guest that stops takes its jobs along, whichever disk they are on.
    case .shutDownGuest, .destroyGuest: return jobs.keys.min()
    case .startGuest:
      if case .pendingRestart = step.reason { return jobs.keys.min() }
      return nil
    default: return nil
    }
  }

  private static func blockage(_ guest: String, _ disk: String, _ job: String) -> Blockage {
    Blockage(
      .busy,
      "a job (\(job)) runs on disk \(disk) of guest '\(guest)', which this would end or break",
      remedy:
        "let it end ('virsh blockjob \(guest) \(disk) --info' tells how far it is; --pivot or --abort ends a copy), and plan again"
    )
  }
}
