import Execution
import LibvirtXML
import Model

/// What runs of a guest or a network, beside its definition.
struct RunningReading {
  var spec: Record
  var ownership: Ownership?
  /// Of guests.
  var facts: RunningFacts?
  /// The whole document, where an overlay is declared or has left something.
  var tree: XMLElement?
  var former: FormerFields?
  /// The definition's whole document, where only what runs has anything of an overlay.
  var definedTree: XMLElement?
}

extension Observation {
  /// Reads what runs.
  ///
  /// - Parameters:
  ///   - text: what runs.
  ///   - definition: the persistent one.
  ///   - owner: by the definition.
  func running(
    _ kind: Kind, _ name: String, _ text: borrowing LibvirtText,
    over definition: borrowing LibvirtText, owner: Ownership?
  ) throws(HypervisorError) -> RunningReading {
    let reference = "\(kind.word)/\(name)"
    let table = Table.spec(of: kind)
    let shape = shape(kind, name)
    var reading = try text.parsed(reference) { document, bytes throws(HypervisorError) in
      var reading = RunningReading(spec: document.read(table, shape: shape))
      reading.ownership = document.ownership(like: owner)
      if kind == .guest { reading.facts = document.runningFacts() }
      reading.tree = try tree(of: bytes, kind, name, owner)
      if reading.tree == nil { reading.tree = try tree(of: bytes, kind, name, reading.ownership) }
      return reading
    }
    // Rare: something was applied since it was started.
    guard let running = reading.ownership,
      let former = running.formerSpec(unlike: owner, stack: request.stack)
    else { return reading }
    let formerShape = Shape(of: former)
    let fields = try text.parsed(reference) { document, _ in
      document.read(table, shape: formerShape)
    }
    reading.former = try definition.parsed(reference) {
      document, bytes throws(HypervisorError) in
      reading.definedTree = try tree(of: bytes, kind, name, running)
      return FormerFields(defined: document.read(table, shape: formerShape), running: fields)
    }
    return reading
  }
}
