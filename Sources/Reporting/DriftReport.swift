import Model
import OrderedCollections
import Planning

/// Where hosts are not as the manifests say: the same plan, read as findings about objects.
public struct DriftReport: Sendable {
  /// One object that is not as declared.
  public struct Finding: Sendable {
    public var object: ObjectID
    /// `missing`, `not-declared`, `unowned`, `other-stack`, `differs`, `power`, `autostart`.
    public var code: String
    /// In one sentence.
    public var message: String
    public var changes: [FieldChange]
  }

  public var stack: String
  public var compared: Int
  public var findings: [Finding]
  public var unreadable: [UnreadableHost]

  /// The findings of a plan. Bookkeeping of ownership alone is no drift, nor is that a guest
  /// is yet to be seen ready.
  public init(_ plan: Plan) {
    stack = plan.stack
    compared = plan.compared
    unreadable = plan.unreadable
    let counted = plan.steps.filter { step in
      // A guest that is renamed is found under its new name.
      if case .renamed = step.reason, step.action == .stop { return false }
      return step.object.kind != .host && ![.ownership, .readiness].contains(step.reason)
    }
    findings = OrderedDictionary(grouping: counted, by: \.object).sorted { $0.key < $1.key }
      .compactMap { Self.finding($0.key, $0.value) }
  }

  private static func finding(_ object: ObjectID, _ steps: [Step]) -> Finding? {
    guard let first = steps.first else { return nil }
    let changes = unique(steps.flatMap(\.changes))
    var parts: [String] = []
    var code = "differs"
    switch first.reason {
    case .missing:
      return Finding(
        object: object, code: "missing", message: "is declared and does not exist", changes: [])
    case .renamed(let old):
      return Finding(
        object: object, code: "renamed", message: "is called '\(old)' on the host", changes: changes
      )
    case .notDeclared, .kept, .superseded:
      return Finding(
        object: object, code: "not-declared", message: "belongs to the stack and is not declared",
        changes: [])
    case .unowned where first.blocked?.code == .otherStack:
      let owned = (first.blocked?.message ?? "").trimmingPrefix(object.reference + " ")
      return Finding(
        object: object, code: "other-stack", message: String(owned), changes: changes)
    case .unowned:
      return Finding(
        object: object, code: "unowned", message: "exists, and no stack owns it", changes: changes)
    default: break
    }
    for step in steps {
      if case .power(let from, let to) = step.reason {
        parts.append("is \(from), declared \(to)")
        if changes.isEmpty { code = "power" }
      }
      if case .autostart(let on) = step.reason {
        parts.append(on ? "does not start with the host" : "starts with the host")
        if changes.isEmpty { code = "autostart" }
      }
    }
    if !changes.isEmpty {
      parts.append("differs in \(changes.count) \(changes.count == 1 ? "field" : "fields")")
    }
    return Finding(
      object: object, code: code, message: parts.joined(separator: "; "), changes: changes)
  }

  /// A field that differs in the definition and in what runs is one finding.
  private static func unique(_ changes: [FieldChange]) -> [FieldChange] {
    var seen: Set<String> = []
    return changes.filter { seen.insert($0.path).inserted }
  }

  /// As people read it.
  public func text(color: Bool = false) -> String {
    let paint = Paint(isOn: color)
    var text = ""
    for host in unreadable {
      text += paint("host/\(host.host): unknown: \(host.reason)", .red) + "\n"
    }
    for finding in findings {
      text +=
        "\(paint(finding.object.reference, .bold)) on \(finding.object.host): \(finding.message)\n"
      for change in finding.changes {
        text += "    \(change.path): \(Self.sentence(change))\n"
      }
    }
    if findings.isEmpty, unreadable.isEmpty {
      return "No drift: \(compared) \(compared == 1 ? "object is" : "objects are") as declared.\n"
    }
    if compared == 0 { return text + "Drift: unknown.\n" }
    return text + "Drift: \(findings.count) of \(compared) objects.\n"
  }

  private static func sentence(_ change: FieldChange) -> String {
    let side = change.side == .running ? " in the running object" : ""
    let note = change.origin == .pending ? " (waits for a restart)" : ""
    switch (change.from, change.to) {
    case (nil, let to?):
      return "missing\(side), declared \(ValueText.render(to, unit: change.unit))\(note)"
    case (let from?, nil):
      return "not declared\(side): \(ValueText.render(from, unit: change.unit))\(note)"
    default:
      return "is \(ValueText.render(change.from, unit: change.unit))\(side), declared "
        + "\(ValueText.render(change.to, unit: change.unit))\(note)"
    }
  }

  /// As a versioned document; `schemas/drift.json` describes it.
  public var json: JSON {
    .object([
      ("formatVersion", .integer(PlanJSON.formatVersion)), ("stack", .string(stack)),
      ("compared", .integer(Int64(compared))),
      (
        "findings",
        .array(
          findings.map { finding in
            .object([
              ("object", PlanJSON.object(finding.object)), ("code", .string(finding.code)),
              ("message", .string(finding.message)),
              ("changes", .array(finding.changes.map(PlanJSON.change))),
            ])
          })
      ),
      (
        "unreadableHosts",
        .array(
          unreadable.map {
            .object([("host", .string($0.host)), ("reason", .string($0.reason))])
          })
      ),
    ])
  }
}
