import Model

/// Memory pages larger than usual.
enum HugePagesCheck {
  static func findings(_ host: HostExamination) -> [Finding] {
    let sizes = Set(
      host.capabilities.pageSizes + host.capabilities.cells.flatMap { $0.pages.map(\.size) })
    guard let usual = sizes.min() else { return [.unknown("hugepages", "which pages there are")] }
    let huge = sizes.filter { $0 > usual }.sorted()
    if huge.isEmpty { return [Finding("hugepages", .ok, "the host has none")] }
    let parts = huge.map { size in
      let counts = host.capabilities.cells.flatMap(\.pages).filter { $0.size == size }
        .compactMap(\.count)
      let total = counts.reduce(0, +)
      let free = host.facts.freePages[size].map { total > 0 ? ", \($0) free" : "" } ?? ""
      return "\(total) of \(Quantity.sizeText(size))\(free)"
    }
    return [Finding("hugepages", .ok, parts.joined(separator: "; "))]
  }
}

/// NUMA cells.
enum NUMACheck {
  static func findings(_ host: HostExamination) -> [Finding] {
    let cells = host.capabilities.cells
    if cells.isEmpty { return [.unknown("numa", "which cells there are")] }
    let parts = cells.map { cell in
      [
        cell.cpus.map { "\($0) \($0 == 1 ? "CPU" : "CPUs")" },
        cell.memory.map(SizeText.rounded),
      ].compactMap { $0 }.joined(separator: " and ")
    }
    let text =
      (cells.count == 1 ? "1 cell: " : "\(cells.count) cells: ") + parts.joined(separator: "; ")
    let bare = cells.filter { $0.memory == 0 && ($0.cpus ?? 0) > 0 }
    if bare.isEmpty { return [Finding("numa", .ok, text)] }
    return [
      Finding(
        "numa", .warning, "\(text); some processors have no memory of their own",
        remedy: "put memory modules beside every socket")
    ]
  }
}

/// Control groups, by which limits and statistics of guests work.
enum ControlGroupsCheck {
  /// By the names of version 2.
  static let wanted = ["cpu", "cpuset", "io", "memory"]

  static func findings(_ host: HostExamination) -> [Finding] {
    guard host.isQEMU else { return [] }
    guard let groups = host.local?.controlGroups else {
      return [.unknown("cgroups", "which control groups there are")]
    }
    if groups.version == 0 {
      return [
        Finding(
          "cgroups", .warning,
          "none are mounted: guests cannot be limited or pinned while they run",
          remedy: "mount cgroup2 on /sys/fs/cgroup, as systemd does")
      ]
    }
    let names = groups.controllers.union(groups.controllers.contains("blkio") ? ["io"] : [])
    let missing = wanted.filter { !names.contains($0) }
    let text = "version \(groups.version)"
    if missing.isEmpty { return [Finding("cgroups", .ok, text)] }
    return [
      Finding(
        "cgroups", .warning, "\(text), without \(missing.joined(separator: ", "))",
        remedy: "enable the controllers, or do without limits by them")
    ]
  }
}

/// Firmware for guests.
enum FirmwareCheck {
  static func findings(_ host: HostExamination) -> [Finding] {
    guard host.isQEMU || host.isXen else { return [] }
    guard let usual = host.usual, let hasUEFI = usual.hasUEFI else {
      return [.unknown("firmware", "which firmware there is for guests")]
    }
    if !hasUEFI {
      return [
        Finding(
          "firmware", .warning, "BIOS only: no guest can be started by UEFI",
          remedy: "install UEFI firmware on the host: ovmf on Debian, edk2-ovmf on Fedora")
      ]
    }
    switch usual.hasSecureBoot {
    case true?: return [Finding("firmware", .ok, "BIOS, UEFI, Secure Boot")]
    case nil: return [Finding("firmware", .ok, "BIOS, UEFI; Secure Boot: not known")]
    case false?:
      return [
        Finding(
          "firmware", .warning, "BIOS and UEFI, without Secure Boot",
          remedy: "install a firmware that has it: the whole of ovmf, or edk2-ovmf")
      ]
    }
  }
}

/// TPMs for guests.
enum TPMCheck {
  static func findings(_ host: HostExamination) -> [Finding] {
    guard host.isQEMU else { return [] }
    guard let tpm = host.usual?.devices["tpm"], let backends = tpm["backendModel"] else {
      return [.unknown("tpm", "whether guests can have a TPM")]
    }
    let remedy = "install swtpm and swtpm-tools on the host, and restart libvirt's daemon"
    if !backends.contains("emulator") {
      return [Finding("tpm", .warning, "no emulated TPM for guests", remedy: remedy)]
    }
    // A QEMU that knows the emulator is not enough: libvirt tells so only from 8.0 on.
    if host.local?.hasSoftwareTPM == false {
      return [Finding("tpm", .warning, "no swtpm for the TPM of guests", remedy: remedy)]
    }
    let versions = tpm["backendVersion"].map { ", version " + $0.joined(separator: " and ") } ?? ""
    return [Finding("tpm", .ok, "emulated\(versions)")]
  }
}

/// Whether guests are confined.
enum SecurityCheck {
  static func findings(_ host: HostExamination) -> [Finding] {
    guard host.isQEMU else { return [] }
    let models = host.capabilities.securityModels.filter { $0 != "none" && $0 != "dac" }
    if !models.isEmpty { return [Finding("security", .ok, models.joined(separator: ", "))] }
    return [
      Finding(
        "security", .warning, "no security driver confines the guests",
        remedy: "use AppArmor or SELinux: 'security_driver' in /etc/libvirt/qemu.conf")
    ]
  }
}
