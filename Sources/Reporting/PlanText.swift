import Model
import OrderedCollections
import Planning

/// A plan as people read it.
public enum PlanText {
  /// The plan by host and object, its steps in the order in which they are taken, and a summary.
  ///
  /// - Parameter verbose: with the reasons for what no manifest says.
  public static func render(_ plan: Plan, color: Bool = false, verbose: Bool = false) -> String {
    let paint = Paint(isOn: color)
    var text = ""
    for host in plan.hosts {
      if let unreadable = plan.unreadable.first(where: { $0.host == host.name }) {
        text += header(host, paint) + "\n"
        text += "  " + paint("?", .red) + " unknown: \(unreadable.reason)\n\n"
        continue
      }
      let steps = plan.steps.filter { $0.object.host == host.name }
      if steps.isEmpty { continue }
      text += header(host, paint) + "\n"
      for group in groups(steps) { text += render(group, paint, verbose) }
      text += "\n"
    }
    return text + notes(plan, paint) + summary(plan, paint)
  }

  private static func notes(_ plan: Plan, _ paint: Paint) -> String {
    plan.notes.map { note in
      "\(paint("note:", .cyan)) \(note.object): \(note.message)\n  \(note.remedy)\n"
    }.joined() + (plan.notes.isEmpty ? "" : "\n")
  }

  private static func header(_ host: DesiredHost, _ paint: Paint) -> String {
    paint("host/\(host.name)", .bold) + "  " + paint(host.uri, .dim)
  }

  /// The steps of each object, the objects in the order of their first step.
  private static func groups(_ steps: [Step]) -> [[Step]] {
    Array(OrderedDictionary(grouping: steps, by: \.object).values)
  }

  private static func render(_ steps: [Step], _ paint: Paint, _ verbose: Bool) -> String {
    let object = steps[0].object
    let name = object.kind == .host ? "ledger of what the stack owns" : object.reference
    var text = "  \(symbol(steps, paint)) \(name)\n"
    var lastBlockage: Blockage?
    for step in steps {
      let cost = step.disruption == .none ? "" : "  [\(step.disruption.rawValue)]"
      let number = String(step.id)
      let margin = String(repeating: " ", count: max(0, 4 - number.count))
      text += "  \(margin)\(paint(number, .dim))  \(StepText.title(step))\(paint(cost, .yellow))\n"
      text += changes(step.changes.filter { !$0.isUnasked }, paint)
      text += ProfileText.render(step, paint, verbose)
      defer { lastBlockage = step.blocked }
      if let blocked = step.blocked, blocked == lastBlockage {
        text += "          " + paint("blocked", .red) + " for the same reason\n"
      } else if let blocked = step.blocked {
        let place = blocked.place.map { " (\($0))" } ?? ""
        text += "          " + paint("blocked:", .red) + " \(blocked.message)\(place)\n"
        text += "          \(blocked.remedy)\n"
      }
    }
    return text
  }

  private static func symbol(_ steps: [Step], _ paint: Paint) -> String {
    if steps.allSatisfy({ $0.blocked != nil }) { return paint("!", .red) }
    if steps.contains(where: { $0.action == .create }) { return paint("+", .green) }
    if steps.contains(where: { $0.action.isRemoval }) { return paint("-", .red) }
    if steps.contains(where: { $0.action == .adopt }) { return paint("=", .cyan) }
    return paint("~", .yellow)
  }

  private static func changes(_ changes: [FieldChange], _ paint: Paint) -> String {
    let width = min(40, changes.map(\.path.count).max() ?? 0)
    var text = ""
    for change in changes {
      let path = change.path + String(repeating: " ", count: max(0, width - change.path.count))
      text += "          \(path)  \(ChangeText.values(change))\(note(change, paint))\n"
    }
    return text
  }

  private static func note(_ change: FieldChange, _ paint: Paint) -> String {
    let note = change.note.map { ": " + $0 } ?? ""
    return switch change.origin {
    case .manifest: note.isEmpty ? "" : paint("  (only by a restart\(note))", .yellow)
    case .drift: paint("  (drift)", .yellow)
    case .pending: paint("  (waits for a restart\(note))", .yellow)
    case .profile: paint("  (profile)", .yellow)
    }
  }

