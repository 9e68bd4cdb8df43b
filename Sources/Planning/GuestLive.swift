import Model

extension GuestUpdate {
  /// Steps on the running guest: each by its own call where libvirt has one, else one restart for all.
  func live(_ running: Record, _ defined: [Difference]) -> [Step] {
    let guest = RunningGuest(fields: running, wanted: spec.compared, facts: observed.facts)
    var places = FreePlaces(observed.facts)
    var steps: [Step] = []
    var restart: [FieldChange] = []
    var tuning = TuningPlan(guest)
    let definedPaths = Set(defined.map(\.path))
    var description = LiveDescription()
    for difference in Difference.between(spec.compared, running, .guest) {
      if difference.field.live != .same { continue }
      // A port that libvirt picked, and other values that only a running guest has.
      let known = definedPaths.contains(difference.path)
      let origin = threeWay.origin(of: difference.path)
      let liveChange = difference.fieldChange(side: .running, origin: known ? origin : .drift)
      func waits(_ note: String?) {
        restart.append(
          difference.fieldChange(side: .running, origin: known ? origin : .pending).noted(note))
      }
      if isNewInstance(difference) {
        waits("cloud-init configures the guest anew when it starts")
        continue
      }
      switch HotPlug.call(for: difference, guest) {
      case .operation(let action, let operation):
        if let note = places.obstacle(to: operation) {
          waits(note)
        } else {
          steps.append(step(action, operation, .differs, [liveChange], disruption: .live))
        }
      case .title(let text): description.add(title: text, liveChange)
      case .description(let text): description.add(description: text, liveChange)
      case .tuning(let target): tuning.add(difference, liveChange, to: target)
      case .restart(let note): waits(note)
      }
    }
    let (calls, untuned) = tuning.calls()
    steps += calls.map { step(.update, $0.operation, .differs, $0.changes, disruption: .live) }
    restart += untuned
    // What a running guest does not tell in the declared form is taken from the definition's change.
    for difference in defined where difference.field.live == .resolved {
      restart.append(
        difference.fieldChange(side: .running, origin: threeWay.origin(of: difference.path)))
    }
    // A guest that is yet to start runs with what is defined now.
    restart += overlay.pending(in: spec.running == nil ? observed.xml : observed.liveXML)
    for leftover in leftovers.fields {
      switch (leftover.gone.field.change, leftover.gone.path) {
      case (.live(.metadata), "title"): description.add(title: "", leftover.change)
      case (.live(.metadata), _): description.add(description: "", leftover.change)
      default: restart.append(leftover.change)
      }
    }
    restart += overlayLeftovers
    if let operation = description.operation {
      steps.append(step(.update, operation, .differs, description.changes, disruption: .live))
    }
    if !restart.isEmpty {
      let reason = Reason.pendingRestart(restart.map(\.path))
      steps.append(shutDown(reason, restart, .restart))
      steps.append(step(.start, .startGuest, reason, disruption: .restart))
    }
    return steps
  }
}

extension GuestUpdate {
  /// Whether it is the disc of another instance, which nothing that runs looks at.
  private func isNewInstance(_ difference: Difference) -> Bool {
    guard let firstBoot = spec.view.firstBoots[object.id], firstBoot.takesRestart,
      let item = difference.item, item.list == "disks"
    else { return false }
    let drive = firstBoot.guest.spec.record("cloudInit")?.record("disc")?["drive"]
    return item.record["name"] == drive
  }
}

/// Title and description, which one call sets.
private struct LiveDescription {
  private var title: String?
  private var description: String?
  private(set) var changes: [FieldChange] = []

  mutating func add(title: String? = nil, description: String? = nil, _ change: FieldChange) {
    self.title = title ?? self.title
    self.description = description ?? self.description
    changes.append(change)
  }

  var operation: Operation? {
    changes.isEmpty ? nil : .setLiveDescription(title: title, description: description)
  }
}
