import Model

/// One part of the way to a value: `disks`, then `[1]`, then `pool`.
public enum PathPart: Sendable, Hashable {
  case field(String)
  case index(Int)
}

/// A manifest document that was read: its values, and the tree that knows where each stands.
public struct Document: Sendable {
  /// The file as the user named it.
  public var file: String
  public var kind: Kind
  public var name: String
  /// The name that the object had before.
  public var previousName: String?
  public var labels: [String: String]
  /// The declared fields.
  public var spec: Record
  /// The whole document's tree.
  public var node: YAMLNode
  /// Fields under `spec` that are written, but could not be read.
  public var broken: Set<[PathPart]> = []

  /// Where the document begins.
  public var place: Place { Place(file: file, node.start) }

  /// Where the object's name stands.
  public var namePlace: Place {
    guard let node = node["metadata"]?["name"] else { return place }
    return Place(file: file, node.start)
  }

  /// Where a value under `spec` stands; the nearest enclosing one when it is not written itself.
  public func place(of path: [PathPart]) -> Place {
    guard var current = node["spec"] else { return place }
    for part in path {
      let next: YAMLNode? =
        switch part {
        case .field(let name): current[name]
        case .index(let index):
          current.items.flatMap { $0.indices.contains(index) ? $0[index] : nil }
        }
      guard let next else { break }
      current = next
    }
    return Place(file: file, current.start)
  }

  /// Whether a complaint about a value under `spec`, or about one that encloses it, has been made already:
  /// then nothing follows from its absence.
  public func isBroken(_ path: [PathPart]) -> Bool {
    !broken.isEmpty && (0...path.count).contains { broken.contains(Array(path.prefix($0))) }
  }

  /// Whether a complaint about anything in a field under `spec` has been made already.
  func isAnyBroken(under field: String) -> Bool {
    broken.contains { $0.isEmpty || $0.first == .field(field) }
  }

  /// Whether the document itself writes a value under `spec`.
  public func writes(_ path: [PathPart]) -> Bool {
    var current = node["spec"]
    for part in path {
      switch part {
      case .field(let name): current = current?[name]
      case .index(let index):
        current = current?.items.flatMap { $0.indices.contains(index) ? $0[index] : nil }
      }
    }
    return current != nil
  }
}

extension Place {
  /// A mark in a file.
  init(file: String, _ mark: Mark) {
    self.init(file: file, line: Int(mark.line), column: Int(mark.column))
  }
}
