import Model

/// The steps of a guest that the host has under the name that it had before. libvirt renames only what is off.
struct GuestRename {
  private let spec: GuestSpec
  private let observed: ObservedGuest
  private let object: DesiredObject

  init(_ spec: GuestSpec, _ observed: ObservedGuest) {
    self.spec = spec
    self.observed = observed
    object = spec.object
  }

  func steps() -> [Step] {
    let reason = Reason.renamed(from: observed.name)
    let disruption: Disruption = observed.power.isActive ? .restart : .none
    var steps: [Step] = []
    // A start that nobody declares is said before the guest stops, so that a run that dies leaves the word for it.
    let owesStart = observed.power.isActive && object.spec["power"] == nil && observed.persistent
    let owing = (observed.ownership ?? spec.view.ownership(of: object)).owingStart(true)
    if observed.power.isActive {
      // Under the name that the guest has until then.
      let former = ObjectID(host: object.id.host, kind: .guest, name: observed.name)
      if owesStart {
        steps.append(
          Step(
            object: former, action: .record, operation: .recordGuest(owing), reason: reason,
            disruption: disruption))
      }
      var stop = GuestUpdate(spec, observed).shutDown(reason, [], .stop)
      stop.object = former
      steps += BlockJobs.guarded([stop], observed)
    }
    var stopped = observed
    if owesStart { stopped.ownership = owing }
    stopped.power = .stopped
    stopped.live = nil
    let stoppedSpec = GuestSpec(object, spec.view, observed: stopped)
    let all = GuestUpdate(stoppedSpec, stopped).steps()
    let definition = all.first { $0.definition != nil }
    let update = all.filter { $0.definition == nil }
    var rename = Step(
      object: object.id, action: .rename,
      operation: .renameGuest(
        from: observed.name, expected: owesStart ? nil : observed.fingerprint,
        definition: definition?.definition),
      reason: reason, changes: definition?.changes ?? [], disruption: disruption)
    if observed.hasSnapshots {
      rename.blocked = Blockage(
        .unknown, "guest '\(observed.name)' has snapshots, with which libvirt renames no guest",
        remedy: "delete them first: 'virsh snapshot-list \(observed.name)' tells them")
    }
    if observed.hasManagedSave {
      rename.blocked = Blockage(
        .unknown, "guest '\(observed.name)' has a saved state, with which libvirt renames no guest",
        remedy:
          "start it, or drop the saved state with 'virsh managedsave-remove \(observed.name)'")
    }
    if !observed.persistent {
      rename.blocked = Blockage(
        .unknown,
        "guest '\(observed.name)' has no persistent definition: when it stops there is nothing to rename",
        remedy: "make it persistent with 'virsh dumpxml \(observed.name) | virsh define /dev/stdin'"
      )
    }
    rename.blocked = rename.blocked ?? steps.first?.blocked
    steps.append(rename)
    // Without the rename there is no guest of the new name to do anything to.
    if rename.blocked != nil || disruption > spec.view.options.ceiling {
      return steps.map { step in
        var copy = step
        copy.blocked = copy.blocked ?? rename.blocked
        return copy
      }
    }
    steps += update
    let starts = update.contains { $0.operation == .startGuest }
    if observed.power.isActive, !starts, object.spec.string("power") != "stopped" {
      steps.append(
        Step(
          object: object.id, action: .start, operation: .startGuest, reason: reason,
          disruption: disruption))
    }
    return steps
  }
}

extension Step {
  fileprivate var definition: Definition? {
    if case .defineGuest(let definition)? = operation { definition } else { nil }
  }
}
