import Foundation
import Glibc
import Manifest
import Model
import Testing

@Suite("Reading files, folders and standard input")
struct LoaderTests {
  /// A folder that is gone when the test has ended.
  private final class Folder {
    let path: String

    init() throws {
      let url = FileManager.default.temporaryDirectory.appending(
        path: "virtspec-loader-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      path = url.path()
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file, and the folders that it lies in.
    func write(_ name: String, _ text: String) throws {
      let url = URL(filePath: path + "/" + name)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }

    /// A stack by the name of its file.
    func writeStack(_ name: String) throws {
      let stack = name.replacing("/", with: "-")
      try write(name, "apiVersion: virtspec/v1\nkind: Stack\nmetadata: {name: s\(stack)}\n")
    }

    /// The files that were read, from the folder on.
    func files(of loaded: LoadedManifests) -> [String] {
      loaded.documents.map { String($0.file.dropFirst(path.count + 1)) }
    }
  }

  private func codes(_ loaded: LoadedManifests) -> [String] { loaded.diagnostics.map(\.code) }

  @Test("a folder is read with the folders in it, by name, and only *.yaml and *.yml")
  func folders() throws {
    let folder = try Folder()
    for name in [
      "b.yml", "a.yaml", "c/d/e.yaml", "c/a.yaml", "notes.txt", "a.yaml.bak", "yaml", "c.json",
    ] {
      try folder.writeStack(name)
    }
    let loaded = ManifestLoader.load(paths: [folder.path])
    #expect(folder.files(of: loaded) == ["a.yaml", "b.yml", "c/a.yaml", "c/d/e.yaml"])
    #expect(loaded.diagnostics == [])
    #expect(loaded.isComplete)
  }

  @Test("hidden files and folders are left out, unless they are named")
  func hidden() throws {
    let folder = try Folder()
    for name in [".hidden.yaml", ".git/config.yaml", "a.yaml"] { try folder.writeStack(name) }
    #expect(folder.files(of: ManifestLoader.load(paths: [folder.path])) == ["a.yaml"])
    let named = ManifestLoader.load(paths: [folder.path + "/.hidden.yaml"])
    #expect(folder.files(of: named) == [".hidden.yaml"])
  }

  @Test("a file that is named is read whatever its name ends in, and once")
  func named() throws {
    let folder = try Folder()
    try folder.writeStack("manifest.txt")
    let path = folder.path + "/manifest.txt"
    let loaded = ManifestLoader.load(paths: [path, path])
    #expect(folder.files(of: loaded) == ["manifest.txt"])
  }

  @Test("a file that lies in a folder that is named, too, is read once")
  func overlapping() throws {
    let folder = try Folder()
    try folder.writeStack("a.yaml")
    let loaded = ManifestLoader.load(
      paths: [folder.path, folder.path + "/", folder.path + "/a.yaml"])
    #expect(folder.files(of: loaded) == ["a.yaml"])
  }

  @Test("a link to a file is read, and a link to a folder is not followed round in a circle")
  func links() throws {
    let folder = try Folder()
    try folder.writeStack("inner/a.yaml")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/link.yaml", withDestinationPath: folder.path + "/inner/a.yaml")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/inner/up", withDestinationPath: folder.path)
    let loaded = ManifestLoader.load(paths: [folder.path])
    #expect(folder.files(of: loaded) == ["inner/a.yaml", "link.yaml"])
  }

  @Test("a path that is not there is said with its name, and the others are read on")
  func missing() throws {
    let folder = try Folder()
    try folder.writeStack("a.yaml")
    let missing = folder.path + "/nothing"
    let loaded = ManifestLoader.load(paths: [missing, folder.path])
    #expect(folder.files(of: loaded) == ["a.yaml"])
    #expect(codes(loaded) == ["unreadable-file"])
    #expect(
      loaded.diagnostics.first?.message == "'\(missing)' cannot be read: No such file or directory")
    #expect(!loaded.isComplete)
  }

