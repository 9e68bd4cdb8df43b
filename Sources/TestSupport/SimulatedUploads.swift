import Execution
import LibvirtXML
import Model
import Planning

extension SimulatedState {
  /// What an upload makes of a volume; half of it is a file of the whole length, which looks like a disk of zeroes.
  mutating func upload(
    _ upload: VolumeUpload, _ object: ObjectID, isWhole: Bool
  ) throws(HypervisorError) {
    let call = "virStorageVolUpload"
    guard let (pool, volume) = object.poolAndVolume else {
      throw .notFound("virStorageVolLookupByName", "volume", object.name, 50)
    }
    if case .disc(let disc) = upload.content, disc.files == nil {
      throw HypervisorError(.content, call: call, message: "what is on the disc was left out")
    }
    if let live = pools[pool]?.live,
      let found = volumes(in: live).first(where: { $0.volume.text("name") == volume })
    {
      switch upload.existing {
      case .refuse: break
      case .keep: return
      case .replace:
        files[found.path] = nil
        halfUploads.remove(found.path)
      }
    }
    var spec = upload.spec
    spec["capacity"] = .integer(Self.fileSize(upload.content))
    spec["format"] = nil
    let xml: String
    do throws(XMLProblem) {
      var document = try LibvirtDocument(root: "volume")
      document.setText(volume, at: "name")
      document.write(spec, .volumeDocument)
      xml = document.serialized()
    } catch {
      throw .broken(call, error)
    }
    try createVolume(xml, in: pool)
    let path = try path(of: volume, in: pool, call)
    guard isWhole else {
      halfUploads.insert(path)
      return
    }
    // What libvirt finds when it looks into the file.
    if case .image(let image) = upload.content, files[path]?["type"] != "block" {
      files[path]?.set("target/format/@type", image.format ?? "qcow2")
      files[path]?.set("capacity", String(image.virtualSize ?? Self.unknownSize))
    }
  }

  /// Images that say nothing of themselves are 2 GiB.
  private static let unknownSize: Int64 = 2 << 30

  private static func fileSize(_ content: VolumeContent) -> Int64 {
    switch content {
    case .bytes(let content): Int64(content.bytes.count)
    case .disc: 65_536
    case .image(let image): image.size ?? image.virtualSize ?? unknownSize
    }
  }
}

extension SimulatedState {
  /// `virStorageVolCreateXMLFrom`, and a resize.
  mutating func cloneVolume(
    _ spec: Record, _ source: String, _ replaces: Bool, _ pool: String, _ volume: String
  ) throws(HypervisorError) {
    let call = "virStorageVolCreateXMLFrom"
    if halfUploads.contains(source) {
      throw .refused(call, "qemu-img: Could not open '\(source)': Image is corrupt", 1)
    }
    if replaces, let old = try? path(of: volume, in: pool, call) { files[old] = nil }
    var spec = spec
    let size = files[source]?.text("capacity").flatMap { Int64($0) } ?? 0
    spec["capacity"] = .integer(try capacity(spec, atLeast: size, call))
    try performVolume(.createVolume(spec: spec), pool: pool, volume: volume)
  }

  /// What a new overlay takes after what it lies over.
  func completedOverlay(_ spec: Record, _ call: String) throws(HypervisorError) -> Record {
    guard let path = spec.string("backingPath"), spec["backingFormat"] == nil,
      let backing = files[path]
    else { return spec }
    var spec = spec
    spec["backingFormat"] = backing.text("target/format/@type").map(Value.string)
    let size = backing.text("capacity").flatMap { Int64($0) } ?? 0
    spec["capacity"] = .integer(try capacity(spec, atLeast: size, call))
    return spec
  }

  private func capacity(
    _ spec: Record, atLeast size: Int64, _ call: String
  ) throws(HypervisorError) -> Int64 {
    let wanted = spec.integer("capacity") ?? size
    if wanted < size { throw .refused(call, "the disk would be smaller than its image") }
    return wanted
  }
}

extension SimulatedState {
  /// What a run leaves that dies over an upload: a file of zeroes, and a ledger that knows of it.
  mutating func halve(_ name: String) throws(HypervisorError) {
    let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
    let path = try path(of: parts.last ?? "", in: parts[0], "virStorageVolLookupByName")
    halfUploads.insert(path)
    files[path]?.set("target/format/@type", "raw")
    for (stack, ledger) in ledgers {
      for (index, entry) in ledger.entries.enumerated()
      where entry.kind == .volume && entry.name == name {
        ledgers[stack]?.entries[index].ownership.contentDebt = .first
      }
    }
  }
}
