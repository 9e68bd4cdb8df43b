import CLibXML2
import Model

/// Keeps the defaults of a guest defaults when what they follow from changes.
///
/// What nobody chose, libvirt did, by the rest of the guest: the processor model by the architecture, the memory of a
/// video card by its model, the console by the first serial port. In the definition both look alike. So what was a
/// default before a change and is none after it, and no manifest declares, is taken out: libvirt chooses again.
struct StaleDefaults {
  private let former: Record
  private let minimal: Record
  private let madeControllers: [Mark]
  private let hasDefaultAudio: Bool

  /// Of the definition before a change.
  init(of root: Node) {
    former = Reader.record(.guest, at: root, shape: nil)
    minimal = GuestDefaults().stripped(former)
    for (_, elements) in Self.lists(of: root) {
      for (index, element) in elements.enumerated() { Mark.set(index, on: element) }
    }
    hasDefaultAudio = Self.audio(root).map(Generated.isDefaultAudio) ?? false
    madeControllers = GeneratedControllers.elements(of: root).compactMap(Mark.init)
  }

  /// Takes out of the changed definition what is no default any more.
  ///
  /// - Parameter declared: the fields that were written.
  func remove(from root: Node, declared: Record) {
    let now = Reader.record(.guest, at: root, shape: nil)
    let nowMinimal = GuestDefaults().stripped(now)
    let sides = Sides(former: former, minimal: minimal, now: now, nowMinimal: nowMinimal)
    for path in stale(sides, declared, .guest) { Writer.clear(path[...], in: .guest, at: root) }
    for (field, elements) in Self.lists(of: root) {
      items(of: field, elements, sides, declared)
    }
    if former["arch"] != now["arch"] || former["virtType"] != now["virtType"],
      declared["emulator"] == nil
    {
      root.descendant("devices/emulator")?.remove()
    }
    if hasDefaultAudio, let audio = Self.audio(root), !Generated.isDefaultAudio(audio) {
      audio.remove()
    }
    console(root, now)
    controllers(root, declared)
  }

  /// One record before and after a change, each also without its defaults.
  private struct Sides {
    var former: Record
    var minimal: Record
    var now: Record
    var nowMinimal: Record

    /// Whether a field has what it had by default.
    func wasDefault(_ name: String, _ declared: Record) -> Bool {
      former[name] != nil && minimal[name] == nil && now[name] == former[name]
        && declared[name] == nil
    }

    /// The same where it is no default any more.
    func isStale(_ name: String, _ declared: Record) -> Bool {
      wasDefault(name, declared) && nowMinimal[name] != nil
    }

    /// Whether what was chosen is gone, and there is nothing but what came with it.
    func isLeftToDefaults(_ table: Table) -> Bool {
      !minimal.isEmpty && !now.isEmpty
        && now.entries.allSatisfy {
          wasDefault($0.name, Record()) || table[$0.name]?.isAbsence($0.value) == true
        }
    }

    func inner(_ name: String) -> Sides {
      Sides(
        former: former.record(name) ?? Record(), minimal: minimal.record(name) ?? Record(),
        now: now.record(name) ?? Record(), nowMinimal: nowMinimal.record(name) ?? Record())
    }
  }

  /// Fields that are one choice: a processor without a model has none to match.
  private static let together: Set<String> = ["mode", "model", "modelFallback", "match", "check"]

  private func stale(_ sides: Sides, _ declared: Record, _ table: Table) -> [[FieldPath.Step]] {
    let isChosenAnew =
      table["modelFallback"] != nil
      && Self.together.contains {
        sides.isStale($0, declared)
      }
    return sides.former.entries.flatMap { entry -> [[FieldPath.Step]] in
      guard let field = table[entry.name] else { return [] }
      switch field.type {
      case .record(let inner, _):
        if field.implied == nil, !field.isSpread, declared[entry.name] == nil,
          sides.inner(entry.name).isLeftToDefaults(inner)
        {
          return [[.field(entry.name)]]
        }
        return stale(sides.inner(entry.name), declared.record(entry.name) ?? Record(), inner)
          .map { [.field(entry.name)] + $0 }
      case .list(.record, _): return []
      default:
        let follows = isChosenAnew && Self.together.contains(entry.name)
        let isStale =
          sides.isStale(entry.name, declared)
          || follows && sides.wasDefault(entry.name, declared)
        return isStale ? [[.field(entry.name)]] : []
      }
    }
  }

