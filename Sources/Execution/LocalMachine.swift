import CGlibc
import Glibc
import Model

/// What this machine tells of itself. Nothing is run, and nothing is written.
public enum LocalMachine {
  /// Facts in the place of the machine's own, for tests.
  @TaskLocal public static var facts: LocalFacts?

  /// What is known of the machine behind a URI; nil where that is another one.
  public static func facts(behind uri: String) -> LocalFacts? {
    isLocal(uri) ? facts ?? read() : nil
  }

  /// Whether the URI names no host (https://libvirt.org/uri.html). The test driver has no machine behind it, and
  /// those of VMware's hypervisors are always elsewhere.
  static func isLocal(_ uri: String) -> Bool {
    guard let colon = uri.firstIndex(of: ":") else { return false }
    let driver = uri[..<colon].prefix { $0 != "+" }
    // With an ssh or tcp transport even an empty host is one.
    let transport = uri[..<colon].dropFirst(driver.count + 1)
    return ["qemu", "xen", "lxc", "ch", "bhyve", "vbox"].contains(String(driver))
      && ["", "unix"].contains(String(transport)) && uri[colon...].hasPrefix(":///")
  }

  static func read() -> LocalFacts {
    var facts = LocalFacts()
    facts.processorFlags = text("/proc/cpuinfo").flatMap(ProcText.flags)
    facts.kvmDevice = device("/dev/kvm")
    facts.kvmModules = names("/sys/module")?.filter { $0.hasPrefix("kvm_") }.sorted()
    facts.isNested = ["kvm_intel", "kvm_amd"].compactMap {
      text("/sys/module/\($0)/parameters/nested")
    }.first.map { ["1", "Y"].contains($0.prefix(1)) }
    facts.controlGroups = text("/proc/self/mounts").map { mounts in
      ProcText.controlGroups(mounts, unified: text("/sys/fs/cgroup/cgroup.controllers"))
    }
    facts.hasSoftwareTPM = getenv("PATH").map { path in
      // Daemons have the folders of administration, too.
      (String(cString: path) + ":/usr/sbin:/usr/bin:/usr/local/bin").split(separator: ":")
        .contains { access($0 + "/swtpm", X_OK) == 0 }
    }
    facts.isClockSynchronized = isClockSynchronized()
    facts.processes = processes()
    return facts
  }

  private static func text(_ path: String) -> String? {
    do throws(FileProblem) {
      return String(decoding: try LocalFile.head(path, limit: 1 << 20), as: UTF8.self)
    } catch {
      return nil
    }
  }

  private static func device(_ path: String) -> LocalFacts.Device {
    if access(path, F_OK) != 0 { return .absent }
    return access(path, R_OK | W_OK) == 0 ? .usable : .denied
  }

  /// What stands in a folder.
  private static func names(_ folder: String) -> [String]? {
    guard let handle = opendir(folder) else { return nil }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names
  }

  /// The kernel keeps the answer of the last time service.
  private static func isClockSynchronized() -> Bool? {
    var state = timex()
    let result = adjtimex(&state)
    if result < 0 { return nil }
    return state.status & STA_UNSYNC == 0
  }

  private static func processes() -> [LocalFacts.Process]? {
    let page = Int64(sysconf(Int32(_SC_PAGESIZE)))
    return names("/proc")?.filter { $0.allSatisfy(\.isNumber) }.compactMap { number in
      // One that has ended meanwhile is no more.
      guard let status = text("/proc/\(number)/stat"), let memory = text("/proc/\(number)/statm")
      else { return nil }
      return ProcText.process(status, memory, page: page)
    }
  }
}

/// What stands in files of /proc.
enum ProcText {
  /// The flags of the first processor.
  static func flags(_ cpuinfo: String) -> Set<String>? {
    for line in cpuinfo.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, parts[0].hasPrefix("flags") else { continue }
      return Set(parts[1].split(separator: " ").map(String.init))
    }
    return nil
  }

  /// - Parameter unified: the controllers of version 2.
  static func controlGroups(_ mounts: String, unified: String?) -> LocalFacts.ControlGroups {
    var version = 0
    var controllers: Set<String> = []
    for line in mounts.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count >= 4 else { continue }
      if words[2] == "cgroup" {
        version = 1
        controllers.formUnion(words[3].split(separator: ",").map(String.init))
      } else if words[2] == "cgroup2", version == 0, words[1] == "/sys/fs/cgroup" {
        version = 2
        controllers.formUnion((unified ?? "").split { $0 == " " || $0 == "\n" }.map(String.init))
      }
    }
    return LocalFacts.ControlGroups(version: version, controllers: controllers)
  }

  /// A program with memory of its own; nil for one of the kernel's.
  static func process(_ stat: String, _ statm: String, page: Int64) -> LocalFacts.Process? {
    // The name stands in parentheses, and may have some itself.
    guard let start = stat.firstIndex(of: "("), let end = stat.lastIndex(of: ")"), start < end
    else { return nil }
    let words = statm.split(separator: " ")
    guard words.count > 2, let resident = Int64(words[1]), let shared = Int64(words[2]),
      resident > 0
    else { return nil }
    return LocalFacts.Process(
      name: String(stat[stat.index(after: start)..<end]),
      memory: max(0, resident - shared) * page)
  }
}
