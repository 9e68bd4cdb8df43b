import Glibc

/// A JSON Schema validator that is not ours: python3-jsonschema.
enum SchemaChecker {
  enum Problem: Error {
    case failed(status: Int32)
    case moduleIsMissing
    case unwritable(String)
  }

  /// What it says about the schemas, and about each document: "ok", or what is wrong.
  struct Verdicts {
    var schemas: [String]
    var documents: [String]
  }

  /// Whether python3-jsonschema is there. In CI it is taken to be, so that its absence fails.
  static let isThere: Bool = {
    if Repository.isSet("CI") { return true }
    let status = run(["-c", "import jsonschema"], output: "/dev/null")
    if status != 0 {
      print("skipped: the JSON Schemas are not checked without python3-jsonschema")
    }
    return status == 0
  }()

  /// Validates documents by the schema of each.
  static func check(_ documents: [(schema: String, json: String)]) throws -> Verdicts {
    var template = Array("/tmp/virtspec-schema-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Problem.unwritable("/tmp") }
    let folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    let (input, output) = (folder + "/documents", folder + "/verdicts")
    defer {
      unlink(input)
      unlink(output)
      rmdir(folder)
    }
    let lines = documents.map { "\($0.schema)\t\($0.json)\n" }.joined()
    guard Repository.write(lines, to: input) else { throw Problem.unwritable(input) }
    let script = Repository.root + "/Tests/ManifestTests/schema-check.py"
    let status = run([script, Repository.root + "/schemas", input], output: output)
    if status == 42 { throw Problem.moduleIsMissing }
    guard status == 0 else { throw Problem.failed(status: status) }
    let verdicts = (Repository.text(output) ?? "").split(separator: "\n").map(String.init)
    let count = max(0, verdicts.count - documents.count)
    return Verdicts(
      schemas: Array(verdicts.prefix(count)), documents: Array(verdicts.dropFirst(count)))
  }

  /// Runs Debian's Python, which is the one that has the module.
  private static func run(_ arguments: [String], output: String) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    if output == "/dev/null" { posix_spawn_file_actions_adddup2(&actions, 1, 2) }
    let path = "/usr/bin/python3"
    var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }
    var process: pid_t = 0
    guard posix_spawn(&process, path, &actions, nil, words, environ) == 0 else { return -1 }
    var status: Int32 = 0
    while waitpid(process, &status, 0) == -1 { if errno != EINTR { return -1 } }
    return status & 0x7f == 0 ? (status >> 8) & 0xff : -1
  }
}
