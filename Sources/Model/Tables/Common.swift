extension Table {
  /// Where an object lives: rows that every kind on a host begins with.
  static let placement: [Field] = [
    Field(
      "host", .text(.name), change: .own, excludes: ["hosts"], doc: "The host that it lives on."),
    Field(
      "hosts", .record(hostSelector, shorthand: nil), change: .own, excludes: ["host"],
      doc: "Every host that the labels match gets one."),
  ]

  /// Rows of kinds that can stand for something that virtspec did not make.
  static let external = Field(
    "external", .boolean, change: .own,
    doc:
      "It exists on the host already: manifests refer to it, and virtspec never changes it. Default false."
  )

  /// Whatever of libvirt no row describes.
  static func overlay(_ root: String, _ more: String = "") -> Field {
    Field(
      "xml", .text(.text),
      doc:
        "XML of libvirt that is laid over what the other fields say: the element `\(root)`, or some that stand in it.\(more)"
    )
  }

  static let hostSelector = Table(
    "host selector", doc: "Picks hosts by their labels.",
    [
      Field(
        "matchLabels", .map, change: .own, required: true,
        doc: "Labels that a host must have, all of them.")
    ])

  static let lifecycle = Table(
    "lifecycle", doc: "What virtspec may do to an object.",
    [
      Field(
        "protect", .boolean, change: .own, doc: "Forbids removal and recreation. Default false."),
      Field(
        "onRemove", .choice(["keep", "delete"]), change: .own,
        doc:
          "Whether the volume (or the guest's own disks) goes when the object goes. Default keep. A secret goes with its value when it says delete, or with --allow data-loss."
      ),
      Field(
        "onShutdownTimeout", .choice(["fail", "destroy"]), change: .own,
        doc: "What a restart does with a guest that does not shut down in time. Default fail."),
      Field(
        "shutdownTimeout", .duration, change: .own,
        doc: "How long a guest may take to shut down. Default 2m."),
      Field(
        "ignore", .list(.text(.line), key: []), change: .own,
        doc:
          "Fields that are left to others once the object is there, such as memory.size, disks[vda].cache or disks[].cache."
      ),
    ])

  /// A host.
  public static let host = Table(
    "Host", doc: "A machine whose libvirt virtspec reconciles.",
    [
      Field(
        "uri", .text(.uri), change: .own, required: true,
        doc: "Anything that libvirt can open: qemu+ssh://root@kvm-a/system."),
      Field(
        "limits", .record(limits, shorthand: nil), change: .own,
        doc: "What the guests that manifests put there may have together."),
      Field(
        "requires", .record(requirements, shorthand: nil), change: .own,
        doc:
          "What the host must be and have. Plan asks it; where it is not so, that is an error, and nothing is done on it."
      ),
    ])

  /// What a Host manifest can require.
  public static let requirements = Table(
    "requirements", doc: "What a host must be and have; costs a few calls for what is declared.",
    [
      Field(
        "hypervisor", .choice(HypervisorName.words), change: .own,
        doc: "The hypervisor's driver: qemu is QEMU with or without KVM."),
      Field(
        "libvirt", .text(.versionRange), change: .own,
        doc: "Versions of libvirt's daemon, such as >=9.0."),
      Field(
        "hypervisorVersion", .text(.versionRange), change: .own,
        doc: "Versions of the hypervisor, such as >=7.2."),
      Field("kvm", .boolean, change: .own, doc: "Whether KVM can be used."),
      Field(
        "nested", .boolean, change: .own,
        doc:
          "Whether guests can have KVM themselves; only known of the machine that virtspec runs on."
      ),
      Field("iommu", .boolean, change: .own, doc: "Whether devices can be passed through."),
      Field("tpm", .boolean, change: .own, doc: "Whether guests can have an emulated TPM."),
      Field(
        "firmware", .list(.choice(["uefi", "secureBoot"]), key: []), change: .own,
        doc: "Firmware that guests can be started by."),
      Field(
        "cpuFlags", .list(.text(.line), key: []), change: .own,
        doc: "Features of the processors by libvirt's names, such as avx2 or vmx."),
      Field("cpus", .integer(1...Int64.max), change: .own, doc: "At least so many processors."),
      Field("memory", .size, change: .own, doc: "At least so much memory."),
      Field(
        "freeSpace", .map, change: .own,
        doc: "At least so much free space in storage pools, by name, such as {images: 100GiB}."),
    ])

  static let limits = Table(
    "limits", doc: "What the declared guests of a host that may run together may have.",
    [
      Field(
        "memory", .size, change: .own,
        doc: "Memory: the sum of the guests' maxima."),
      Field("cpus", .integer(1...Int64.max), change: .own, doc: "Virtual CPUs."),
      Field(
        "onExceeded", .choice(["error", "warning"]), change: .own,
        doc: "Whether more is an error or a warning. Default error."),
    ])

  /// The name under which a repository owns things.
  public static let stack = Table(
    "Stack",
    doc: "The name under which a repository owns things; exactly one in a set of manifests.", [])

  /// Shared defaults of guests.
  public static let guestClass = Table(
    "GuestClass", doc: "Defaults that guests share; a guest names it with `class`.",
    guest.fields.filter { !["host", "hosts", "class"].contains($0.name) })

  /// The envelope of every document.
  public static let envelope = Table(
    "manifest", doc: "One document.",
    [
      Field(
        "apiVersion", .choice(["virtspec/v1"]), change: .own, required: true,
        doc: "The version of the language."),
      Field(
        "kind", .choice(Kind.allCases.map(\.rawValue)), change: .own, required: true,
        doc: "What it describes."),
      Field(
        "metadata", .record(metadata, shorthand: nil), change: .own, required: true,
        doc: "Name and labels."),
    ])

  static let metadata = Table(
    "metadata", doc: "Name and labels of an object.",
    [
      Field(
        "name", .text(.name), change: .own, required: true, doc: "The object's name on its host."),
      Field(
        "previousName", .text(.name), change: .own,
        doc:
          "The name that a guest had before: the guest is renamed, not removed and made anew. A running one is shut down for it."
      ),
      Field("labels", .map, change: .own, doc: "Free pairs that selectors match."),
      Field("annotations", .map, change: .own, doc: "Free pairs that virtspec does not read."),
    ])

  /// The fields under `spec` of a kind.
  public static func spec(of kind: Kind) -> Table {
    switch kind {
    case .stack: .stack
    case .host: .host
    case .secret: .secret
    case .networkFilter: .networkFilter
    case .network: .network
    case .pool: .pool
    case .volume: .volume
    case .guestClass: .guestClass
    case .guest: .guest
    }
  }
}