  private func items(of field: Field, _ elements: [Node], _ sides: Sides, _ declared: Record) {
    guard case .list(.record(let table, _), let key) = field.type else { return }
    let lists = [sides.former, sides.minimal, sides.now, sides.nowMinimal].map {
      $0.records(field.name)
    }
    // Where whole items are defaults, the others cannot be told by their places.
    guard lists[0].count == lists[1].count, lists[2].count == lists[3].count,
      lists[2].count == elements.count
    else { return }
    for (index, element) in elements.enumerated() {
      guard let mark = Mark(element), lists[0].indices.contains(mark.number) else { continue }
      let said = declared.records(field.name).enumerated().first { place, item in
        key.isEmpty
          ? place == index : field.identifies(lists[2][index], as: item, by: key, in: table)
      }
      let sides = Sides(
        former: lists[0][mark.number], minimal: lists[1][mark.number], now: lists[2][index],
        nowMinimal: lists[3][index])
      for path in stale(sides, said?.element ?? Record(), table) {
        Writer.clear(path[...], in: table, at: element)
      }
    }
  }

  /// libvirt has a console for the first serial port, and would make a port for it where there is none.
  private func console(_ root: Node, _ now: Record) {
    guard former.records("consoles").count > minimal.records("consoles").count,
      former["serials"] != now["serials"]
    else { return }
    Reader.elements(at: "devices/console", from: root).first { Mark($0)?.number == 0 }?.remove()
  }

  /// Controllers that libvirt had made for devices that are no longer there.
  private func controllers(_ root: Node, _ declared: Record) {
    let made = GeneratedControllers.elements(of: root)
    let used = GeneratedControllers.usedBuses(of: root)
    let models = former.records("controllers")
    for controller in Reader.elements(at: "devices/controller", from: root) {
      guard let mark = Mark(controller) else { continue }
      // Another controller in its place sits elsewhere on the bus.
      if models.indices.contains(mark.number),
        models[mark.number].string("model") != controller.attribute("model")
      {
        controller.descendant("address[@type='pci']")?.remove()
      }
      guard madeControllers.contains(mark),
        !made.contains(where: { $0.raw == controller.raw })
      else { continue }
      let type = controller.attribute("type")
      let index = controller.attribute("index").flatMap { Int64($0) }
      let isDeclared = declared.records("controllers").contains {
        $0.string("type") == type && [index, nil].contains($0.integer("index"))
      }
      let isUsed = type == "pci" && index.map { used.contains(Int($0)) } ?? true
      if !isDeclared, !isUsed { controller.remove() }
    }
  }

  private static func audio(_ root: Node) -> Node? { root.descendant("devices/audio") }

  private static func lists(of root: Node) -> [(field: Field, elements: [Node])] {
    Table.guest.fields.compactMap { field in
      guard case .repeated(let path) = field.xml, case .list(.record, _) = field.type else {
        return nil
      }
      return (field, Reader.elements(at: path, from: root))
    }
  }
}

/// A number on an element by which it is known again: a new element has none.
private struct Mark: Equatable {
  let number: Int

  init?(_ element: Node) {
    guard let mark = element.raw.pointee._private else { return nil }
    number = Int(bitPattern: mark) - 1
  }

  static func set(_ number: Int, on element: Node) {
    element.raw.pointee._private = UnsafeMutableRawPointer(bitPattern: number + 1)
  }
}

extension Field {
  /// Whether the value is what is read where there is nothing.
  fileprivate func isAbsence(_ value: Value) -> Bool {
    guard case .value(_, _, _, let absent?) = xml else { return false }
    return value == .string(absent) || value == false && absent == "false"
  }
}
