extension Table {
  /// A storage pool (https://libvirt.org/formatstorage.html).
  public static let pool = Table(
    "Pool", doc: "A storage pool of a host.", exactlyOne: [["type", "external"]],
    placement + [
      external,
      Field(
        "type",
        .choice(["dir", "fs", "netfs", "logical", "iscsi", "rbd", "disk", "mpath", "scsi"]),
        xml: .value("@type"), change: .recreate,
        doc:
          "A folder, a file system, a network one, an LVM group, an iSCSI target, Ceph RBD, a disk, multipath or SCSI."
      ),
      Field(
        "path", .text(.path), xml: .value("target/path"), equivalence: .path,
        doc:
          "The folder of a dir pool; the mount point of fs and netfs; the folder of devices of the others."
      ),
      Field(
        "source", .record(poolSource, shorthand: nil), xml: .nested("source"),
        doc: "Where the storage comes from."),
      Field(
        "permissions", .record(permissions, shorthand: nil), xml: .nested("target/permissions"),
        doc: "Owner and mode of a folder that libvirt builds."),
      Field(
        "build", .boolean, change: .own,
        doc:
          "Whether a new pool is built: the folder made, the file system or volume group created. New dir pools: true."
      ),
      Field(
        "autostart", .boolean, change: .live(.autostart),
        doc: "Whether it starts with the host. New pools: true."),
      Field(
        "power", .choice(["running", "stopped", "unmanaged"]), change: .live(.power),
        doc: "Whether it is active. Default running."),
      Field(
        "lifecycle", .record(lifecycle, shorthand: nil), change: .own,
        doc: "What virtspec may do to it."),
      overlay("pool"),
    ])

  static let poolSource = Table(
    "pool source", doc: "Where a pool's storage comes from.",
    [
      Field(
        "hosts", .list(.record(storageHost, shorthand: "name"), key: ["name", "port"]),
        xml: .repeated("host"),
        doc: "Storage servers: one for netfs and iscsi, the monitors for rbd."),
      Field(
        "directory", .text(.line), xml: .value("dir/@path"), equivalence: .path,
        doc: "The exported folder of a netfs pool."),
      Field(
        "devices", .list(.text(.line), key: []), xml: .repeated("device/@path"),
        doc: "Block devices of fs, logical and disk pools; the target name (IQN) of an iscsi pool."),
      Field(
        "name", .text(.line), xml: .value("name"),
        doc: "The volume group of a logical pool, the Ceph pool of rbd."),
      Field(
        "format", .text(.line), xml: .value("format/@type"),
        doc:
          "The file system of fs, the protocol of netfs (nfs, cifs, glusterfs), lvm2, gpt of a disk."
      ),
      Field(
        "auth", .record(poolAuth, shorthand: nil), xml: .nested("auth"),
        doc: "Credentials of the storage server."),
      Field(
        "initiator", .text(.line), xml: .value("initiator/iqn/@name"),
        doc: "The initiator name of an iscsi pool."),
      Field(
        "nfsVersion", .text(.line), xml: .value("protocol/@ver"), doc: "The NFS protocol version."),
    ])

  static let storageHost = Table(
    "storage host", doc: "A storage server.",
    [
      Field(
        "name", .text(.host), xml: .value("@name"), required: true, doc: "Host name or address."),
      Field("port", .integer(1...65_535), xml: .value("@port"), doc: "TCP port."),
    ])

  static let poolAuth = Table(
    "pool credentials", doc: "Credentials by reference to a libvirt secret.",
    [
      Field(
        "type", .choice(["ceph", "chap"]), xml: .value("@type"), required: true,
        doc: "How to authenticate."),
      Field("username", .text(.line), xml: .value("@username"), required: true, doc: "The user."),
      Field(
        "secretUsage", .text(.line), xml: .value("secret/@usage"), excludes: ["secretUUID"],
        doc: "The secret by its usage."),
      Field(
        "secretUUID", .text(.uuid), xml: .value("secret/@uuid"), equivalence: .caseInsensitive,
        excludes: ["secretUsage"],
        doc: "The secret by its UUID."),
    ])

