/// A place in a manifest.
public struct Place: Sendable, Hashable, Comparable {
  /// The file as the user named it; `-` is standard input.
  public var file: String
  /// 1-based.
  public var line: Int
  /// 1-based, in Unicode scalars.
  public var column: Int

  /// A place.
  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// By file, line and column.
  public static func < (left: Place, right: Place) -> Bool {
    (left.file, left.line, left.column) < (right.file, right.line, right.column)
  }
}

extension Place: CustomStringConvertible {
  /// `file:line:column`.
  public var description: String { "\(file):\(line):\(column)" }

  /// Reads what `description` gives; a file's name may have colons.
  public init?(text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count >= 3, let line = Int(parts[parts.count - 2]),
      let column = Int(parts[parts.count - 1])
    else { return nil }
    self.init(file: parts.dropLast(2).joined(separator: ":"), line: line, column: column)
  }
}

/// One complaint about the input, with its place and the way out.
public struct Diagnostic: Sendable, Hashable, Error {
  /// How bad it is.
  public enum Severity: String, Sendable, Hashable {
    /// Nothing is planned.
    case error
    /// Said, and carried on.
    case warning
  }

  /// A further place that explains the complaint.
  public struct Related: Sendable, Hashable {
    /// Where.
    public var place: Place
    /// What is there: `first defined here`.
    public var message: String
  }

  /// How bad it is.
  public var severity: Severity
  /// A stable name for scripts: `unknown-field`.
  public var code: String
  /// What is wrong, in one sentence without a full stop.
  public var message: String
  /// Where; nil for complaints about no one place (a host that does not answer).
  public var place: Place?
  /// What would be right.
  public var expected: String?
  /// The nearest valid spelling.
  public var suggestion: String?
  /// Further places.
  public var related: [Related]

  /// A diagnostic.
  public init(
    _ severity: Severity = .error, code: String, _ message: String, at place: Place? = nil,
    expected: String? = nil, suggestion: String? = nil, related: [Related] = []
  ) {
    self.severity = severity
    self.code = code
    self.message = message
    self.place = place
    self.expected = expected
    self.suggestion = suggestion
    self.related = related
  }

  /// Adds a further place.
  public func related(to place: Place?, _ message: String) -> Diagnostic {
    guard let place else { return self }
    var copy = self
    copy.related.append(Related(place: place, message: message))
    return copy
  }
}
