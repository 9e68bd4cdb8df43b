import CLibvirt
import Execution
import Glibc
import LibvirtXML
import Media
import Model
import Planning
import Synchronization

// Content comes into a volume through a libvirt stream. libvirt has no way to give a volume its name at the end: one that
// got half of its content looks like any other. So it is taken away again when something goes wrong, and where that
// fails too, as when the connection is gone, the ledger says that its content is owed, and the next run makes it anew.

extension LibvirtHypervisor {
  /// Makes a volume with its content. Throws `content` before anything is made when the content cannot be had.
  func uploadVolume(_ upload: VolumeUpload, _ object: ObjectID) async throws(HypervisorError) {
    guard let (pool, volume) = object.poolAndVolume else {
      throw HypervisorError(
        .notFound, call: "virStorageVolLookupByName", message: "\(object.name) names no pool")
    }
    let source: UploadSource
    switch upload.content {
    case .bytes(let content): source = .bytes(content.bytes)
    case .image(let image): source = .file(try await Contents.file(of: image))
    case .disc(let disc): source = .bytes(try Self.image(of: disc))
    }
    try checkCancellation("virStorageVolUpload")
    let transfer = Transfer(.upload, object.description, total: source.size)
    try await uploads.whileHolding("") { () async throws(HypervisorError) in
      guard try await self.makeVolume(upload, source, pool: pool, volume: volume) else { return }
      do throws(HypervisorError) {
        try await self.send(source, transfer, pool: pool, volume: volume)
        try await self.settle(source, pool: pool, volume: volume)
      } catch {
        TransferMonitor.current.report(transfer, true)
        await self.discard(pool: pool, volume: volume)
        throw error
      }
    }
  }

  private static func image(of disc: GeneratedDisc) throws(HypervisorError) -> [UInt8] {
    do throws(MediaProblem) {
      return try ISOImage.bytes(of: disc)
    } catch {
      throw HypervisorError(.content, call: "archive_write_close", message: error.description)
    }
  }

  /// Makes the volume, as large as its content is; false when it is there and to be kept.
  private func makeVolume(
    _ upload: VolumeUpload, _ source: UploadSource, pool: String, volume: String
  ) async throws(HypervisorError) -> Bool {
    let made = Atomic<Bool>(false)
    try await pools.whileHolding(pool) { () async throws(HypervisorError) in
      let isMade = try await self.connection.call("virStorageVolCreateXML", isLong: true) {
        connection throws(HypervisorError) in
        let pool = try PoolHandle(named: pool, on: connection)
        if upload.existing != .refuse, try VolumeHandle.exists(volume, in: pool) {
          if upload.existing == .keep { return false }
          let handle = try VolumeHandle(named: volume, in: pool)
          try check(virStorageVolDelete(handle.pointer, 0), "virStorageVolDelete")
        }
        var spec = upload.spec
        spec["capacity"] = .integer(source.size)
        var document = try LibvirtDocument.empty("volume")
        document.setText(volume, at: "name")
        document.write(spec, .volumeDocument)
        let xml = document.serialized()
        _ = VolumeHandle(
          try check(virStorageVolCreateXML(pool.pointer, xml, 0), "virStorageVolCreateXML"))
        return true
      }
      made.store(isMade, ordering: .relaxed)
    }
    return made.load(ordering: .relaxed)
  }

  /// Sends the content, on a thread of the connection.
  private func send(
    _ source: UploadSource, _ transfer: Transfer, pool: String, volume: String
  ) async throws(HypervisorError) {
    let monitor = TransferMonitor.current
    let stop = StopFlag()
    let connection = self.connection
    let result = await withTaskCancellationHandler { () async -> Result<Void, HypervisorError> in
      do throws(HypervisorError) {
        try await connection.call("virStorageVolUpload", isLong: true) {
          connection throws(HypervisorError) in
          let pool = try PoolHandle(named: pool, on: connection)
          let handle = try VolumeHandle(named: volume, in: pool)
          let stream = try UploadStream(to: handle, size: source.size, on: connection)
          try stream.send(source, transfer, monitor) { stop.isSet || monitor.isStopping() }
        }
        return .success(())
      } catch {
        return .failure(error)
      }
    } onCancel: {
      stop.set()
    }
    try result.get()
  }

  /// Has libvirt look into the volume, which tells its format, and holds what arrived against what was sent.
  private func settle(
    _ source: UploadSource, pool name: String, volume: String
  ) async throws(HypervisorError) {
    try await pools.whileHolding(name) { () async throws(HypervisorError) in
      try await self.connection.call("virStoragePoolRefresh", isLong: true) {
        connection throws(HypervisorError) in
        let pool = try PoolHandle(named: name, on: connection)
        try pool.refreshWhenIdle()
        let handle = try VolumeHandle(named: volume, in: pool)
        var info = virStorageVolInfo()
        let flags = VIR_STORAGE_VOL_GET_PHYSICAL.rawValue
        try check(
          virStorageVolGetInfoFlags(handle.pointer, &info, flags), "virStorageVolGetInfoFlags")
        let isWhole =
          info.type == Int32(VIR_STORAGE_VOL_FILE.rawValue)
          ? info.allocation == UInt64(source.size) : info.allocation >= UInt64(source.size)
        if isWhole { return }
        throw HypervisorError(
          .content, call: "virStorageVolUpload",
          message:
            "volume \(name)/\(volume) has \(info.allocation) bytes after \(source.size) were uploaded"
        )
      }
    }
  }

