extension Table {
  /// What configures a guest when it starts for the first time.
  static let guestFirstBoot: [Field] = [
    Field(
      "cloudInit", .record(cloudInit, shorthand: nil), change: .own,
      doc:
        "What cloud-init does at the guest's first boot; it reads it from a disc that virtspec makes."
    )
  ]

  /// The rows that make up the user data: raw user data takes their place.
  static let cloudInitUserFields = [
    "users", "sshAuthorizedKeys", "packages", "packageUpdate", "packageUpgrade", "files",
    "commands", "bootCommands", "timezone", "locale",
  ]

  private static func userField(_ name: String, _ type: FieldType, _ doc: String) -> Field {
    Field(name, type, change: .own, excludes: ["userData", "userDataFrom"], doc: doc)
  }

  public static let cloudInit = Table(
    "cloud-init", doc: "A guest's configuration for cloud-init (the NoCloud datasource).",
    [
      Field(
        "hostname", .text(.domain), change: .own,
        doc: "The guest's host name; by default the guest's own name."),
      Field(
        "fqdn", .text(.domain), change: .own, doc: "The host name with its domain."),
      userField(
        "users", .list(.record(cloudUser, shorthand: "name"), key: ["name"]),
        "The users; the image's own user only where the name `default` is among them."),
      userField(
        "sshAuthorizedKeys", .list(.text(.line), key: []),
        "Public keys that may log in as the image's own user."),
      userField(
        "packages", .list(.text(.line), key: []), "Packages to install."),
      userField(
        "packageUpdate", .boolean, "Whether the list of packages is renewed first."),
      userField(
        "packageUpgrade", .boolean, "Whether installed packages are brought up to date."),
      userField(
        "files", .list(.record(cloudFile, shorthand: nil), key: ["path"]), "Files to write."),
      userField(
        "commands", .list(.text(.text), key: []),
        "Shell commands that run once, at the end of the first boot (runcmd)."),
      userField(
        "bootCommands", .list(.text(.text), key: []),
        "Shell commands that run early at every boot (bootcmd)."),
      userField("timezone", .text(.line), "The time zone, such as Europe/Amsterdam."),
      userField("locale", .text(.line), "The locale, such as en_GB.UTF-8."),
      Field(
        "network", .list(.record(cloudInterface, shorthand: nil), key: ["name"]), change: .own,
        excludes: ["networkConfig"],
        doc: "The network interfaces as the guest configures them; DHCP where this says nothing."),
      Field(
        "userData", .text(.text), change: .own,
        excludes: cloudInitUserFields + ["userDataFrom"],
        doc: "The whole user data: #cloud-config, a script (#!), or MIME."),
      Field(
        "userDataFrom", .record(secretSource, shorthand: nil), change: .own,
        excludes: cloudInitUserFields + ["userData"],
        doc: "Where the whole user data comes from, which is then shown nowhere."),
      Field(
        "metaData", .text(.text), change: .own,
        doc: "Further lines of the meta data, in YAML; virtspec adds instance-id and host name."),
      Field(
        "networkConfig", .text(.text), change: .own, excludes: ["network"],
        doc: "The whole network configuration, in YAML, version 1 or 2."),
      Field(
        "vendorData", .text(.text), change: .own,
        doc: "Vendor data, which the user data is laid over."),
      Field(
        "onChange", .choice(["ignore", "nextBoot", "newInstance", "recreate"]), change: .own,
        doc:
          "What a change does to a guest that exists: nothing; another disc, which the next boot sees; a new instance, so that the first boot happens again; or its disks from images are made anew, too. Default ignore."
      ),
      Field(
        "pool", .text(.name), change: .own,
        doc: "The pool that the disc is kept in; by default that of the first disk in a pool."),
      Field(
        "drive", .text(.name), change: .own,
        doc: "The name of the drive, such as sdb; by default the first that is free."),
      Field(
        "bus", .choice(["scsi", "sata", "ide", "usb", "xen"]), change: .own,
        doc:
          "The bus of the drive; by default like that of the first disk: scsi (virtio-scsi) beside virtio."
      ),
    ])

  private static let cloudUser = Table(
    "cloud-init user", doc: "A user that cloud-init makes.",
    [
      Field(
        "name", .text(.name), change: .own, required: true,
        doc: "The user's name; `default` is the image's own user."),
      Field("gecos", .text(.line), change: .own, doc: "The user's full name."),
      Field(
        "groups", .list(.text(.name), key: []), change: .own, doc: "Further groups of the user."),
      Field("primaryGroup", .text(.name), change: .own, doc: "The user's own group."),
      Field(
        "sudo", .list(.text(.line), key: []), change: .own,
        doc: "Rules for sudo, such as ALL=(ALL) NOPASSWD:ALL."),
      Field("shell", .text(.path), change: .own, doc: "The login shell."),
      Field("home", .text(.path), change: .own, doc: "The home folder."),
      Field("system", .boolean, change: .own, doc: "Whether it is a system user without a home."),
      Field(
        "sshAuthorizedKeys", .list(.text(.line), key: []), change: .own,
        doc: "Public keys that may log in."),
      Field(
        "passwordHash", .text(.line), change: .own, excludes: ["passwordHashFrom"],
        doc: "The password's hash, as in /etc/shadow (mkpasswd); never the password itself."),
      Field(
        "passwordHashFrom", .record(secretSource, shorthand: nil), change: .own,
        excludes: ["passwordHash"],
        doc: "Where the password's hash comes from, which is then shown nowhere."),
    ])

  private static let cloudFile = Table(
    "cloud-init file", doc: "A file that cloud-init writes.", exactlyOne: [["content", "contentFrom"]],
    [
      Field("path", .text(.path), change: .own, required: true, doc: "Where it is written."),
      Field(
        "content", .text(.text), change: .own, excludes: ["contentFrom"], doc: "What is in it."),
      Field(
        "contentFrom", .record(secretSource, shorthand: nil), change: .own, excludes: ["content"],
        doc: "Where its content comes from, which is then shown nowhere."),
      Field("permissions", .text(.mode), change: .own, doc: "Its mode. Default 0644."),
      Field("owner", .text(.line), change: .own, doc: "Its owner, USER:GROUP. Default root:root."),
      Field("append", .boolean, change: .own, doc: "Whether it is added to what is there."),
      Field(
        "defer", .boolean, change: .own,
        doc: "Whether it is written last, when users and packages are there."),
    ])

  private static let cloudInterface = Table(
    "cloud-init interface", doc: "A network interface as the guest configures it.",
    [
      Field("name", .text(.device), change: .own, required: true, doc: "Its name in the guest."),
      Field(
        "mac", .text(.mac), change: .own,
        doc: "The MAC address that tells it, where its name alone does not."),
      Field("dhcp4", .boolean, change: .own, doc: "Whether it asks for an IPv4 address."),
      Field("dhcp6", .boolean, change: .own, doc: "Whether it asks for an IPv6 address."),
      Field(
        "addresses", .list(.text(.cidr), key: []), change: .own,
        doc: "Fixed addresses, each with its prefix length."),
      Field("gateway4", .text(.address), change: .own, doc: "The way to everywhere else by IPv4."),
      Field("gateway6", .text(.address), change: .own, doc: "The way to everywhere else by IPv6."),
      Field(
        "nameservers", .list(.text(.address), key: []), change: .own, doc: "Its name servers."),
      Field(
        "searchDomains", .list(.text(.domain), key: []), change: .own,
        doc: "Domains that short names are looked up in."),
      Field("mtu", .integer(68...65_535), change: .own, doc: "The size of its largest packet."),
    ])
}