  private static func summary(_ plan: Plan, _ paint: Paint) -> String {
    if plan.isEmpty, plan.unreadable.isEmpty {
      if plan.compared == 0 {
        return "No changes: the hosts have nothing of stack '\(plan.stack)'.\n"
      }
      return
        "No changes: \(plan.compared) \(plan.compared == 1 ? "object is" : "objects are") as declared.\n"
    }
    let counts = PlanSummary(plan)
    var parts = [
      "\(counts.create) to create", "\(counts.change) to change", "\(counts.remove) to remove",
    ]
    if counts.adopt > 0 { parts.insert("\(counts.adopt) to adopt", at: 1) }
    if counts.blocked > 0 { parts.append(paint("\(counts.blocked) blocked", .red)) }
    if !plan.unreadable.isEmpty {
      let hosts = plan.unreadable.count
      parts.append(paint("\(hosts) \(hosts == 1 ? "host" : "hosts") unknown", .red))
    }
    let worst = plan.executable.map(\.disruption).max() ?? .none
    return "Plan: " + parts.joined(separator: ", ") + ". Disruption: \(worst.rawValue).\n"
  }
}

/// How many objects a plan touches, and how.
public struct PlanSummary: Sendable, Hashable {
  public var create = 0
  public var adopt = 0
  public var change = 0
  public var remove = 0
  /// Objects with a step that is not taken.
  public var blocked = 0

  public init(_ plan: Plan) {
    var groups: [ObjectID: [Step]] = [:]
    for step in plan.steps where step.object.kind != .host {
      groups[step.object, default: []].append(step)
    }
    for steps in groups.values {
      if steps.contains(where: { $0.blocked != nil }) { blocked += 1 }
      let taken = steps.filter { $0.blocked == nil }
      if taken.isEmpty { continue }
      if taken.contains(where: { $0.action == .create }) {
        create += 1
      } else if taken.contains(where: { $0.action.isRemoval }) {
        remove += 1
      } else if taken.contains(where: { $0.action == .adopt }) {
        adopt += 1
      } else {
        change += 1
      }
    }
  }
}

/// One change in words.
enum ChangeText {
  static func values(_ change: FieldChange) -> String {
    switch (change.from, change.to) {
    case (nil, let to?): ValueText.render(to, unit: change.unit)
    case (let from?, nil):
      // An item of a list goes; a field returns to what libvirt makes of it.
      ValueText.render(from, unit: change.unit)
        + (change.path.hasSuffix("]") || change.path.hasPrefix("xml: ")
          ? " → (none)" : " → (default)")
    default:
      ValueText.render(change.from, unit: change.unit) + " → "
        + ValueText.render(change.to, unit: change.unit)
    }
  }
}

