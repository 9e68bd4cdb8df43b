/// What is likely wrong, by libyaml's words (those of version 0.2.5, scanner.c and parser.c).
extension YAMLComplaint {
  /// The message, and the place that serves the author best: a quote that is never closed is
  /// found at the end of the file, but mended where it opens.
  func explanation(_ lines: Lines) -> (message: String, place: Mark) {
    switch problem {
    case "found character that cannot start any token":
      return ("\(character(lines)) cannot begin a value; put the text in quotes", mark)
    case "mapping values are not allowed in this context":
      return (secondColon(lines), mark)
    case "could not find expected ':'":
      return (missingColon(lines), contextMark)
    case "did not find expected key":
      return (missingKey(lines), mark)
    case "did not find expected <document start>":
      return (strayContent(lines), mark)
    case "did not find expected '-' indicator":
      return ("expected '- ' and the next item of the list here; check the indentation", mark)
    case "did not find expected ',' or ']'":
      return ("expected ',' or ']' here; is the '[' closed?", mark)
    case "did not find expected ',' or '}'":
      return ("expected ',' or '}' here; is the '{' closed?", mark)
    case "did not find expected node content":
      let isOpen = context.hasPrefix("while parsing a flow") && lines.character == nil
      let hint = isOpen ? "; is the '[' or '{' before it closed?" : ""
      return ("a value is missing here\(hint)", mark)
    case "block sequence entries are not allowed in this context":
      return ("a list cannot begin here; put its first '- ' on a line of its own", mark)
    case "mapping keys are not allowed in this context":
      return ("'? ' marks a key and cannot stand here; if it is text, put it in quotes", mark)
    case "found unexpected end of stream" where context == "while scanning a quoted scalar",
      "found unexpected document indicator":
      return ("the quote that opens here is not closed", contextMark)
    case "found unknown escape character":
      return (
        "this escape is unknown in double quotes; write '\\\\' for a backslash, or use single "
          + "quotes", mark
      )
    case "did not find expected hexdecimal number", "found invalid Unicode character escape code":
      return ("the escape after '\\' wants the hexadecimal number of a character", mark)
    case "did not find expected alphabetic or numeric character":
      return (badName, contextMark)
    case "found undefined tag handle":
      return ("the tag here is not known; if it is text, put it in quotes", mark)
    case "found incompatible YAML document":
      return ("only YAML 1.1 and 1.2 are read", mark)
    case "did not find expected comment or line break"
    where context == "while scanning a block scalar":
      return (
        "text after '|' or '>' begins on the next line; only a comment may stand here", mark
      )
    case "found an indentation indicator equal to 0":
      return ("the number after '|' or '>' must be from 1 to 9", mark)
    default:
      return (fallback, mark)
    }
  }

  private func character(_ lines: Lines) -> String {
    lines.character.map { quotedForMessage(String($0)) } ?? "this"
  }

  /// "mapping values are not allowed": either two ': ' in a line, or a line that libyaml took to
  /// continue the text of the line above.
  private func secondColon(_ lines: Lines) -> String {
    let before = Array(lines.before)
    let hasColon = before.indices.contains {
      let next = $0 + 1
      return before[$0] == ":" && next < before.count
        && (before[next] == " " || before[next] == "\t")
    }
    if hasColon {
      return "a second ':' in this line; if it belongs to the value, put the value in quotes"
    }
    return "a key cannot stand here: the line above already has its value, or lacks a ':'; check "
      + "the indentation"
  }

  private func missingColon(_ lines: Lines) -> String {
    let start = max(0, Int(contextMark.column) - 1)
    let rest = lines.context.dropFirst(start)
    if let colon = rest.firstIndex(of: ":"), rest.index(after: colon) < rest.endIndex {
      return "a space is missing after ':'"
    }
    let key = quotedForMessage(String(String.UnicodeScalarView(rest)))
    return "expected ':' after \(key)"
  }

  private func missingKey(_ lines: Lines) -> String {
    let last = lines.before.last { $0 != " " }
    if last == "'" || last == "\"" {
      let inner = last == "'" ? "''" : "\\\""
      return "text follows after the closing quote; within the quotes, write \(inner) for a quote"
    }
    if lines.character == "-", lines.before.allSatisfy({ $0 == " " }) {
      return "expected a key here, not an item of a list; check the indentation"
    }
    if context == "while parsing a block mapping", mark.line > contextMark.line,
      mark.column != contextMark.column
    {
      return "expected ':' or a new key here; the keys of this mapping begin in column "
        + "\(contextMark.column), this is column \(mark.column): check the indentation"
    }
    return "expected ':' or a new key here; check the indentation"
  }

  /// More content where the document has ended.
  private func strayContent(_ lines: Lines) -> String {
    guard lines.before.allSatisfy({ $0 == " " }) else {
      return "nothing more can stand here: the value before it has ended"
    }
    return "the document has ended before this line; check the indentation, or begin a new "
      + "document with '---'"
  }

  private var badName: String {
    if context == "while scanning an alias" {
      return "'*' begins an alias here, but no proper name follows; if it is text such as "
        + "'*.example.com', put it in quotes"
    }
    return "'&' begins an anchor here, but no proper name follows; if it is text, put it in quotes"
  }

  /// libyaml's own words, for what happens too seldom to deserve better ones.
  private var fallback: String {
    if context.contains("tag"), !context.contains("directive") {
      return "the tag that '!' begins here is not complete; if it is text, put it in quotes"
    }
    return context.isEmpty ? problem : "\(problem) \(context)"
  }
}
