/// What a stream of YAML holds.
public struct YAMLStream: Sendable {
  /// The roots of the documents that could be read to their end, in the order of the stream;
  /// empty documents are left out.
  ///
  /// With `problems`, these are good for finding more problems, but not for acting upon: what
  /// could not be read (a second value for a key, an alias without an anchor) is missing in them.
  public var documents: [YAMLNode]
  /// What is wrong with the stream, in the order of the file.
  public var problems: [YAMLProblem]

  /// A stream from its parts.
  public init(documents: [YAMLNode] = [], problems: [YAMLProblem] = []) {
    self.documents = documents
    self.problems = problems
  }
}

/// Reads a stream of YAML documents.
///
/// YAML 1.1 as libyaml reads it, with these differences: only UTF-8, no complex keys, no tags but
/// those of the core schema, no typing of scalars, and no key twice in a mapping. Problems that
/// leave the structure intact are collected; a syntax error or an exceeded limit ends the reading.
///
/// - Parameters:
///   - bytes: The stream. Used only during the call.
///   - limits: How much to read before refusing.
/// - Returns: The documents and the problems.
public func readYAML(
  _ bytes: UnsafeRawBufferPointer, limits: YAMLLimits = .standard
) -> YAMLStream {
  if bytes.count > limits.maximumBytes {
    let problem = YAMLProblem(
      code: YAMLProblemCode.size,
      message: "the file has \(bytes.count) bytes; at most \(limits.maximumBytes) are read",
      mark: .fileStart)
    return YAMLStream(problems: [problem])
  }
  let source = YAMLSource(bytes)
  if let problem = source.encodingProblem() ?? source.directiveProblem() {
    return YAMLStream(problems: [problem])
  }
  if bytes.isEmpty { return YAMLStream() }

  guard let events = YAMLEventSource(bytes) else {
    return YAMLStream(problems: [.outOfMemory])
  }
  var builder = YAMLTreeBuilder(limits: limits)
  while !builder.isFinished {
    if !events.next({ builder.take($0) }) {
      builder.stop(events.problem(in: source))
    }
  }
  return builder.finish()
}

/// Reads a stream of YAML documents; see ``readYAML(_:limits:)-(UnsafeRawBufferPointer,_)``.
public func readYAML(_ bytes: [UInt8], limits: YAMLLimits = .standard) -> YAMLStream {
  bytes.withUnsafeBytes { readYAML($0, limits: limits) }
}

extension YAMLProblem {
  static let outOfMemory = YAMLProblem(
    code: YAMLProblemCode.memory, message: "no memory is left to read this file",
    mark: .fileStart)
}
