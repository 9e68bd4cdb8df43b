import Model

/// Sizes for people.
enum SizeText {
  /// To a tenth of the largest unit: `15.6GiB`.
  static func rounded(_ bytes: Int64) -> String {
    for (name, exponent) in [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)] {
      let unit = Int64(1) << Int64(exponent)
      if bytes < unit { continue }
      let tenths = bytes / (unit / 10)
      return tenths % 10 == 0 || tenths >= 1000
        ? "\(tenths / 10)\(name)" : "\(tenths / 10).\(tenths % 10)\(name)"
    }
    return "\(bytes)B"
  }

  static func percent(_ part: Int64, of whole: Int64) -> Int64 {
    whole == 0 ? 0 : Int64((Double(part) / Double(whole) * 100).rounded())
  }
}

/// Memory, and what guests may take of it.
enum MemoryCheck {
  static func findings(_ host: HostExamination) -> [Finding] {
    guard let memory = host.facts.memory, memory > 0 else {
      return [.unknown("memory", "how much there is")]
    }
    var text = SizeText.rounded(memory)
    if let available = host.facts.availableMemory {
      text += ", \(SizeText.rounded(min(available, memory))) available"
    }
    guard let guests = host.facts.guests else {
      return [Finding("memory", .ok, "\(text); what guests may take is not known")]
    }
    let defined = guests.reduce(0) { $0 + $1.memory }
    let running = guests.filter(\.isRunning).reduce(0) { $0 + $1.memory }
    if !guests.isEmpty {
      text +=
        "; running guests may take \(SizeText.rounded(running)), all guests \(SizeText.rounded(defined))"
    }
    if running > memory {
      return [
        Finding(
          "memory", .failure, "\(text): running guests may take more than there is",
          remedy: "stop some, or give them less memory")
      ]
    }
    if defined > memory {
      return [
        Finding(
          "memory", .warning, "\(text): they cannot all run at once",
          remedy: "move some to another host, or give them less memory")
      ]
    }
    return [Finding("memory", .ok, text)]
  }
}

/// Processors, and what guests take of them.
enum VCPUCheck {
  /// How many virtual CPUs one processor is for before guests wait for each other.
  static let limit: Int64 = 4

  static func findings(_ host: HostExamination) -> [Finding] {
    guard let cpus = host.facts.cpus, cpus > 0, let guests = host.facts.guests else {
      return [.unknown("vcpus", "how many guests have")]
    }
    let running = guests.filter(\.isRunning).reduce(0) { $0 + $1.cpus }
    let defined = guests.reduce(0) { $0 + $1.cpus }
    let text = "\(running) of running guests, \(defined) of all guests, on \(cpus) processors"
    if let wide = guests.filter({ $0.cpus > cpus }).map(\.name).min() {
      return [
        Finding(
          "vcpus", .warning, "\(text); guest/\(wide) has more than the host has processors",
          remedy: "give it no more than \(cpus)")
      ]
    }
    if running > cpus * limit {
      return [
        Finding(
          "vcpus", .warning, "\(text): more than \(limit) for each",
          remedy: "move some guests to another host")
      ]
    }
    return [Finding("vcpus", .ok, text)]
  }
}

/// Room in the storage pools.
enum PoolCheck {
  /// Below so many percent free, or so many bytes.
  static let warning = (percent: Int64(10), bytes: Int64(10) << 30)
  static let failure = (percent: Int64(3), bytes: Int64(1) << 30)

  static func findings(_ host: HostExamination) -> [Finding] {
    guard let pools = host.facts.pools else { return [.unknown("pool", "which pools there are")] }
    return pools.map(finding)
  }

