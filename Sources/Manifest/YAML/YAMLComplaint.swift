/// What libyaml says of a syntax error, and what is made of it.
///
/// libyaml tells what its grammar missed ("did not find expected key"), mostly not what the author
/// did. What is likely depends on the characters around, so the mending looks at the source. It
/// may be slow: it happens once per file at most.
struct YAMLComplaint {
  let problem: String
  let mark: Mark
  /// What libyaml was busy with, "while parsing a block mapping"; may be empty.
  let context: String
  /// Where that began.
  let contextMark: Mark

  func mended(in source: YAMLSource) -> YAMLProblem {
    let lines = Lines(source: source, complaint: self)
    if let problem = conflictMarker(in: source) ?? tab(lines) { return problem }
    let (message, place) = explanation(lines)
    let code =
      problem == "found undefined tag handle" ? YAMLProblemCode.tag : YAMLProblemCode.syntax
    var related: YAMLProblem.RelatedPlace?
    if !context.isEmpty, contextMark != place {
      related = .init(mark: contextMark, note: noteOnContext)
    } else if place.line != mark.line {
      related = .init(mark: mark, note: "noticed here")
    }
    return YAMLProblem(code: code, message: message, mark: place, related: related)
  }

  /// The characters around the error.
  struct Lines {
    /// The line of the error.
    let here: [Unicode.Scalar]
    /// The line where what libyaml was busy with began.
    let context: [Unicode.Scalar]
    /// How many characters stand before the error in its line.
    let column: Int

    init(source: YAMLSource, complaint: YAMLComplaint) {
      here = source.line(complaint.mark.line)
      context = source.line(complaint.contextMark.line)
      column = Int(complaint.mark.column) - 1
    }

    /// The character at which libyaml stopped; `nil` at the end of the line.
    var character: Unicode.Scalar? { column < here.count ? here[column] : nil }
    /// What stands before that character.
    var before: ArraySlice<Unicode.Scalar> { here.prefix(column) }
    /// The spaces and tabs at the beginning of the line.
    var indentation: ArraySlice<Unicode.Scalar> { here.prefix { $0 == " " || $0 == "\t" } }
  }

  /// Where context marks point to, in words.
  private var noteOnContext: String {
    switch context {
    case "while parsing a block mapping": "the mapping begins here"
    case "while parsing a flow mapping": "'{' opens here"
    case "while parsing a block collection": "the list begins here"
    case "while parsing a flow sequence": "'[' opens here"
    case "while scanning a quoted scalar", "while parsing a quoted scalar": "the quote opens here"
    case "while scanning a plain scalar", "while scanning a block scalar":
      "the text begins here"
    case "while scanning a simple key": "the key begins here"
    default: context.hasSuffix("tag") ? "the tag begins here" : context
    }
  }

  /// What git leaves behind in a file with a conflict; no YAML line begins so.
  private func conflictMarker(in source: YAMLSource) -> YAMLProblem? {
    let near = [contextMark.line, mark.line - 1, mark.line].filter { $0 > 0 }
    for number in Set(near).sorted() {
      let start = String(String.UnicodeScalarView(source.line(number).prefix(8)))
      guard ["<<<<<<< ", ">>>>>>> ", "======="].contains(start) else { continue }
      return YAMLProblem(
        code: YAMLProblemCode.syntax,
        message: "a conflict marker of git is left here; resolve the conflict first",
        mark: Mark(line: number, column: 1))
    }
    return nil
  }

  /// A tab where YAML counts spaces. Within brackets and quotes tabs are only space.
  private func tab(_ lines: Lines) -> YAMLProblem? {
    let atTab = lines.character == "\t" && problem.hasPrefix("found")
    let isFree = context.hasPrefix("while parsing a flow") || context.hasSuffix("quoted scalar")
    let column: Int
    if let first = lines.indentation.firstIndex(of: "\t"), !isFree {
      column = first
    } else if atTab {
      column = lines.column
    } else {
      return nil
    }
    return YAMLProblem(
      code: YAMLProblemCode.tab, message: "a tab is used for indentation; YAML wants spaces",
      mark: Mark(line: mark.line, column: Int32(column) + 1))
  }
}
