import Foundation
import Glibc
import Media
import Model
import Testing

@Suite("the discs that virtspec makes") struct ISOImageTests {
  private static let disc = GeneratedDisc(
    label: "cidata",
    files: [
      GeneratedDisc.File("meta-data", "instance-id: i-1\n"),
      GeneratedDisc.File("user-data", "#cloud-config\npackages: [nginx]\n"),
      GeneratedDisc.File("network-config", ""),
      GeneratedDisc.File("deeper/in/a/folder.txt", "text\n"),
    ])

  @Test("the same disc gives the same bytes in another second")
  func sameBytes() throws {
    let first = try ISOImage.bytes(of: Self.disc)
    let start = time(nil)
    let deadline = ContinuousClock.now.advanced(by: .seconds(10))
    while time(nil) == start, ContinuousClock.now < deadline { usleep(1000) }
    #expect(time(nil) > start)
    #expect(try ISOImage.bytes(of: Self.disc) == first)
  }

  @Test("another file gives other bytes")
  func otherBytes() throws {
    var other = Self.disc
    other.files?[0].content = "instance-id: i-2\n"
    #expect(try ISOImage.bytes(of: other) != ISOImage.bytes(of: Self.disc))
  }

  @Test("a disc whose content was left out is not made")
  func withoutContent() {
    var disc = Self.disc
    disc.files = nil
    #expect(throws: MediaProblem.self) { try ISOImage.bytes(of: disc) }
  }

  @Test("a folder of a long path and a large file are no problem")
  func large() throws {
    let text = String(repeating: "0123456789abcdef", count: 1 << 16)
    let disc = GeneratedDisc(label: "ignition", files: [.init("ignition/config.ign", text)])
    #expect(try ISOImage.bytes(of: disc).count > text.utf8.count)
  }

  @Test(
    "xorriso reads label, names, contents and dates", .enabled(if: has("xorriso"), "no xorriso"))
  func xorriso() throws {
    let folder = try image()
    defer { try? FileManager.default.removeItem(at: folder) }
    let iso = folder.appending(path: "disc.iso").path(percentEncoded: false)
    let said = try output(
      "xorriso", "-indev", iso, "-pvd_info", "-find", "/", "-exec", "lsdl", "--",
      "-osirrox", "on", "-extract", "/", folder.appending(path: "out").path(percentEncoded: false))
    #expect(said.contains("Volume Id    : cidata"), "\(said)")
    #expect(said.contains("App Id       : VIRTSPEC") || said.contains("virtspec"), "\(said)")
    #expect(said.contains("Creation Time: 2020010100000000"), "\(said)")
    let dated = said.split(separator: "\n").filter {
      ($0.hasPrefix("d") || $0.hasPrefix("-")) && $0.contains(" '/")
    }
    #expect(dated.count == 8 && dated.allSatisfy { $0.contains("Jan  1  2020") }, "\(said)")
    for file in Self.disc.files ?? [] {
      let text = try output("cat", folder.appending(path: "out/" + file.path).path)
      #expect(text == file.content)
    }
  }

  @Test("isoinfo reads Rock Ridge and Joliet", .enabled(if: has("isoinfo"), "no isoinfo"))
  func isoinfo() throws {
    let folder = try image()
    defer { try? FileManager.default.removeItem(at: folder) }
    let iso = folder.appending(path: "disc.iso").path(percentEncoded: false)
    for flag in ["-R", "-J"] {
      let names = try output("isoinfo", flag, "-f", "-i", iso)
      for file in Self.disc.files ?? [] {
        #expect(names.contains("/" + file.path), "\(flag): \(names)")
        #expect(try output("isoinfo", flag, "-x", "/" + file.path, "-i", iso) == file.content)
      }
    }
    #expect(try output("isoinfo", "-d", "-i", iso).contains("Volume id: cidata"))
  }

  private func image() throws -> URL {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "virtspec-disc-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(ISOImage.bytes(of: Self.disc)).write(to: folder.appending(path: "disc.iso"))
    return folder
  }
}

private func has(_ program: String) -> Bool {
  ["/usr/bin/", "/bin/", "/usr/local/bin/"].contains { access($0 + program, X_OK) == 0 }
}

/// What a program prints, whichever way.
private func output(_ words: String...) throws -> String {
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = words
  let pipe = Pipe()
  process.standardOutput = pipe
  let isQuiet = words.first == "isoinfo"
  process.standardError = isQuiet ? FileHandle.nullDevice : pipe
  try process.run()
  let data = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return String(decoding: data, as: UTF8.self)
}
