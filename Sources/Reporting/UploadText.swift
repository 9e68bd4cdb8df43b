import Model
import Planning

/// What an upload brings, in words.
enum UploadText {
  static func title(_ step: Step, _ upload: VolumeUpload) -> String {
    if case .disc(let disc) = upload.content {
      return "make the disc '\(disc.label)'" + (upload.existing == .replace ? " anew" : "")
    }
    let content = what(upload.content)
    return switch upload.existing {
    case .refuse: "create from \(content)"
    case .keep: "create from \(content) unless there"
    case .replace: "make anew from \(content): its upload was left unfinished"
    }
  }

  private static func what(_ content: VolumeContent) -> String {
    switch content {
    case .bytes(let content): return "\(content.bytes.count) bytes"
    case .disc(let disc): return "the disc '\(disc.label)'"
    case .image(let image):
      return image.source.withoutLogin
        + (image.size.map { " (\(TransferText.size($0)))" } ?? "")
    }
  }
}