  /// Owner and mode of a file or folder.
  public static let permissions = Table(
    "permissions", doc: "Owner and mode.",
    [
      Field(
        "mode", .text(.mode), xml: .value("mode"), equivalence: .octal, doc: "Octal mode: 0711."),
      Field("owner", .integer(-1...4_294_967_294), xml: .value("owner"), doc: "User number."),
      Field("group", .integer(-1...4_294_967_294), xml: .value("group"), doc: "Group number."),
      Field("label", .text(.line), xml: .value("label"), doc: "Security label."),
    ])

  /// A storage volume.
  public static let volume = Table(
    "Volume", doc: "A storage volume in a pool.",
    placement + [
      external,
      Field("pool", .text(.name), change: .own, required: true, doc: "The pool that it lies in."),
      Field(
        "fileName", .text(.line), change: .own,
        doc: "The volume's name in the pool; the manifest's name without one."),
      Field(
        "capacity", .size, xml: .value("capacity", .bytes), change: .live(.resize),
        equivalence: .atLeast,
        doc: "The size that a guest sees. It only grows."),
      Field(
        "allocation", .size, xml: .value("allocation", .bytes), change: .own,
        doc:
          "The space taken at creation; the whole capacity for raw, nothing for qcow2, without it."),
      Field(
        "format", .choice(["raw", "qcow2", "qed", "vmdk", "vdi", "vpc", "iso", "dir"]),
        xml: .value("target/format/@type"), change: .dataLoss,
        doc: "The image format. New volumes in a folder: qcow2."),
      Field(
        "backing", .record(backing, shorthand: "volume"), change: .dataLoss,
        doc:
          "The volume that this one is an overlay of, named in the same pool; or its path and format."
      ),
      Field(
        "permissions", .record(permissions, shorthand: nil), xml: .nested("target/permissions"),
        change: .own,
        doc: "Owner and mode at creation."),
      Field(
        "lifecycle", .record(lifecycle, shorthand: nil), change: .own,
        doc: "What virtspec may do to it."),
      Field(
        "xml", .text(.text), change: .own,
        doc:
          "XML of libvirt that is laid over what the other fields say when the volume is made: the element `volume`, or some that stand in it. It is not compared afterwards."
      ),
    ])

  static let backing = Table(
    "backing volume", doc: "What an overlay lies over.", exactlyOne: [["volume", "path"]],
    [
      Field(
        "volume", .text(.line), change: .dataLoss, excludes: ["path"],
        doc: "A volume of the same pool, or of `pool`."),
      Field(
        "pool", .text(.name), change: .dataLoss, excludes: ["path"],
        doc: "The backing volume's pool."),
      Field(
        "path", .text(.path), change: .dataLoss, excludes: ["volume", "pool"],
        doc: "A file or device."),
      Field(
        "format", .text(.line), change: .dataLoss,
        doc: "Its format; a wrong one loses data. Known for managed volumes."),
    ])

  /// A volume as libvirt's XML has it, after references are resolved to paths.
  public static let volumeDocument = Table(
    "volume", doc: "A storage volume in libvirt's terms.",
    [
      Field("name", .text(.line), xml: .value("name"), doc: "Its name in the pool."),
      Field(
        "capacity", .size, xml: .value("capacity", .bytes), equivalence: .atLeast,
        doc: "The size that a guest sees."),
      Field("allocation", .size, xml: .value("allocation", .bytes), doc: "The space taken."),
      Field("path", .text(.line), xml: .value("target/path"), doc: "Where guests find it."),
      Field("format", .text(.line), xml: .value("target/format/@type"), doc: "The image format."),
      Field(
        "permissions", .record(permissions, shorthand: nil), xml: .nested("target/permissions"),
        doc: "Owner and mode."),
      Field(
        "backingPath", .text(.line), xml: .value("backingStore/path"), equivalence: .path,
        doc: "What it is an overlay of."),
      Field(
        "backingFormat", .text(.line), xml: .value("backingStore/format/@type"),
        doc: "The format of that."),
    ])
}
