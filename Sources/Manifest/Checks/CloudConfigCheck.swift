import Model

/// Raw user data, vendor data, meta data and network configuration are what cloud-init reads.
enum CloudConfigCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    manifests.placed.filter { $0.id.kind == .guest }.flatMap { guest -> [Diagnostic] in
      guard let spec = guest.spec.record("cloudInit") else { return [] }
      func text(_ name: String) -> PlacedText? {
        PlacedText(guest, [.field("cloudInit"), .field(name)], manifests)
      }
      var found: [Diagnostic] = []
      for name in ["userData", "vendorData"] {
        if let text = text(name) { found += userData(text, name) }
      }
      if let text = text("metaData") { found += metaData(text, spec) }
      if let text = text("networkConfig") { found += networkConfig(text) }
      return found
    }
  }

  /// What user data may begin with (cloudinit/handlers/__init__.py has the list).
  private static let beginnings = [
    "#cloud-config", "#!", "#include", "#cloud-boothook", "#part-handler", "#upstart-job",
    "## template: jinja", "Content-Type:", "MIME-Version:", "From ",
  ]

  static func userData(_ text: PlacedText, _ name: String) -> [Diagnostic] {
    let first = text.text.prefix { $0 != "\n" && $0 != "\r\n" }
    guard beginnings.contains(where: { first.lowercased().hasPrefix($0.lowercased()) }) else {
      return [
        Diagnostic(
          code: "unknown-user-data", "'\(name)' begins with nothing that cloud-init knows",
          at: text.place(at: 0),
          expected: "'#cloud-config' or '#!' as the first line, or a MIME message",
          suggestion: Nearest.word(to: String(first), among: ["#cloud-config"]))
      ]
    }
    guard first.trimmedEnd == "#cloud-config" else { return [] }
    return cloudConfig(text, name)
  }

  private static func cloudConfig(_ text: PlacedText, _ name: String) -> [Diagnostic] {
    let (node, found) = yaml(text, name)
    guard found.isEmpty, let node, !node.isNull else { return found }
    guard let entries = node.entries else {
      return [
        Diagnostic(
          code: "wrong-type", "'\(name)' is a mapping in YAML, found \(node.kindName)",
          at: text.place(at: node.start), expected: "lines such as 'packages: [nginx]'")
      ]
    }
    return entries.compactMap { entry in
      guard !CloudConfigKeys.all.contains(entry.key),
        let near = Nearest.word(to: entry.key, among: CloudConfigKeys.all.sorted())
      else { return nil }
      return Diagnostic(
        .warning, code: "unknown-key", "cloud-init knows no '\(entry.key)'",
        at: text.place(at: entry.keyStart), suggestion: near)
    }
  }

  private static func metaData(_ text: PlacedText, _ spec: Record) -> [Diagnostic] {
    let (node, found) = yaml(text, "metaData")
    guard found.isEmpty, let node, !node.isNull else { return found }
    guard let entries = node.entries, !text.text.drop(while: \.isWhitespace).hasPrefix("{") else {
      return [
        Diagnostic(
          code: "wrong-type", "'metaData' has one key a line, so that virtspec can add some",
          at: text.place(at: node.start), expected: "lines such as 'region: ams'")
      ]
    }
    return entries.compactMap { entry in
      switch entry.key {
      case "instance-id", "instance_id":
        return Diagnostic(
          code: "conflicting-fields", "'metaData' sets the \(entry.key), which virtspec gives",
          at: text.place(at: entry.keyStart),
          expected: "no such line: 'onChange' says when there is another instance")
      case "local-hostname", "local_hostname", "hostname":
        guard spec["hostname"] != nil else { return nil }
        return Diagnostic(
          code: "conflicting-fields", "'metaData' sets the \(entry.key), and so does 'hostname'",
          at: text.place(at: entry.keyStart), expected: "one of the two")
      default: return nil
      }
    }
  }

  private static func networkConfig(_ text: PlacedText) -> [Diagnostic] {
    let (node, found) = yaml(text, "networkConfig")
    guard found.isEmpty, let node else { return found }
    let body = node["network"] ?? node
    guard let version = body["version"] else {
      return [
        Diagnostic(
          code: "missing-field", "'networkConfig' has no 'version'", at: text.place(at: body.start),
          expected: "'version: 2', with 'ethernets' and its like as netplan has them")
      ]
    }
    if ["1", "2"].contains(version.text) || body["config"]?.text == "disabled" { return [] }
    return [
      Diagnostic(
        code: "wrong-choice", "cloud-init knows no version '\(version.text ?? "")' of it",
        at: text.place(at: version.start), expected: "1 or 2")
    ]
  }

  /// The root of a text that is one YAML document, and what is wrong with it.
  static func yaml(_ text: PlacedText, _ name: String) -> (YAMLNode?, [Diagnostic]) {
    let stream = readYAML(Array(text.text.utf8))
    let found = stream.problems.map { problem in
      Diagnostic(
        code: problem.code, "'\(name)': \(problem.message)", at: text.place(at: problem.mark)
      ).related(
        to: problem.related.map { text.place(at: $0.mark) }, problem.related?.note ?? "")
    }
    if found.isEmpty, stream.documents.count > 1 {
      return (
        nil,
        [
          Diagnostic(
            code: "yaml-documents", "'\(name)' has more than one YAML document",
            at: text.place(at: stream.documents[1].start), expected: "one, without '---' in it")
        ]
      )
    }
    return (stream.documents.first, found)
  }
}

