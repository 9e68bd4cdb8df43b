import Glibc
import Manifest
import Model

/// Writes imported manifests into a folder. What is there already stays, unless it is told otherwise.
struct ImportFiles {
  let folder: String
  let isForced: Bool

  func write(_ files: [Importer.File]) throws {
    let texts = files.map { (path: path($0.name), text: ManifestText.render($0.drafts)) }
    let taken = texts.filter { access($0.path, F_OK) == 0 && !holds($0.path, $0.text) }
    if !taken.isEmpty, !isForced {
      throw complaint(
        "\(taken.count == 1 ? "a file is" : "\(taken.count) files are") there already, and nothing was written: "
          + taken.map(\.path).joined(separator: ", ")
          + "\n  take another folder, name the objects to import, or overwrite with --force")
    }
    try makeFolder()
    for (path, text) in texts { try write(text, to: path) }
    Console.current.note(
      "\(texts.count) \(texts.count == 1 ? "file" : "files") in \(folder); look at what they do with 'virtspec plan \(folder)'\n"
    )
  }

  private func path(_ name: String) -> String {
    (folder.hasSuffix("/") ? folder : folder + "/") + name
  }

  /// Whether the file says the same already.
  private func holds(_ path: String, _ text: String) -> Bool {
    let loaded = ManifestLoader.load(paths: [path])
    return loaded.sources.values.first == Array(text.utf8)
  }

  private func makeFolder() throws {
    var path = folder.hasPrefix("/") ? "/" : ""
    for part in folder.split(separator: "/") {
      path += part + "/"
      if mkdir(path, 0o777) != 0, errno != EEXIST { throw failure("cannot make", path) }
    }
  }

  /// A file that was begun never stands in the place of a whole one.
  private func write(_ text: String, to path: String) throws {
    let unfinished = path + ".part"
    guard let file = fopen(unfinished, "we") else { throw failure("cannot write", unfinished) }
    var text = text
    let isWritten = text.withUTF8 { fwrite($0.baseAddress, 1, $0.count, file) == $0.count }
    let isClosed = fclose(file) == 0
    guard isWritten, isClosed, rename(unfinished, path) == 0 else {
      let failure = failure("cannot write", path)
      unlink(unfinished)
      throw failure
    }
  }

  private func failure(_ what: String, _ path: String) -> any Error {
    complaint("\(what) '\(path)': \(String(cString: strerror(errno)))")
  }
}
