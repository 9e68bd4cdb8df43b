import CLibYAML

/// libyaml's parser over bytes in memory.
///
/// Both structs of libyaml live at fixed addresses on the heap: the parser keeps a pointer to
/// itself, and one event is filled again and again, so that reading allocates nothing per event
/// beyond what libyaml does.
struct YAMLEventSource: ~Copyable {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let event: UnsafeMutablePointer<yaml_event_t>

  /// A parser that reads `bytes`, which must outlive it; `nil` without memory.
  init?(_ bytes: UnsafeRawBufferPointer) {
    let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    guard yaml_parser_initialize(parser) != 0 else {
      parser.deallocate()
      return nil
    }
    self.parser = parser
    event = UnsafeMutablePointer<yaml_event_t>.allocate(capacity: 1)
    // Said rather than guessed, or libyaml would read UTF-16 on a mark at the beginning; but then
    // it does not skip UTF-8's own mark either, so that is left out here.
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    let text = bytes.dropFirst(YAMLSource.lengthOfMark(in: bytes))
    yaml_parser_set_input_string(
      parser, UnsafeRawBufferPointer(rebasing: text).bindMemory(to: UInt8.self).baseAddress,
      text.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    event.deallocate()
  }

  /// Gives the next event to `body`; the event's memory is libyaml's and ends with the call.
  /// `false` if there is none because of an error.
  @inline(__always)
  func next(_ body: (UnsafePointer<yaml_event_t>) -> Void) -> Bool {
    guard yaml_parser_parse(parser, event) != 0 else { return false }
    body(event)
    yaml_event_delete(event)
    return true
  }

  /// The error at which libyaml stopped.
  func problem(in source: YAMLSource) -> YAMLProblem {
    guard parser.pointee.error != YAML_MEMORY_ERROR else { return .outOfMemory }
    // libyaml ends every file with a line break, be it there or not, and finds errors after it.
    let end = source.mark(at: source.bytes.count)
    let complaint = YAMLComplaint(
      problem: parser.pointee.problem.map { String(cString: $0) } ?? "",
      mark: min(Mark(parser.pointee.problem_mark), end),
      context: parser.pointee.context.map { String(cString: $0) } ?? "",
      contextMark: min(Mark(parser.pointee.context_mark), end))
    return complaint.mended(in: source)
  }
}

extension Mark {
  /// libyaml's mark, which counts from 0.
  @inline(__always)
  init(_ mark: yaml_mark_t) {
    // Exact within the limit of bytes; a larger limit could only make the number wrong.
    line = Int32(truncatingIfNeeded: mark.line) &+ 1
    column = Int32(truncatingIfNeeded: mark.column) &+ 1
  }
}