extension Substring {
  fileprivate var trimmedEnd: Substring {
    var text = self
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return text
  }
}

/// The keys at the top of a cloud-config (https://cloudinit.readthedocs.io/en/latest/reference/modules.html).
enum CloudConfigKeys {
  static let all: Set<String> = [
    "allow_public_ssh_keys", "ansible", "apk_repos", "apt", "apt_pipelining",
    "apt_reboot_if_required",
    "apt_update", "apt_upgrade", "authkey_hash", "autoinstall", "bootcmd", "byobu_by_default",
    "ca_certs", "ca-certs", "chef", "chpasswd", "cloud_config_modules", "cloud_final_modules",
    "cloud_init_modules", "create_hostname_file", "device_aliases", "disable_ec2_metadata",
    "disable_root", "disable_root_opts", "disk_setup", "drivers", "fan", "final_message", "fqdn",
    "fs_setup", "groups", "growpart", "grub-dpkg", "grub_dpkg", "hostname", "id", "keyboard",
    "landscape", "launch-index", "locale", "locale_configfile", "lxd", "manage_etc_hosts",
    "manage_resolv_conf", "mcollective", "merge_how", "merge_type", "mount_default_fields",
    "mounts",
    "network", "no_ssh_fingerprints", "ntp", "output", "package_reboot_if_required",
    "package_update", "package_upgrade", "packages", "password", "phone_home", "power_state",
    "prefer_fqdn_over_hostname", "preserve_hostname", "puppet", "random_seed", "reporting",
    "resize_rootfs", "resolv_conf", "rh_subscription", "rpi", "rsyslog", "runcmd", "salt_minion",
    "snap", "spacewalk", "ssh", "ssh_authorized_keys", "ssh_deletekeys",
    "ssh_fp_console_blacklist", "ssh_genkeytypes", "ssh_import_id", "ssh_key_console_blacklist",
    "ssh_keys", "ssh_publish_hostkeys", "ssh_pwauth", "ssh_quiet_keygen", "swap", "system_info",
    "timezone", "ubuntu_advantage", "ubuntu_pro", "updates", "user", "users", "vendor_data",
    "version", "wireguard", "write_files", "yum_repo_dir", "yum_repos", "zypper",
  ]
}
