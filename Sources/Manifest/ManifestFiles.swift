import Glibc
import Model

/// Files and folders on disk.
enum ManifestFiles {
  /// The files that a path stands for, sorted by name.
  static func expand(_ path: String) -> Result<[String], Diagnostic> {
    if path == "-" { return .success(["-"]) }
    var status = stat()
    guard stat(path, &status) == 0 else { return .failure(problem(path)) }
    guard status.st_mode & S_IFMT == S_IFDIR else { return .success([path]) }
    return folder(path)
  }

  private static func folder(_ path: String) -> Result<[String], Diagnostic> {
    guard let handle = opendir(path) else { return .failure(problem(path)) }
    var names: [(name: String, isFolder: Bool)] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix(".") { continue }
      var status = stat()
      // A symbolic link to a folder is not followed: it could lead round in a circle.
      guard lstat(path + "/" + name, &status) == 0 else { continue }
      names.append((name, status.st_mode & S_IFMT == S_IFDIR))
    }
    closedir(handle)
    var files: [String] = []
    let base = path.hasSuffix("/") ? String(path.dropLast()) : path
    for (name, isFolder) in names.sorted(by: { $0.name < $1.name }) {
      let inner = base + "/" + name
      if isFolder {
        switch folder(inner) {
        case .success(let found): files += found
        case .failure(let problem): return .failure(problem)
        }
      } else if name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
        files.append(inner)
      }
    }
    return .success(files)
  }

  /// The bytes of a file; `-` is standard input.
  static func read(_ path: String) -> Result<[UInt8], Diagnostic> {
    let descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return .failure(problem(path)) }
    defer { if path != "-" { close(descriptor) } }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0 {
        if errno == EINTR { continue }
        return .failure(problem(path))
      }
      if count == 0 { return .success(bytes) }
      bytes += chunk[..<count]
      // One byte over the limit is enough for the YAML reader to refuse the file.
      if bytes.count > YAMLLimits.standard.maximumBytes { return .success(bytes) }
    }
  }

  private static func problem(_ path: String) -> Diagnostic {
    let reason = String(cString: strerror(errno))
    return Diagnostic(code: "unreadable-file", "'\(path)' cannot be read: \(reason)")
  }
}
