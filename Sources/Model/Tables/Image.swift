extension Table {
  /// A disk image that guests' disks are made from.
  public static let image = Table(
    "Image", doc: "A disk image that is brought to a host once, and that guests' disks begin as.",
    placement + [
      Field(
        "pool", .text(.name), change: .own, required: true,
        doc: "The pool that it is brought into, as a volume whose name has its digest."),
      Field(
        "source", .text(.line), change: .own, required: true,
        doc:
          "Where it comes from: a URL of http, https or file, or a path, from the manifest's own folder."
      ),
      Field(
        "sha256", .text(.sha256), change: .own, equivalence: .caseInsensitive,
        excludes: ["sha512", "checksums"],
        doc: "The SHA-256 of the file as it is downloaded, before it is unpacked."),
      Field(
        "sha512", .text(.sha512), change: .own, equivalence: .caseInsensitive,
        excludes: ["sha256", "checksums"],
        doc: "The SHA-512 of the file as it is downloaded, before it is unpacked."),
      Field(
        "checksums", .text(.line), change: .own, excludes: ["sha256", "sha512"],
        doc:
          "A file such as SHA256SUMS or SHA512SUMS that has the digest under the file's name, by URL or path. It is read when a plan is made: whoever changes it changes the image."
      ),
      Field(
        "compression", .choice(["auto", "none", "xz", "gz", "zst", "bz2"]), change: .own,
        doc: "How it is packed; by default its first bytes tell."),
      Field(
        "format", .choice(["qcow2", "raw"]), change: .own,
        doc: "The format of the unpacked image; by default its first bytes tell."),
      Field(
        "permissions", .record(permissions, shorthand: nil), change: .own,
        doc: "Owner and mode of the volume."),
      Field(
        "lifecycle", .record(lifecycle, shorthand: nil), change: .own,
        doc:
          "What virtspec may do to its volume. One that no Image declares any more, and that nothing lies over, is removed with --prune, unless onRemove is keep."
      ),
    ])
}
