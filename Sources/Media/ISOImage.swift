import CLibArchive
import Glibc
import Model

/// Why a disc could not be made.
public struct MediaProblem: Error, Sendable, Hashable, CustomStringConvertible {
  public var description: String
}

/// ISO 9660 images with Rock Ridge and Joliet. The same disc gives the same bytes, whenever and wherever it is made.
public enum ISOImage {
  /// The bytes of a disc.
  public static func bytes(of disc: GeneratedDisc) throws(MediaProblem) -> [UInt8] {
    guard let files = disc.files else {
      throw MediaProblem(description: "its content was left out where it was written down")
    }
    var image = try written(files, label: disc.label)
    ISOConstants.set(in: &image, label: disc.label)
    return image
  }

  private static func written(
    _ files: [GeneratedDisc.File], label: String
  ) throws(MediaProblem) -> [UInt8] {
    var paths: [UnsafeMutablePointer<CChar>?] = []
    defer { for path in paths { free(path) } }
    var contents: [UInt8] = []
    var ranges: [Range<Int>] = []
    for file in files {
      paths.append(strdup(file.path))
      ranges.append(contents.count..<contents.count + file.content.utf8.count)
      contents += file.content.utf8
    }
    var size = 0
    var reason = [CChar](repeating: 0, count: 512)
    let image = contents.withUnsafeBufferPointer { bytes -> UnsafeMutablePointer<UInt8>? in
      let entries = zip(paths, ranges).map { path, range in
        virtspec_iso_file(
          path: path.map { UnsafePointer($0) },
          bytes: bytes.baseAddress.map { $0 + range.lowerBound }, size: range.count)
      }
      return virtspec_iso_image(label, entries, entries.count, &size, &reason, reason.count)
    }
    guard let image else {
      let text = reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      throw MediaProblem(description: String(decoding: text, as: UTF8.self))
    }
    defer { free(image) }
    return Array(UnsafeBufferPointer(start: image, count: size))
  }
}
