import Model

/// A volume that begins as an image: over it, or as a copy.
struct ImageDisk {
  /// The volume that holds the image.
  private let image: DesiredObject
  private let view: HostView
  /// Whether it is a copy, which has nothing to do with the image from then on.
  let isCopy: Bool
  /// Where guests find the image.
  let path: String?
  /// What is known of the image before it is brought: its manifest's word, or what the host found in it.
  let format: String?
  /// The size of the disk that the image is.
  let size: Int64?

  /// Nil for volumes that begin empty.
  init?(_ object: DesiredObject, _ view: HostView) {
    guard let image = object.spec.string("image").flatMap(view.image),
      case .image(let content)? = image.content, let (pool, name) = image.id.poolAndVolume
    else { return nil }
    self.image = image
    self.view = view
    isCopy = object.spec.string("clone") == "full"
    path = view.path(ofVolume: name, in: pool)
    // What half an upload looks like tells nothing.
    let observed = ContentPlanner.isOwed(image, view) ? nil : view.volume(image.id.name)?.spec
    format = observed?.string("format") ?? content.format
    size = observed?.integer("capacity") ?? content.virtualSize
  }

  /// The step that makes it, by a step that makes an empty one.
  func created(_ creation: Step, _ spec: Record) -> Step {
    var step = creation
    guard let (pool, name) = image.id.poolAndVolume else { return step }
    if let size, let wanted = spec.integer("capacity"), wanted < size {
      step.blocked = Blockage(
        .incomplete,
        "the disk would have \(Quantity.sizeText(wanted)), and image '\(image.imageName ?? "")' has \(Quantity.sizeText(size))",
        remedy: "set the disk's size to \(Quantity.sizeText(size)) or more, or leave it out")
      return step
    }
    if isCopy {
      step.operation = .cloneVolume(spec: spec, pool: pool, volume: name)
      return step
    }
    guard let path else {
      step.blocked = Blockage(
        .unknown,
        "where image '\(image.imageName ?? "")' will lie in pool '\(pool)' cannot be told",
        remedy: "bring it into a pool of files, or use 'clone: full'")
      return step
    }
    var spec = spec
    spec["backingPath"] = .string(path)
    // Nobody knows the image yet: what it is, is found out when it is there.
    spec["backingFormat"] = size == nil ? nil : format.map(Value.string)
    step.operation = .createVolume(spec: spec)
    return step
  }
}