  /// Takes away what a failed upload has made. Where that fails too, the next run does it.
  private func discard(pool name: String, volume: String) async {
    do throws(HypervisorError) {
      try await pools.whileHolding(name) { () async throws(HypervisorError) in
        try await self.connection.call("virStorageVolDelete", isLong: true) {
          connection throws(HypervisorError) in
          let pool = try PoolHandle(named: name, on: connection)
          let handle = try VolumeHandle(named: volume, in: pool)
          try check(virStorageVolDelete(handle.pointer, 0), "virStorageVolDelete")
        }
      }
    } catch {
      // The error that led here is the one to tell.
    }
  }
}

extension PoolHandle {
  /// How often, and after which pauses, a pool that is being worked on is asked again.
  private static let attempts = 200
  private static let pause: UInt32 = 50_000

  /// `virStoragePoolRefresh`, once nothing else is at work on the pool: libvirt itself looks through it after an
  /// upload.
  fileprivate func refreshWhenIdle() throws(HypervisorError) {
    for attempt in 1...Self.attempts {
      do throws(HypervisorError) {
        try check(virStoragePoolRefresh(pointer, 0), "virStoragePoolRefresh")
        return
      } catch {
        if error.code != .busy || attempt == Self.attempts { throw error }
        usleep(Self.pause)
      }
    }
  }
}

/// Says across threads that something is to stop.
private final class StopFlag: Sendable {
  private let flag = Atomic<Bool>(false)
  var isSet: Bool { flag.load(ordering: .relaxed) }
  func set() { flag.store(true, ordering: .relaxed) }
}

/// What goes into a volume.
enum UploadSource: Sendable {
  case bytes([UInt8])
  case file(LocalContent)

  var size: Int64 {
    switch self {
    case .bytes(let bytes): Int64(bytes.count)
    case .file(let content): content.size
    }
  }

  /// What the content must come to; bytes at hand are what they are.
  fileprivate var digest: ContentDigest? {
    switch self {
    case .bytes: nil
    case .file(let content): content.digest
    }
  }

  /// Lends the content in blocks. Throws `content` when the file cannot be read.
  fileprivate func forEachBlock(
    _ size: Int, _ body: (UnsafeRawBufferPointer) throws(HypervisorError) -> Void
  ) throws(HypervisorError) {
    switch self {
    case .bytes(let bytes):
      try bytes.withUnsafeBufferPointer { all throws(HypervisorError) in
        for start in stride(from: 0, to: all.count, by: size) {
          let block = all[start..<min(start + size, all.count)]
          try body(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: block)))
        }
      }
    case .file(let content):
      let descriptor = open(content.path, O_RDONLY | O_CLOEXEC)
      if descriptor < 0 { throw .unreadableContent(content.path) }
      defer { close(descriptor) }
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
      defer { buffer.deallocate() }
      while true {
        let count = read(descriptor, buffer.baseAddress, size)
        if count < 0 {
          if errno == EINTR { continue }
          throw .unreadableContent(content.path)
        }
        if count == 0 { return }
        try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      }
    }
  }
}

extension HypervisorError {
  fileprivate static func unreadableContent(_ path: String) -> HypervisorError {
    HypervisorError(
      .content, call: "read", message: "\(path) cannot be read: \(String(cString: strerror(errno)))"
    )
  }
}

/// The stream of one upload. It is aborted when it goes out of scope before its end.
private final class UploadStream {
  /// libvirt passes a block on as one message, which may have 32 MiB (VIR_NET_MESSAGE_MAX).
  private static let block = 1 << 20

  private let pointer: virStreamPtr
  private var isOpen = false

  init(
    to volume: borrowing VolumeHandle, size: Int64, on connection: virConnectPtr
  ) throws(HypervisorError) {
    pointer = try check(virStreamNew(connection, 0), "virStreamNew")
    try check(
      virStorageVolUpload(volume.pointer, pointer, 0, UInt64(size), 0), "virStorageVolUpload")
    isOpen = true
  }

  deinit {
    if isOpen { virStreamAbort(pointer) }
    virStreamFree(pointer)
  }

  /// Sends all of it, and waits until the host has it. Throws when what was read is not what was promised.
  func send(
    _ source: UploadSource, _ transfer: Transfer, _ monitor: TransferMonitor,
    isStopping: () -> Bool
  ) throws(HypervisorError) {
    var hasher = source.digest.map { ContentHasher($0.algorithm) }
    var transfer = transfer
    monitor.report(transfer, false)
    try source.forEachBlock(Self.block) { block throws(HypervisorError) in
      if isStopping() {
        throw HypervisorError(
          .cancelled, call: "virStreamSend", message: "the upload was stopped")
      }
      transfer.done += Int64(block.count)
      if transfer.done > source.size { return }
      hasher?.update(block)
      try send(block)
      monitor.report(transfer, false)
    }
    guard transfer.done == source.size else {
      throw HypervisorError(
        .content, call: "virStreamSend",
        message: "the content has \(transfer.done) bytes; it had \(source.size) when it was checked"
      )
    }
    if let found = hasher?.digest, let wanted = source.digest, found != wanted {
      throw HypervisorError(
        .content, call: "virStreamSend",
        message: "the content changed while it was uploaded: it was \(wanted), and is \(found)")
    }
    isOpen = false
    try check(virStreamFinish(pointer), "virStreamFinish")
  }

  private func send(_ block: UnsafeRawBufferPointer) throws(HypervisorError) {
    var rest = block
    while rest.count > 0 {
      let start = rest.baseAddress?.assumingMemoryBound(to: CChar.self)
      let count = try check(virStreamSend(pointer, start, rest.count), "virStreamSend")
      rest = UnsafeRawBufferPointer(rebasing: rest[Int(count)...])
    }
  }
}
