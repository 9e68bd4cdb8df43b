extension Table {
  /// A disk that lies on another machine, and what unlocks disks: `devices/disk/source`.
  static let guestDiskRemote: [Field] = [
    Field(
      "network", .record(guestDiskNetwork, shorthand: nil), xml: .nested("source"),
      when: [XMLCondition("@type", "network")],
      excludes: ["pool", "volume", "file", "block"],
      doc: "A disk on other machines that QEMU reaches by itself, such as Ceph's RBD or iSCSI."),
    Field(
      "auth", .record(guestDiskAuth, shorthand: nil),
      xml: .nested("source/auth", fallback: "auth"),
      doc: "Who QEMU is to the machine that has the disk; rbd and iscsi only."),
    Field(
      "encryption", .record(guestDiskEncryption, shorthand: nil),
      xml: .nested("source/encryption", fallback: "encryption"),
      doc: "How the medium is encrypted, and the secret that unlocks it."),
  ]

  private static let guestDiskNetwork = Table(
    "network disk", doc: "A disk on other machines that QEMU reaches by itself.",
    [
      Field(
        "protocol",
        .choice([
          "rbd", "nbd", "iscsi", "http", "https", "ftp", "ftps", "tftp", "gluster", "nfs", "ssh",
          "sheepdog", "vxhs",
        ]),
        xml: .value("@protocol"), required: true,
        doc: "How the disk is reached."),
      Field(
        "name", .text(.line), xml: .value("@name"),
        doc: "The disk there: pool/image, an export, a target with /UNIT, or the path in a URL."),
      Field(
        "hosts", .list(.record(guestDiskHost, shorthand: "name"), key: []), xml: .repeated("host"),
        doc: "The machines that have the disk, in order; without any, Ceph asks its own settings."),
      Field(
        "snapshot", .text(.line), xml: .value("snapshot/@name"),
        doc: "The snapshot of the image; rbd only."),
      Field(
        "configFile", .text(.path), xml: .value("config/@file"), equivalence: .path,
        doc: "The path of Ceph's settings on the host; rbd only."),
      Field(
        "initiator", .text(.line), xml: .value("initiator/iqn/@name"),
        doc: "The name by which QEMU logs in, such as iqn.2024-01.com.example:web-1; iscsi only."),
      Field(
        "query", .text(.line), xml: .value("@query"),
        doc: "What stands behind the ? of the URL; http and https only."),
      Field(
        "tls", .boolean, xml: .value("@tls", .yesNo), live: .resolved,
        doc: "Whether the connection is encrypted; nbd only; by default as the host says."),
      Field(
        "tlsHostname", .text(.host), xml: .value("@tlsHostname"),
        doc: "The name that the certificate must have; nbd only; by default the machine's."),
      Field(
        "verifyCertificate", .boolean, xml: .value("ssl/@verify", .yesNo),
        doc: "Whether the machine's certificate is checked; https and ftps only; it is by default."
      ),
      Field(
        "readahead", .size, xml: .value("readahead/@size", .bareBytes),
        doc: "How much is read ahead, such as 64KiB; http, https, ftp and ftps only."),
      Field(
        "timeout", .duration, xml: .value("timeout/@seconds"),
        doc: "How long an answer may take; http, https, ftp and ftps only."),
      Field(
        "user", .text(.line), xml: .value("identity/@user"),
        doc: "The user, by name or number, that reads and writes; nfs only."),
      Field(
        "group", .text(.line), xml: .value("identity/@group"),
        doc: "The group, by name or number, that reads and writes; nfs only."),
    ])

  static let guestDiskHost = Table(
    "disk host", doc: "A machine that has a disk.", exactlyOne: [["name", "socket"]],
    [
      Field(
        "name", .text(.host), xml: .value("@name"), excludes: ["socket"],
        doc: "The machine's name or IP address."),
      Field(
        "port", .integer(1...65535), xml: .value("@port"), excludes: ["socket"],
        doc: "The port; by default the protocol's own."),
      Field(
        "transport", .choice(["rdma", "unix"]), xml: .value("@transport"),
        doc: "How it is reached, where that is not TCP; unix goes with socket."),
      Field(
        "socket", .text(.path), xml: .value("@socket"), when: [XMLCondition("@transport", "unix")],
        equivalence: .path, excludes: ["name", "port"],
        doc: "The path of a socket on the host, instead of name and port."),
    ])

  private static let guestDiskAuth = Table(
    "disk authentication", doc: "Who QEMU is to the machine that has a disk.",
    [
      Field(
        "username", .text(.line), xml: .value("@username"), required: true,
        doc: "The user, such as Ceph's admin without client. before it."),
      Field(
        "secret", .record(secretReference, shorthand: "usage"), xml: .nested("secret"),
        required: true,
        doc: "The secret of the host's libvirt that holds the key or password."),
    ])

  private static let guestDiskEncryption = Table(
    "disk encryption", doc: "How a medium is encrypted.",
    [
      Field(
        "format", .choice(["luks", "luks2", "qcow", "default"]), xml: .value("@format"),
        required: true,
        doc: "The format; luks2 is for the engine librbd; qcow and default are obsolete."),
      Field(
        "engine", .choice(["qemu", "librbd"]), xml: .value("@engine"),
        doc: "What encrypts: QEMU, or Ceph's own library for an rbd disk."),
      Field(
        "secret", .record(secretReference, shorthand: "usage"), xml: .nested("secret"),
        when: [XMLCondition("secret/@type", "passphrase")], required: true,
        doc: "The secret of the host's libvirt that holds the passphrase."),
    ])

  private static let secretReference = Table(
    "secret reference", doc: "A secret of the host's libvirt.", exactlyOne: [["usage", "uuid"]],
    [
      Field(
        "usage", .text(.line), xml: .value("@usage"), excludes: ["uuid"],
        doc: "What the secret is for, as its own definition says: a name, a target or a volume."),
      Field(
        "uuid", .text(.uuid), xml: .value("@uuid"), equivalence: .caseInsensitive,
        excludes: ["usage"],
        doc: "The secret's UUID."),
    ])
}
