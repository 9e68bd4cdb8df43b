extension Table {
  /// A secret that a host's libvirt keeps (https://libvirt.org/formatsecret.html).
  public static let secret = Table(
    "Secret", doc: "A secret that libvirt keeps for pools, disks and TPMs.",
    placement + [
      external,
      Field(
        "usage", .record(secretUsage, shorthand: nil), xml: .nested("usage"), change: .recreate,
        required: true, doc: "What it is for, which tells it from the host's other secrets."),
      Field(
        "description", .text(.text), xml: .value("description"), change: .live(.secret),
        doc: "A description for people."),
      Field(
        "private", .boolean, xml: .value("@private", .yesNo), change: .recreate, implied: false,
        doc: "Whether nobody can read the value back, virtspec included. Once it is, it stays so."),
      Field(
        "ephemeral", .boolean, xml: .value("@ephemeral", .yesNo), change: .live(.secret),
        implied: false,
        doc: "Whether it is kept in memory only, and is gone when libvirt ends."),
      Field(
        "value", .record(secretSource, shorthand: nil), change: .live(.secret),
        doc: "Where the value comes from; without it the value is left to others."),
      Field(
        "lifecycle", .record(lifecycle, shorthand: nil), change: .own,
        doc: "What virtspec may do to it."),
    ])

  private static let secretUsageTypes = ["ceph", "iscsi", "tls", "volume", "vtpm"]

  static let secretUsage = Table(
    "secret usage", doc: "What a secret is for.", exactlyOne: [secretUsageTypes],
    [
      usage("ceph", .line, "name", "The name that Ceph pools and disks ask for."),
      usage("iscsi", .line, "target", "The name that iSCSI pools and disks ask for."),
      usage("tls", .line, "name", "The name that users of a TLS key ask for."),
      usage("volume", .path, "volume", "The path of the encrypted volume."),
      usage("vtpm", .line, "name", "The name that emulated TPMs with encrypted state ask for."),
    ])

  private static func usage(
    _ type: String, _ format: Format, _ element: String, _ doc: String
  ) -> Field {
    Field(
      type, .text(format), xml: .value(XMLPath(element)), when: [XMLCondition("@type", type)],
      change: .recreate, excludes: secretUsageTypes.filter { $0 != type }, doc: doc)
  }

  public static let secretSource = Table(
    "secret value", doc: "Where the value of a secret comes from. It is read when a plan is made.",
    exactlyOne: [["env", "file", "command"]],
    [
      Field(
        "env", .text(.line), change: .own, excludes: ["file", "command"],
        doc: "The environment variable that has it."),
      Field(
        "file", .text(.line), change: .own, excludes: ["env", "command"],
        doc: "The file that has it, from the manifest's own folder."),
      Field(
        "command", .list(.text(.line), key: []), change: .own, excludes: ["env", "file"],
        doc: "A program and its arguments that print it, run in the manifest's own folder."),
      Field(
        "encoding", .choice(["text", "base64", "binary"]), change: .own,
        doc:
          "How it is written there: text, of which a line break at the end is no part; base64; or as it is. Default text."
      ),
    ])
}
