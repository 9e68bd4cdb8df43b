/// What is wrong with a YAML stream, and where.
public struct YAMLProblem: Error, Sendable, Hashable {
  /// What kind of problem it is: one of the `yaml-…` words below. Stable, for scripts and docs.
  public var code: String
  /// What is wrong, in plain English; text from the file is quoted in it, shortened, and with its
  /// control characters replaced.
  public var message: String
  /// Where.
  public var mark: Mark
  /// A second place that helps to understand the first.
  public var related: RelatedPlace?

  /// A second place of a problem.
  public struct RelatedPlace: Sendable, Hashable {
    /// Where.
    public var mark: Mark
    /// What stands there: "first given here".
    public var note: String

    /// A place from its parts.
    public init(mark: Mark, note: String) {
      self.mark = mark
      self.note = note
    }
  }

  /// A problem from its parts.
  public init(code: String, message: String, mark: Mark, related: RelatedPlace? = nil) {
    self.code = code
    self.message = message
    self.mark = mark
    self.related = related
  }
}

/// The codes of YAML problems. Spelled once here; part of the contract with scripts.
enum YAMLProblemCode {
  static let aliasExpansion = "yaml-alias-expansion"
  static let anchor = "yaml-anchor"
  static let depth = "yaml-depth"
  static let duplicateKey = "yaml-duplicate-key"
  static let encoding = "yaml-encoding"
  static let key = "yaml-key"
  static let memory = "yaml-memory"
  static let merge = "yaml-merge"
  static let size = "yaml-size"
  static let syntax = "yaml-syntax"
  static let tab = "yaml-tab"
  static let tag = "yaml-tag"
  static let tooManyProblems = "yaml-too-many-problems"
}

/// Text of the file in a form fit for a message: in single quotes, shortened, and without control
/// characters, which could otherwise steer the terminal on which the message is shown.
func quotedForMessage(_ text: String) -> String {
  let longest = 40
  var shown = ""
  var count = 0
  for scalar in text.unicodeScalars {
    if count == longest {
      shown += "…"
      break
    }
    let isControl =
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: true
      default: false
      }
    shown.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
    count += 1
  }
  return "'\(shown)'"
}