  private static func finding(_ pool: HostFacts.Pool) -> Finding {
    if !pool.isActive {
      return Finding(
        "pool", .warning, "not active", subject: pool.name,
        remedy: "start it: 'virsh pool-start \(pool.name)'")
    }
    guard let capacity = pool.capacity, capacity > 0, let available = pool.available else {
      return Finding("pool", .unknown, "its room is not known", subject: pool.name)
    }
    let percent = SizeText.percent(available, of: capacity)
    let text =
      "\(SizeText.rounded(available)) of \(SizeText.rounded(capacity)) free (\(percent) %)"
    let remedy = "remove volumes that nothing uses, or make the pool larger"
    // A small pool may be nearly full and still do; a large one has room at a few percent.
    if percent < failure.percent, available < warning.bytes {
      return Finding("pool", .failure, text, subject: pool.name, remedy: remedy)
    }
    if available < failure.bytes, percent < 50 {
      return Finding("pool", .failure, text, subject: pool.name, remedy: remedy)
    }
    if percent < warning.percent {
      return Finding("pool", .warning, text, subject: pool.name, remedy: remedy)
    }
    return Finding("pool", .ok, text, subject: pool.name)
  }
}

/// Whether the host's clock is right.
enum ClockCheck {
  static func findings(_ host: HostExamination) -> [Finding] {
    if host.isMock { return [] }
    guard let local = host.local else {
      return [.unknown("clock", "whether the host's clock is right")]
    }
    switch local.isClockSynchronized {
    case nil: return [Finding("clock", .unknown, "whether it is synchronised cannot be read")]
    case true?: return [Finding("clock", .ok, "synchronised")]
    case false?:
      return [
        Finding(
          "clock", .warning, "not synchronised",
          remedy: "run a time service on the host: chrony, or systemd-timesyncd")
      ]
    }
  }
}

/// Whether the host serves its guests alone.
enum ServicesCheck {
  /// Programs that are servers of their own, by the beginning of their names as the kernel cuts them.
  private static let servers: [(start: String, name: String)] = [
    ("mysqld", "MySQL"), ("mariadbd", "MariaDB"), ("postgres", "PostgreSQL"),
    ("mongod", "MongoDB"), ("redis-server", "Redis"), ("memcached", "memcached"),
    ("nginx", "nginx"), ("apache2", "Apache"), ("httpd", "Apache"), ("haproxy", "HAProxy"),
    ("dockerd", "Docker"), ("containerd", "containerd"), ("kubelet", "Kubernetes"),
    ("k3s", "Kubernetes"), ("named", "BIND"), ("smbd", "Samba"), ("slapd", "OpenLDAP"),
    ("clickhouse", "ClickHouse"), ("prometheus", "Prometheus"), ("gitlab", "GitLab"),
    ("jenkins", "Jenkins"), ("Xorg", "a desktop"), ("gnome-shell", "a desktop"),
  ]
  /// Programs that are there for the guests.
  private static let own = [
    "qemu", "kvm", "libvirt", "virt", "swtpm", "dnsmasq", "vhost", "passt", "ovs", "ceph", "lvm",
    "multipath", "corosync", "pacemaker",
  ]
  /// A share of the memory that is not the system's own.
  private static let percent: Int64 = 5

  static func findings(_ host: HostExamination) -> [Finding] {
    if host.isMock { return [] }
    guard let processes = host.local?.processes else {
      return [.unknown("services", "what runs beside the guests")]
    }
    let others = processes.filter { process in
      !own.contains { process.name.hasPrefix($0) }
    }
    var found: Set<String> = []
    for process in others {
      if let server = servers.first(where: { process.name.hasPrefix($0.start) }) {
        found.insert(server.name)
      }
    }
    if let memory = host.facts.memory {
      var sums: [String: Int64] = [:]
      for process in others { sums[process.name, default: 0] += process.memory }
      for (name, sum) in sums where SizeText.percent(sum, of: memory) >= percent {
        if servers.contains(where: { name.hasPrefix($0.start) }) { continue }
        found.insert("\(name) (\(SizeText.rounded(sum)))")
      }
    }
    if found.isEmpty { return [Finding("services", .ok, "the host serves its guests alone")] }
    return [
      Finding(
        "services", .warning,
        "beside the guests there are \(found.sorted().joined(separator: ", "))",
        remedy: "a host of guests should serve guests alone: move them into a guest of their own")
    ]
  }
}
