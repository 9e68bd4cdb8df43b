extension Table {
  /// A folder shared with the guest: `devices/filesystem`.
  static let guestFilesystem = Table(
    "filesystem", doc: "A folder of the host that the guest can mount.",
    [
      Field(
        "target", .text(.line), xml: .value("target/@dir"), required: true,
        doc: "The tag under which the guest mounts it."),
      Field(
        "type", .choice(["mount", "bind"]),
        xml: .value("@type"),
        implied: "mount",
        doc: "How the folder is shared; mount by default; bind is for containers."),
      Field(
        "source", .text(.path), xml: .value("source/@dir"), equivalence: .path,
        excludes: ["socket"],
        doc: "The path of the folder on the host."),
      Field(
        "socket", .text(.path), xml: .value("source/@socket"), equivalence: .path,
        excludes: ["source"],
        doc: "The path of the socket of a virtiofsd that something else started."),
      Field(
        "driver", .choice(["path", "virtiofs"]),
        xml: .value("driver/@type"),
        doc: "How it is shared: path (9p) by default; virtiofs is faster and needs shared memory."),
      Field(
        "accessMode", .choice(["passthrough", "mapped", "squash"]), xml: .value("@accessmode"),
        doc: "How the guest's users become the host's; passthrough by default."),
      Field(
        "readOnly", .boolean, xml: .value("readonly", .presence),
        doc: "Whether the guest cannot write."),
      Field(
        "queue", .integer(1...Int64(UInt32.max)), xml: .value("driver/@queue"),
        when: [XMLCondition("driver/@type", "virtiofs")],
        doc: "The number of requests in the queue; virtiofs only."),
      Field(
        "multiDevices", .choice(["remap", "forbid", "warn"]), xml: .value("@multidevs"),
        doc: "What is done when the folder spans several devices; path only."),
      Field(
        "fileMode", .text(.mode), xml: .value("@fmode"), equivalence: .octal,
        doc: "The mode of new files, in octal; with the access mode mapped."),
      Field(
        "directoryMode", .text(.mode), xml: .value("@dmode"), equivalence: .octal,
        doc: "The mode of new folders, in octal; with the access mode mapped."),
      Field(
        "model", .choice(["virtio", "virtio-transitional", "virtio-non-transitional"]),
        xml: .value("@model"),
        doc: "The model: modern, or with legacy support (transitional)."),
      Field(
        "bootOrder", .integer(1...Int64(Int32.max)), xml: .value("boot/@order"),
        doc: "The filesystem's turn to boot from, from 1; virtiofs only."),
      Field(
        "binary", .record(guestFilesystemBinary, shorthand: "path"), xml: .nested("binary"),
        when: [XMLCondition("driver/@type", "virtiofs")],
        doc: "The virtiofsd on the host and its settings."),
    ])

  private static let guestFilesystemBinary = Table(
    "virtiofsd", doc: "The virtiofsd on the host and its settings.",
    [
      Field(
        "path", .text(.path), xml: .value("@path"), equivalence: .path,
        doc: "The path of virtiofsd on the host; by default libvirt finds it."),
      Field(
        "xattr", .boolean, xml: .value("@xattr", .onOff),
        doc: "Whether extended attributes are passed through."),
      Field(
        "cache", .choice(["none", "always"]), xml: .value("cache/@mode"),
        doc: "Whether virtiofsd caches what it reads."),
      Field(
        "sandbox", .choice(["namespace", "chroot"]), xml: .value("sandbox/@mode"),
        doc: "How virtiofsd is confined."),
      Field(
        "threads", .integer(0...Int64(Int32.max)), xml: .value("thread_pool/@size"),
        doc: "The number of threads of virtiofsd."),
      Field(
        "posixLocks", .boolean, xml: .value("lock/@posix", .onOff),
        doc: "Whether POSIX locks reach the host."),
      Field(
        "flock", .boolean, xml: .value("lock/@flock", .onOff),
        doc: "Whether BSD locks reach the host."),
    ])
}
