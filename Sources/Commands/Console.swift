import Glibc
import Synchronization

/// Where a command writes, and what it may ask: results on standard output, everything else on standard
/// error. Tests put their own in its place.
public struct Console: Sendable {
  /// Writes a result.
  public var write: @Sendable (String) -> Void
  /// Writes a message.
  public var note: @Sendable (String) -> Void
  /// Whether a person reads standard output, standard error, and answers questions.
  public var outputIsTerminal: Bool
  public var errorIsTerminal: Bool
  public var inputIsTerminal: Bool
  /// Reads one line of an answer; nil at the end of the input.
  public var ask: @Sendable (String) -> String?

  public init(
    write: @escaping @Sendable (String) -> Void, note: @escaping @Sendable (String) -> Void,
    outputIsTerminal: Bool = false, errorIsTerminal: Bool = false, inputIsTerminal: Bool = false,
    ask: @escaping @Sendable (String) -> String? = { _ in nil }
  ) {
    self.write = write
    self.note = note
    self.outputIsTerminal = outputIsTerminal
    self.errorIsTerminal = errorIsTerminal
    self.inputIsTerminal = inputIsTerminal
    self.ask = ask
  }

  /// The console of the running command.
  @TaskLocal public static var current = Console.process

  /// The process's own streams.
  public static let process = Console(
    write: { print($0, to: 1) }, note: { print($0, to: 2) }, outputIsTerminal: isatty(1) == 1,
    errorIsTerminal: isatty(2) == 1, inputIsTerminal: isatty(0) == 1,
    ask: { question in
      print(question, to: 2)
      return readLine()
    })

  private static func print(_ text: String, to descriptor: Int32) {
    var text = text
    text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while let base = rest.baseAddress, rest.count > 0 {
        let count = Glibc.write(descriptor, base, rest.count)
        if count < 0 {
          if errno == EINTR { continue }
          return
        }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
    }
  }
}
