import Model

/// What an operating system knows of hypervisors other than QEMU. osinfo-db 20221203 names Xen's devices but tells of no
/// system that has drivers for them, and has no device of VMware's beside a video card: so this goes by the kernels.
enum ParavirtualSupport {
  /// Whether a kernel of it runs as Xen's PV guest.
  static func hasXenPV(_ os: OSProfile) -> Bool {
    switch os.family {
    // Linux has it for x86_64 since 2.6.27 of October 2008; Red Hat's kernels since 7 are built for HVM only.
    case "linux": os.isReleased(since: "2009-01-01") && !isEnterpriseLinux(os, from: 7)
    // The kernels named XEN3_DOMU, since NetBSD 3.0.
    case "netbsd": os.isReleased(since: "2005-12-23")
    default: false
    }
  }

  /// Whether a kernel of it runs as Xen's PVH guest.
  static func hasXenPVH(_ os: OSProfile) -> Bool {
    switch os.family {
    // Linux has it since 4.11; the kernels that distributions kept begin with 4.19 of October 2018.
    case "linux": os.isReleased(since: "2018-10-22") && !isEnterpriseLinux(os, from: 7)
    // Since FreeBSD 12.0.
    case "freebsd": os.isReleased(since: "2018-12-11")
    default: false
    }
  }

  /// Whether it has drivers for Xen's disks and interfaces in a guest that is virtualized fully.
  static func hasXenDrivers(_ os: OSProfile) -> Bool {
    switch os.family {
    // Since 2.6.36 of October 2010.
    case "linux": os.isReleased(since: "2010-10-20")
    // Since FreeBSD 10.0, and OpenBSD 6.1.
    case "freebsd": os.isReleased(since: "2014-01-20")
    case "openbsd": os.isReleased(since: "2017-04-11")
    default: false
    }
  }

  /// Whether it has drivers for VMware's vmxnet3 and pvscsi without VMware's tools.
  static func hasVMwareDrivers(_ os: OSProfile) -> Bool {
    switch os.family {
    // Since 2.6.33 of February 2010.
    case "linux": os.isReleased(since: "2010-02-24")
    // pvscsi came last, with FreeBSD 13.1.
    case "freebsd": os.isReleased(since: "2022-05-12")
    default: false
    }
  }

  /// Whether it is Red Hat Enterprise Linux, or made like it, of some version or newer.
  static func isEnterpriseLinux(_ os: OSProfile, from major: Int) -> Bool {
    let isKin =
      ["rhel", "centos", "almalinux", "rocky", "ol", "circle", "miraclelinux", "scientificlinux"]
      .contains(os.distro) || os.lineage.contains { $0.hasPrefix("http://redhat.com/rhel/") }
    let version = os.version?.prefix { $0.isNumber }
    return isKin && version.flatMap { Int($0) }.map { $0 >= major } ?? true
  }
}
