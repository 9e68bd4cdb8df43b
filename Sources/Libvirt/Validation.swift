import Execution
import Model
import Planning

/// Which definitions libvirt has to check against its schema.
///
/// Without the check libvirt drops elements that it does not know in silence. The check is the
/// larger part of a definition (6.9 of 7.8 ms on libvirt 9.0, which reads its schema anew each
/// time), and it is about structure: what the tables write has the same structure for the same set
/// of fields. So each set of fields is checked once a connection. Values are checked by libvirt's
/// parser at every definition.
final class Validation: Sendable {
  private struct Structure: Hashable {
    let table: String
    let fields: Shape
    let cleared: [FieldPath]
  }

  private let passed = Lock<Set<Structure>>([])

  /// Defines with the check where it is due; without it where the driver has none.
  func define<Handle: ~Copyable>(
    _ definition: Definition, _ table: Table, flag: UInt32,
    _ define: (UInt32) throws(HypervisorError) -> Handle
  ) throws(HypervisorError) -> Handle {
    let structure = Structure(
      table: table.name, fields: Shape(of: definition.spec), cleared: definition.cleared)
    // Raw XML can have any structure.
    let isFree = definition.spec["xml"] != nil
    if !isFree, passed.withLock({ $0.contains(structure) }) { return try define(0) }
    let handle: Handle
    do throws(HypervisorError) {
      handle = try define(flag)
    } catch {
      if error.code != .unsupported { throw error }
      handle = try define(0)
    }
    passed.withLock { _ = $0.insert(structure) }
    return handle
  }
}