  @Test("a file that cannot be read is said, and the others are read on")
  func unreadable() throws {
    let folder = try Folder()
    try folder.writeStack("z.yaml")
    // A link to itself is unreadable for everyone, the superuser included.
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/a.yaml", withDestinationPath: folder.path + "/a.yaml")
    let loaded = ManifestLoader.load(paths: [folder.path])
    #expect(folder.files(of: loaded) == ["z.yaml"])
    #expect(codes(loaded) == ["unreadable-file"])
    #expect(loaded.diagnostics.first?.message.contains("/a.yaml'") == true)
    #expect(!loaded.isValid)
  }

  @Test("a folder without manifests is an error, since it is likely the wrong one")
  func empty() throws {
    let folder = try Folder()
    try folder.write("inner/readme.txt", "")
    let loaded = ManifestLoader.load(paths: [folder.path])
    #expect(codes(loaded) == ["no-manifests"])
    #expect(!loaded.isValid)
  }

  @Test("a file without documents is no error")
  func noDocuments() throws {
    let folder = try Folder()
    try folder.write("a.yaml", "")
    try folder.write("b.yaml", "# nothing yet\n---\n---\n")
    let loaded = ManifestLoader.load(paths: [folder.path])
    #expect(loaded.documents.isEmpty)
    #expect(loaded.diagnostics == [])
  }

  @Test("'-' is standard input, and its places say so")
  func standardInput() throws {
    let folder = try Folder()
    try folder.write(
      "input", "apiVersion: virtspec/v1\nkind: Stack\nmetadata: {name: lab}\nspec: 5\n")
    let saved = dup(0)
    let input = open(folder.path + "/input", O_RDONLY)
    try #require(saved >= 0 && input >= 0)
    dup2(input, 0)
    close(input)
    let loaded = ManifestLoader.load(paths: ["-"])
    dup2(saved, 0)
    close(saved)
    #expect(loaded.documents.map(\.name) == ["lab"])
    #expect(loaded.diagnostics.map { $0.place?.description } == ["-:4:7"])
  }

  @Test("a huge file is refused without being read to its end")
  func huge() throws {
    let folder = try Folder()
    let line = "# " + String(repeating: "x", count: 1021) + "\n"
    try folder.write("a.yaml", String(repeating: line, count: 40 * 1024))
    let loaded = ManifestLoader.load(paths: [folder.path])
    #expect(codes(loaded) == ["yaml-size"])
    #expect(try #require(loaded.sources.values.first).count < 20 * 1024 * 1024)
  }

  @Test("a document that cannot be read does not keep the others of its file")
  func otherDocuments() {
    var loaded = LoadedManifests()
    let stack = "apiVersion: virtspec/v1\nkind: Stack\nmetadata: {name: lab}\n"
    ManifestLoader.add(Array("5\n---\n\(stack)---\n- a\n".utf8), file: "a.yaml", to: &loaded)
    #expect(loaded.documents.map(\.name) == ["lab"])
    #expect(codes(loaded) == ["wrong-type", "wrong-type"])
    #expect(!loaded.isComplete)
  }

  @Test("a valid document has its kind, name, labels, values in the table's order, and places")
  func document() throws {
    var loaded = LoadedManifests()
    let text = """
      apiVersion: virtspec/v1
      kind: Guest
      metadata: {name: web-1, labels: {app: web, tier: 1}}
      spec:
        memory: 2GiB
        host: kvm-a
        disks:
          - {name: vda, file: /a.img}
      """
    ManifestLoader.add(Array(text.utf8), file: "a.yaml", to: &loaded)
    #expect(loaded.diagnostics == [])
    let document = try #require(loaded.documents.first)
    #expect(document.kind == .guest && document.name == "web-1")
    #expect(document.labels == ["app": "web", "tier": "1"])
    #expect(document.spec.entries.map(\.name) == ["host", "memory", "disks"])
    #expect(document.spec["memory"] == ["size": 2_147_483_648])
    #expect(document.namePlace.description == "a.yaml:3:18")
    #expect(
      document.place(of: [.field("disks"), .index(0), .field("file")]).description == "a.yaml:8:25")
    // What is not written stands where what encloses it does.
    #expect(
      document.place(of: [.field("disks"), .index(0), .field("pool")]).description == "a.yaml:8:7")
    #expect(document.writes([.field("disks"), .index(0)]))
    #expect(!document.writes([.field("disks"), .index(1)]))
  }
}
