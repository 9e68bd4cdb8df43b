import CLibOSInfo
import Glibc
import Model

/// libosinfo's database. It is read when it is first asked, which takes a fifth of a second, and kept.
public final class OSDatabase: Sendable {
  /// The one of this machine. The library keeps it once for the process.
  public static let shared = OSDatabase()

  private enum State {
    case unopened
    case open(OSIndex)
    case closed(String)
  }

  private let state = Lock(State.unopened)

  private init() {}

  /// What is known of some operating systems.
  public func catalog(of identifiers: some Sequence<String>) -> OSCatalog {
    let wanted = Set(identifiers)
    if wanted.isEmpty { return OSCatalog() }
    return state.withLock { state in
      if case .unopened = state { state = Self.open() }
      switch state {
      case .open(let index):
        return OSCatalog(
          systems: Dictionary(uniqueKeysWithValues: wanted.map { ($0, Self.look($0, in: index)) }),
          database: Self.version)
      case .closed(let problem):
        return OSCatalog(
          systems: Dictionary(uniqueKeysWithValues: wanted.map { ($0, .noDatabase(problem)) }))
      case .unopened: return OSCatalog()
      }
    }
  }

  private static func open() -> State {
    var problem = [CChar](repeating: 0, count: 512)
    switch virtspec_osinfo_open(&problem, problem.count) {
    case VIRTSPEC_OSINFO_READY:
      var names: [[String]] = []
      while let system = system(at: names.count) {
        names.append(
          [description(of: system).id.map { String(cString: $0) } ?? ""] + shortIDs(of: system))
      }
      return .open(OSIndex(names))
    case VIRTSPEC_OSINFO_NO_LIBRARY:
      return .closed("libosinfo cannot be loaded: \(text(problem))")
    default: return .closed("libosinfo has no database: \(text(problem))")
    }
  }

  private static func look(_ identifier: String, in index: OSIndex) -> OSLookup {
    switch index[identifier] {
    case .exact(let place):
      system(at: place).map { .known(profile($0)) } ?? .unknown(suggestion: nil)
    case .older(let place):
      system(at: place).map { .older(profile($0)) } ?? .unknown(suggestion: nil)
    case .none(let suggestion): .unknown(suggestion: suggestion)
    }
  }

  /// The database has its day in a file.
  private static var version: String {
    let path = String(cString: virtspec_osinfo_folder()) + "/VERSION"
    guard let file = fopen(path, "r") else { return "osinfo-db" }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 64)
    guard fgets(&line, Int32(line.count), file) != nil else { return "osinfo-db" }
    return "osinfo-db " + text(line).prefix { !$0.isNewline }
  }

  private static func text(_ bytes: [CChar]) -> String {
    String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

// MARK: - Reading one system

extension OSDatabase {
  private static func system(at index: Int) -> UnsafeRawPointer? {
    var system: UnsafeRawPointer?
    return virtspec_osinfo_system_at(Int32(index), &system) ? system : nil
  }

  private static func description(of system: UnsafeRawPointer) -> virtspec_osinfo_system {
    var description = virtspec_osinfo_system()
    virtspec_osinfo_describe(system, &description)
    return description
  }

  private static func shortIDs(of system: UnsafeRawPointer) -> [String] {
    texts { virtspec_osinfo_short_ids(system, $0, $1) }
  }

  /// What a C function tells one by one.
  private static func texts(
    _ body: (UnsafeMutableRawPointer, @escaping virtspec_osinfo_text) -> Void
  ) -> [String] {
    collected { (sink: UnsafeMutableRawPointer) in
      body(sink) { context, text in
        guard let text else { return }
        context?.assumingMemoryBound(to: [String].self).pointee.append(String(cString: text))
      }
    }
  }

  private static func collected<Item>(_ body: (UnsafeMutableRawPointer) -> Void) -> [Item] {
    var items: [Item] = []
    withUnsafeMutablePointer(to: &items) { body(UnsafeMutableRawPointer($0)) }
    return items
  }

  private static func profile(_ system: UnsafeRawPointer) -> OSProfile {
    let description = description(of: system)
    func text(_ value: UnsafePointer<CChar>?) -> String? { value.map { String(cString: $0) } }
    let shortID = text(description.short_id) ?? ""
    let resources = resources(of: system)
    var seen: Set<String> = [shortID]
    return OSProfile(
      id: text(description.id) ?? "", shortID: shortID,
      aliases: shortIDs(of: system).filter { seen.insert($0).inserted },
      name: text(description.name) ?? shortID, family: text(description.family) ?? "",
      distro: text(description.distro) ?? "", version: text(description.version),
      released: text(description.released), endOfLife: text(description.end_of_life),
      lineage: texts { virtspec_osinfo_lineage(system, $0, $1) },
      devices: Set(
        texts { virtspec_osinfo_devices(system, $0, $1) }.map(DeviceID.init(rawValue:))),
      minimum: resources.filter { !$0.isRecommended }.map(\.value),
      recommended: resources.filter(\.isRecommended).map(\.value),
      firmware: firmware(of: system), drivers: drivers(of: system))
  }

  private static func resources(
    of system: UnsafeRawPointer
  ) -> [(isRecommended: Bool, value: OSProfile.Resources)] {
    collected { sink in
      virtspec_osinfo_resources(system, sink) { context, found in
        guard let found = found?.pointee else { return }
        func known(_ number: Int64) -> Int64? { number > 0 ? number : nil }
        context?.assumingMemoryBound(to: [(Bool, OSProfile.Resources)].self).pointee.append(
          (
            found.is_recommended,
            OSProfile.Resources(
              arch: found.architecture.map { String(cString: $0) } ?? "all",
              cpus: known(found.processors), memory: known(found.memory),
              storage: known(found.storage))
          ))
      }
    }
  }

  private static func firmware(of system: UnsafeRawPointer) -> [OSProfile.Firmware] {
    collected { sink in
      virtspec_osinfo_firmware(system, sink) { context, found in
        guard let found = found?.pointee, let arch = found.architecture, let type = found.type
        else { return }
        context?.assumingMemoryBound(to: [OSProfile.Firmware].self).pointee.append(
          OSProfile.Firmware(
            arch: String(cString: arch), type: String(cString: type),
            isSupported: found.is_supported))
      }
    }
  }

  private static func drivers(of system: UnsafeRawPointer) -> [OSProfile.Driver] {
    collected { sink in
      virtspec_osinfo_drivers(system, sink) { context, found in
        guard let found = found?.pointee, let device = found.device,
          let list = context?.assumingMemoryBound(to: [OSProfile.Driver].self)
        else { return }
        let driver = OSProfile.Driver(
          arch: found.architecture.map { String(cString: $0) } ?? "all",
          location: found.location.map { String(cString: $0) } ?? "",
          isPreInstallable: found.is_pre_installable,
          devices: [DeviceID(rawValue: String(cString: device))])
        // The devices of one driver come one after another.
        if let last = list.pointee.indices.last, list.pointee[last].arch == driver.arch,
          list.pointee[last].location == driver.location
        {
          list.pointee[last].devices += driver.devices
        } else {
          list.pointee.append(driver)
        }
      }
    }
  }
}
