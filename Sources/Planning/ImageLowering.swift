import Model

/// Images as the volumes that they are brought to hosts as, and disks that begin as one.
struct ImageLowering {
  /// By the identifier of the Image.
  private let volumes: [ObjectID: DesiredObject]

  init(_ objects: [DesiredObject]) {
    let images = objects.filter { $0.id.kind == .image }.map { ($0.id, Self.volume($0)) }
    volumes = Dictionary(images) { first, _ in first }
  }

  /// The volume of an image.
  func volume(of image: ObjectID) -> DesiredObject? { volumes[image] }

  /// A volume whose name tells what is in it.
  private static func volume(_ image: DesiredObject) -> DesiredObject {
    let content = content(of: image)
    let digest = content?.digest.short ?? "unknown"
    let pool = image.spec.string("pool") ?? ""
    var spec = Record([("pool", .string(pool)), ("content", "image")])
    spec["permissions"] = image.spec["permissions"]
    var lifecycle = image.spec.record("lifecycle") ?? Record()
    // It can be had again.
    if lifecycle["onRemove"] == nil { lifecycle["onRemove"] = "delete" }
    spec["lifecycle"] = .record(lifecycle)
    return DesiredObject(
      id: .volume(
        host: image.id.host, pool: pool,
        name: "\(image.id.name)-\(digest).\(suffix(of: image.spec))"),
      spec: spec, source: image.source,
      content: .image(
        content
          ?? ImageContent(
            name: image.id.name, source: image.spec.string("source") ?? "",
            digest: ContentDigest(of: []))))
  }

  /// What was found out about the image, or what its manifest says; nil while nobody knows its digest.
  private static func content(of image: DesiredObject) -> ImageContent? {
    if case .image(let content)? = image.content { return content }
    for algorithm in ContentDigest.Algorithm.allCases {
      guard let text = image.spec.string(algorithm.rawValue) else { continue }
      return ImageContent(
        name: image.id.name, source: image.spec.string("source") ?? "",
        digest: ContentDigest(algorithm, text),
        compression: image.spec.string("compression") ?? "auto",
        format: image.spec.string("format"))
    }
    return nil
  }

  /// For people who look into the folder: what counts is what the first bytes say.
  private static func suffix(of spec: Record) -> String {
    if let format = spec.string("format") { return format == "raw" ? "img" : format }
    let source = (spec.string("source") ?? "").prefix { $0 != "?" && $0 != "#" }.lowercased()
    var parts = source.split(separator: "/").last?.split(separator: ".").map(String.init) ?? []
    if let last = parts.last, ["xz", "gz", "zst", "bz2"].contains(last) { parts.removeLast() }
    let known = ["qcow2", "iso", "raw", "img"]
    return parts.count > 1 ? parts.last.flatMap { known.contains($0) ? $0 : nil } ?? "img" : "img"
  }

  /// A disk with what its image stands for: the pool, and for a drive the volume.
  func disk(_ disk: Record, of guest: DesiredObject) -> Record {
    guard let name = disk.string("image"),
      let image = volumes[ObjectID(host: guest.id.host, kind: .image, name: name)]
    else { return disk }
    var result = disk
    if result["pool"] == nil { result["pool"] = image.spec["pool"] }
    guard ["cdrom", "floppy"].contains(disk.string("device")) else { return result }
    result["image"] = nil
    result["volume"] = (image.id.poolAndVolume?.volume).map(Value.string)
    // Not what a pool takes the volume for: a disc is no format of a disk.
    if result["format"] == nil { result["format"] = "raw" }
    return result
  }
}
