import Model
import Planning

/// A plan as a versioned JSON document; `schemas/plan.json` describes it.
public enum PlanJSON {
  /// The version of the document's form.
  public static let formatVersion: Int64 = 1

  /// The document. The same plan gives the same bytes.
  public static func document(_ plan: Plan) -> JSON {
    guard !plan.notes.isEmpty, case .object(var pairs) = body(plan) else { return body(plan) }
    pairs.insert(("notes", notes(plan)), at: pairs.count - 1)
    return .object(pairs)
  }

  private static func body(_ plan: Plan) -> JSON {
    let summary = PlanSummary(plan)
    return .object(
      [
        ("formatVersion", .integer(formatVersion)), ("stack", .string(plan.stack)),
        (
          "hosts",
          .array(
            plan.hosts.map { .object([("name", .string($0.name)), ("uri", .string($0.uri))]) })
        ),
        ("steps", .array(plan.steps.map(step))),
        (
          "unreadableHosts",
          .array(
            plan.unreadable.map {
              .object([("host", .string($0.host)), ("reason", .string($0.reason))])
            })
        ),
      ] + notes(plan) + [
        (
          "summary",
          .object([
            ("compared", .integer(Int64(plan.compared))),
            ("create", .integer(Int64(summary.create))),
            ("adopt", .integer(Int64(summary.adopt))), ("change", .integer(Int64(summary.change))),
            ("remove", .integer(Int64(summary.remove))),
            ("blocked", .integer(Int64(summary.blocked))),
          ])
        )
      ])
  }

  /// Left out where there is none.
  private static func notes(_ plan: Plan) -> [(String, JSON)] {
    if plan.notes.isEmpty { return [] }
    let notes = plan.notes.map { note -> JSON in
      .object([
        ("object", object(note.object)), ("message", .string(note.message)),
        ("remedy", .string(note.remedy)),
      ])
    }
    return [("notes", .array(notes))]
  }

  private static func notes(_ plan: Plan) -> JSON {
    .array(
      plan.notes.map { note in
        .object([
          ("object", object(note.object)), ("message", .string(note.message)),
          ("remedy", .string(note.remedy)),
        ])
      })
  }

  private static func step(_ step: Step) -> JSON {
    var pairs: [(String, JSON)] = [
      ("id", .integer(Int64(step.id))), ("object", object(step.object)),
      ("action", .string(step.action.rawValue)), ("title", .string(StepText.title(step))),
      ("reason", .string(reason(step.reason))), ("disruption", .string(step.disruption.rawValue)),
      ("waitsFor", .array(step.waitsFor.map { .integer(Int64($0)) })),
      ("changes", .array(step.changes.map(change))),
    ]
    if let blocked = step.blocked {
      pairs.append(
        (
          "blocked",
          .object(
            [
              ("code", .string(blocked.code.rawValue)), ("message", .string(blocked.message)),
              ("remedy", .string(blocked.remedy)),
            ]
              + [("path", blocked.path), ("place", blocked.place)].compactMap { name, text in
                text.map { (name, JSON.string($0)) }
              })
        ))
    }
    if let notes = step.notes { pairs.append(("notes", .array(notes.map { .string($0) }))) }
    if let reasoning = step.reasoning { pairs.append(("reasoning", .string(reasoning))) }
    return .object(pairs)
  }

  static func object(_ id: ObjectID) -> JSON {
    .object([
      ("host", .string(id.host)), ("kind", .string(id.kind.rawValue)), ("name", .string(id.name)),
    ])
  }

  static func change(_ change: FieldChange) -> JSON {
    .object(
      [
        ("path", .string(change.path)), ("from", change.from.map { JSON($0) } ?? .null),
        ("to", change.to.map { JSON($0) } ?? .null), ("side", .string(change.side.rawValue)),
        ("origin", .string(change.origin.rawValue)),
      ] + (change.note.map { [("note", .string($0))] } ?? []))
  }

  private static func reason(_ reason: Reason) -> String {
    switch reason {
    case .missing: "missing"
    case .renamed: "renamed"
    case .unfinished: "unfinished"
    case .differs: "differs"
    case .unowned: "unowned"
    case .power: "power"
    case .autostart: "autostart"
    case .pendingRestart: "pending-restart"
    case .notDeclared: "not-declared"
    case .ownership: "ownership"
    case .applied: "applied"
    case .readiness: "readiness"
    case .kept: "kept"
    case .superseded: "superseded"
    }
  }
}
