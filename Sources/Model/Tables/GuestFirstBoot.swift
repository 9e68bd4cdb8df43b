extension Table {
  /// What configures a guest when it starts for the first time.
  static let guestFirstBoot: [Field] = [
    Field(
      "cloudInit", .record(cloudInit, shorthand: nil), change: .own,
      doc:
        "What cloud-init does at the guest's first boot; it reads it from a disc that virtspec makes."
    ),
    Field(
      "ignition", .record(textSource, shorthand: "text"), change: .own,
      doc:
        "The configuration that Ignition applies at the first boot, in JSON (Butane's output); QEMU hands it over as firmware configuration, others on a disc."
    ),
    Field(
      "combustion", .record(textSource, shorthand: "text"), change: .own,
      doc: "The script that Combustion runs at the first boot, from a disc."),
    Field(
      "install", .record(guestInstall, shorthand: nil), change: .own,
      doc:
        "How a new guest is installed: its first start is from the installer, whose media it loses when that ends."
    ),
    Field(
      "fwCfg", .list(.record(firmwareEntry, shorthand: nil), key: ["name"]),
      xml: .repeated("sysinfo[@type='fwcfg']/entry"), live: .nextStart,
      doc: "What QEMU's firmware configuration device tells the guest's software."),
  ]

  /// A text that stands in the manifest, or in a file beside it.
  public static let textSource = Table(
    "text", doc: "A text, or the file that has it.", exactlyOne: [["text", "file"]],
    [
      Field("text", .text(.text), change: .own, excludes: ["file"], doc: "The text itself."),
      Field(
        "file", .text(.line), change: .own, excludes: ["text"],
        doc: "The file that has the text, from the manifest's own folder."),
    ])

  static let firmwareEntry = Table(
    "firmware configuration", doc: "An entry of QEMU's firmware configuration device.",
    exactlyOne: [["value", "file"]],
    [
      Field(
        "name", .text(.line), xml: .value("@name"), live: .nextStart, required: true,
        doc: "The entry's name, which begins with opt/."),
      Field(
        "value", .text(.text), xml: .value(""), live: .nextStart, excludes: ["file"],
        doc: "Its value."),
      Field(
        "file", .text(.path), xml: .value("@file"), equivalence: .path, live: .nextStart,
        excludes: ["value"], doc: "The file on the host that has its value."),
    ])

  static let guestInstall = Table(
    "installation", doc: "How a guest is installed.", exactlyOne: [["iso", "kernel"]],
    [
      Field(
        "iso", .record(installMedium, shorthand: "file"), change: .own, excludes: ["kernel"],
        doc: "The installer's disc, which the guest starts from first."),
      Field(
        "kernel", .text(.path), change: .own, excludes: ["iso"],
        doc: "The path of the installer's kernel on the host, which is started directly."),
      Field(
        "initrd", .text(.path), change: .own, excludes: ["iso"],
        doc: "The path of the installer's initial RAM disk on the host."),
      Field(
        "args", .text(.line), change: .own, excludes: ["iso"],
        doc: "The command line of the installer's kernel."),
      Field(
        "drivers", .record(installMedium, shorthand: "file"), change: .own,
        doc: "A disc with drivers beside the installer's, such as virtio-win."),
      Field(
        "answers", .record(installAnswers, shorthand: nil), change: .own,
        doc: "What the installer would ask for, on a disc that it looks for."),
      Field(
        "pool", .text(.name), change: .own,
        doc: "The pool that the disc of answers is kept in; by default that of the first disk."),
      Field(
        "bus", .choice(["scsi", "sata", "ide", "usb"]), change: .own,
        doc: "The bus of the installer's drives, which its firmware must know. Default sata or ide."
      ),
      Field(
        "timeout", .duration, change: .own,
        doc:
          "How long apply waits for the installer to end, so that it can start what was installed; 0s leaves that to the next apply. Default 0s."
      ),
    ])

  static let installMedium = Table(
    "installation medium", doc: "A disc that the host has.", exactlyOne: [["file", "pool"]],
    [
      Field(
        "file", .text(.path), change: .own, excludes: ["pool", "volume"],
        doc: "The path of the disc's image on the host."),
      Field(
        "pool", .text(.name), change: .own, excludes: ["file"],
        doc: "The pool of the volume that is the disc's image."),
      Field(
        "volume", .text(.line), change: .own, excludes: ["file"], doc: "The volume in the pool."),
    ])

  private static let answerKinds = ["autoinstall", "kickstart", "preseed", "unattend"]

  private static func answer(_ name: String, _ doc: String) -> Field {
    Field(
      name, .record(textSource, shorthand: "text"), change: .own,
      excludes: answerKinds.filter { $0 != name }, doc: doc)
  }

  static let installAnswers = Table(
    "answers", doc: "What an installer would ask for.", exactlyOne: [answerKinds],
    [
      answer(
        "autoinstall",
        "For Ubuntu's installer: user data with `autoinstall:`, on a disc that is labelled cidata."),
      answer("kickstart", "For Anaconda: ks.cfg, on a disc that is labelled OEMDRV."),
      answer(
        "preseed",
        "For Debian's installer, which reads it from its initial RAM disk only: refused, with what to do."
      ),
      answer("unattend", "For Windows: autounattend.xml, on a disc."),
    ])

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
        "userData", .record(textSource, shorthand: "text"), change: .own,
        excludes: cloudInitUserFields + ["userDataFrom"],
        doc: "The whole user data: #cloud-config, a script (#!), or MIME."),
      Field(
        "userDataFrom", .record(secretSource, shorthand: nil), change: .own,
        excludes: cloudInitUserFields + ["userData"],
        doc: "Where the whole user data comes from, which is then shown nowhere."),
      Field(
        "metaData", .record(textSource, shorthand: "text"), change: .own,
        doc: "Further lines of the meta data, in YAML; virtspec adds instance-id and host name."),
      Field(
        "networkConfig", .record(textSource, shorthand: "text"), change: .own,
        excludes: ["network"],
        doc: "The whole network configuration, in YAML, version 1 or 2."),
      Field(
        "vendorData", .record(textSource, shorthand: "text"), change: .own,
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
    "cloud-init file", doc: "A file that cloud-init writes.",
    exactlyOne: [["content", "contentFrom"]],
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