/// One step in words.
public enum StepText {
  /// What the step does: `create`, `start`, `attach a disk while it runs`.
  public static func title(_ step: Step) -> String {
    guard let operation = step.operation else { return untaken(step) }
    switch operation {
    case .defineGuest, .recordGuest, .defineSecret, .defineFilter, .defineNetwork, .definePool:
      return defining(step)
    case .renameGuest(let old, _, _): return "rename from \(old)"
    case .undefineGuest(let keepState): return keepState ? "remove, keep its disks" : "remove"
    case .setSecretValue: return "set its value"
    case .undefineSecret: return step.action == .recreate ? "remove, to make it anew" : "remove"
    case .undefineFilter, .undefineNetwork, .undefinePool: return "remove"
    case .restore: return "lay the former definition back"
    case .installGuest: return "start the installer"
    case .awaitGuestOff(let seconds):
      return "wait until the installer has ended (within \(Quantity.durationText(seconds)))"
    case .startGuest, .startNetwork, .startPool: return step.action == .create ? "create" : "start"
    case .resumeGuest: return "resume"
    case .shutDownGuest(let seconds, let destroys):
      let force = destroys ? ", then pull the plug" : ""
      return "shut down (within \(Quantity.durationText(seconds))\(force))"
    case .destroyGuest: return "pull the plug"
    case .awaitGuest(let readiness): return ReadinessText.title(readiness)
    case .setGuestAutostart(let on), .setNetworkAutostart(let on), .setPoolAutostart(let on):
      return on ? "start with the host" : "no longer start with the host"
    case .setLiveVcpus(let count):
      return "set \(count) \(count == 1 ? "CPU" : "CPUs") while it runs"
    case .setLiveMemory(let bytes): return "set \(Quantity.sizeText(bytes)) of memory while it runs"
    case .setLiveDescription: return "change title or description while it runs"
    case .attachDevice(let list, let item): return "attach \(device(list, item))"
    case .detachDevice(let list, let item, _): return "detach \(device(list, item))"
    case .updateDevice(let list, let item): return "change \(device(list, item)) while it runs"
    case .tuneGuest(let tuning): return TuningText.title(tuning)
    case .updateNetwork(let update): return networkUpdate(update)
    case .reattachInterfaces(let interfaces):
      let guests = Set(interfaces.map { "guest/" + $0.guest }).sorted().joined(separator: ", ")
      let count = interfaces.count == 1 ? "1 interface" : "\(interfaces.count) interfaces"
      return "reattach \(count) of \(guests)"
    case .stopNetwork: return "stop" + cut(step)
    case .stopPool: return "stop"
    case .buildPool: return "build"
    case .createVolume(_, let unlessThere): return unlessThere ? "create unless there" : "create"
    case .cloneVolume(_, let pool, let volume, let replaces):
      return (replaces ? "copy anew from " : "copy from ") + "volume/\(pool)/\(volume)"
    case .uploadVolume(let upload): return UploadText.title(step, upload)
    case .resizeVolume(let bytes): return "grow to \(Quantity.sizeText(bytes))"
    case .resizeGuestDisk(let guest, let disk, let bytes):
      return "grow to \(Quantity.sizeText(bytes)) through disk \(disk) of running guest/\(guest)"
    case .removeVolume: return "delete with its data"
    case .writeLedger(let ledger):
      return ledger.entries.isEmpty ? "drop" : "record " + contents(of: ledger)
    }
  }

  /// `1 pool, 3 volumes`.
  private static func contents(of ledger: Ledger) -> String {
    Kind.allCases.compactMap { kind in
      let count = ledger.entries.count { $0.kind == kind }
      let word = kind == .networkFilter ? "filter" : kind.word
      return count == 0 ? nil : "\(count) \(word)" + (count == 1 ? "" : "s")
    }.joined(separator: ", ")
  }

  private static func untaken(_ step: Step) -> String {
    switch step.reason {
    case .kept: "release: the volume stays"
    case .unowned where step.blocked == nil: "adopt as it is"
    default: step.action.rawValue
    }
  }

  private static func defining(_ step: Step) -> String {
    switch step.action {
    case .create: "create"
    case .adopt: "adopt"
    case .record: "record the manifest in its metadata"
    case .recreate: "make it anew"
    default: "change the definition"
    }
  }

  private static func device(_ list: String, _ item: Record) -> String {
    switch list {
    case "disks": "disk \(item.string("name") ?? "")"
    case "interfaces": "interface \(item.string("mac") ?? "")"
    default: list
    }
  }

  private static func networkUpdate(_ update: NetworkUpdate) -> String {
    let verb =
      switch update.command {
      case .add: "add"
      case .modify: "change"
      case .delete: "remove"
      }
    let what =
      switch update.section {
      case .dhcpHost: "reservation \(update.entry.string("address") ?? "")"
      case .dhcpRange:
        "DHCP range \(update.entry.string("start") ?? "") to \(update.entry.string("end") ?? "")"
      case .dnsHost: "DNS host \(update.entry.string("address") ?? "")"
      case .dnsTxt: "DNS text \(update.entry.string("name") ?? "")"
      case .dnsSrv: "DNS service \(update.entry.string("service") ?? "")"
      }
    return "\(verb) \(what) while it runs"
  }

  private static func cut(_ step: Step) -> String {
    guard case .pendingRestart(let guests) = step.reason, !guests.isEmpty else { return "" }
    return " (cuts off \(guests.map { "guest/\($0)" }.joined(separator: ", ")) for a moment)"
  }
}
