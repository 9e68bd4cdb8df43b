/// A position in a file.
///
/// Lines and columns begin at 1. A column counts Unicode scalars, not bytes and not grapheme
/// clusters, because that is how libyaml counts them (`yaml_mark_t`, there from 0). A byte order
/// mark at the beginning of the file has no column.
public struct Mark: Sendable, Hashable, Comparable {
  /// The line, from 1.
  public var line: Int32
  /// The column in Unicode scalars, from 1.
  public var column: Int32

  /// A position from its line and its column, both from 1.
  public init(line: Int32, column: Int32) {
    self.line = line
    self.column = column
  }

  /// The first position of every file.
  public static let fileStart = Mark(line: 1, column: 1)

  /// Whether `left` stands before `right` in the file.
  public static func < (left: Mark, right: Mark) -> Bool {
    left.line == right.line ? left.column < right.column : left.line < right.line
  }
}

extension Mark: CustomStringConvertible {
  /// The position as compilers write it: `line:column`.
  public var description: String { "\(line):\(column)" }
}
