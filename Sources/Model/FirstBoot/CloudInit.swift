/// What a guest's `cloudInit` comes to: the files that cloud-init's NoCloud datasource reads.
///
/// Raw user data stand alone: no field that says a part of them is taken beside them. Host name and meta data
/// are about the instance, and go with either.
public struct CloudInit: Sendable {
  /// The label by which cloud-init finds the disc.
  public static let label = "cidata"
  private let spec: Record
  private let guest: String
  private let values: SecretTexts

  /// - Parameters:
  ///   - spec: the declared fields.
  ///   - guest: its name, which is the host name unless one is declared.
  ///   - values: what references to values kept elsewhere give.
  public init(_ spec: Record, guest: String, values: SecretTexts = SecretTexts()) {
    self.spec = spec
    self.guest = guest
    self.values = values
  }

  /// The disc of an instance. Another `instance` is another first boot.
  public func disc(instance: String) -> GeneratedDisc {
    var files = [
      GeneratedDisc.File("meta-data", metaData(instance: instance)),
      GeneratedDisc.File("user-data", userData),
    ]
    if let text = networkConfig { files.append(GeneratedDisc.File("network-config", text)) }
    if let text = spec.text("vendorData") { files.append(GeneratedDisc.File("vendor-data", text)) }
    return GeneratedDisc(label: Self.label, files: files, isSecret: !values.isEmpty)
  }

  private func metaData(instance: String) -> String {
    var record = Record([("instance-id", .string(instance))])
    let raw = spec.text("metaData") ?? ""
    // A line of the manifest's own goes before the guest's name, which nobody declared.
    if spec["hostname"] != nil || !raw.declaresKey("local-hostname") {
      record["local-hostname"] = .string(spec.string("hostname") ?? guest)
    }
    return BlockYAML.text(record) + raw.endingInLineBreak
  }

  private var userData: String {
    if let text = spec.text("userData") { return text }
    if spec["userDataFrom"] != nil { return values["userDataFrom"] ?? "" }
    var record = Record()
    for name in ["hostname", "fqdn", "timezone", "locale"] { record[name] = spec[name] }
    record["package_update"] = spec["packageUpdate"]
    record["package_upgrade"] = spec["packageUpgrade"]
    record["packages"] = spec["packages"]
    record["ssh_authorized_keys"] = spec["sshAuthorizedKeys"]
    if let users = spec["users"]?.list { record["users"] = .list(users.map(user)) }
    if let files = spec["files"]?.list { record["write_files"] = .list(files.map(file)) }
    record["bootcmd"] = spec["bootCommands"]
    record["runcmd"] = spec["commands"]
    return "#cloud-config\n" + (record.isEmpty ? "{}\n" : BlockYAML.text(record))
  }

  private func user(_ value: Value) -> Value {
    guard let user = value.record, let name = user["name"] else { return value }
    if name == "default", user.entries.count == 1 { return name }
    var record = Record([("name", name)])
    record["gecos"] = user["gecos"]
    record["primary_group"] = user["primaryGroup"]
    let groups = user["groups"]?.list?.compactMap(\.string) ?? []
    if !groups.isEmpty { record["groups"] = .string(groups.joined(separator: ", ")) }
    record["sudo"] = user["sudo"]
    record["shell"] = user["shell"]
    record["homedir"] = user["home"]
    record["system"] = user["system"]
    record["ssh_authorized_keys"] = user["sshAuthorizedKeys"]
    let hash =
      user.string("passwordHash") ?? values["users[\(name.string ?? "")].passwordHashFrom"]
    if let hash {
      record["passwd"] = .string(hash)
      record["lock_passwd"] = false
    }
    return .record(record)
  }

  private func file(_ value: Value) -> Value {
    guard let file = value.record, let path = file["path"] else { return value }
    var record = Record([("path", path)])
    let content = file.string("content") ?? values["files[\(path.string ?? "")].contentFrom"]
    record["content"] = .string(content ?? "")
    record["permissions"] = .string(file.string("permissions") ?? "0644")
    record["owner"] = .string(file.string("owner") ?? "root:root")
    record["append"] = file["append"]
    record["defer"] = file["defer"]
    return .record(record)
  }

  private var networkConfig: String? {
    if let text = spec.text("networkConfig") { return text }
    guard let interfaces = spec["network"]?.list?.compactMap(\.record) else { return nil }
    var ethernets = Record()
    for interface in interfaces {
      ethernets[interface.string("name") ?? ""] = .record(Self.ethernet(interface))
    }
    return BlockYAML.text(Record([("version", 2), ("ethernets", .record(ethernets))]))
  }

  private static func ethernet(_ interface: Record) -> Record {
    var record = Record()
    if let mac = interface["mac"] {
      record["match"] = ["macaddress": mac]
      record["set-name"] = interface["name"]
    }
    let isStatic = interface["addresses"]?.list?.isEmpty == false
    record["dhcp4"] = interface["dhcp4"] ?? (isStatic ? nil : true)
    record["dhcp6"] = interface["dhcp6"]
    record["addresses"] = interface["addresses"]
    let routes: [Value] = ["gateway4", "gateway6"].compactMap { name in
      interface[name].map { ["to": name == "gateway4" ? "0.0.0.0/0" : "::/0", "via": $0] }
    }
    if !routes.isEmpty { record["routes"] = .list(routes) }
    var nameservers = Record()
    nameservers["addresses"] = interface["nameservers"]
    nameservers["search"] = interface["searchDomains"]
    if !nameservers.isEmpty { record["nameservers"] = .record(nameservers) }
    record["mtu"] = interface["mtu"]
    return record
  }
}

extension CloudInit {
  /// The declared fields as they are written down: digests stand for texts of any length and for what may be
  /// confidential.
  public static func condensed(_ spec: Record) -> Record {
    Record(unique: spec.entries.map { Record.Entry(name: $0.name, value: condensed($0)) })
  }

  /// The references to texts that are kept elsewhere, by their paths.
  public static func references(_ spec: Record) -> [(path: String, source: Record)] {
    var found: [(path: String, source: Record)] = []
    if let source = spec.record("userDataFrom") { found.append(("userDataFrom", source)) }
    for (list, key, name) in [
      ("users", "name", "passwordHashFrom"), ("files", "path", "contentFrom"),
    ] {
      for item in spec.records(list) {
        guard let source = item.record(name) else { continue }
        found.append(("\(list)[\(item.string(key) ?? "")].\(name)", source))
      }
    }
    return found
  }

  /// Whether there is any.
  public static func hasReferences(_ spec: Record) -> Bool { !references(spec).isEmpty }

  private static let digested: Set<String> = [
    "text", "content", "passwordHash",
  ]

  private static func condensed(_ entry: Record.Entry) -> Value {
    switch entry.value {
    case .string(let text) where digested.contains(entry.name):
      return .string("sha256:" + Digest.sha256(text, length: 16))
    case .record(let record): return .record(condensed(record))
    case .list(let items):
      return .list(items.map { $0.record.map { .record(condensed($0)) } ?? $0 })
    default: return entry.value
    }
  }
}

/// Texts of a guest that are kept elsewhere, by the path of the reference: `users[ops].passwordHashFrom`.
public struct SecretTexts: Sendable, Hashable {
  fileprivate(set) var texts: [String: String] = [:]

  public init() {}

  /// Whether there is none.
  public var isEmpty: Bool { texts.isEmpty }

  public subscript(path: String) -> String? {
    get { texts[path] }
    set { texts[path] = newValue }
  }
}

extension SecretTexts: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { SecretValue.placeholder }
  public var debugDescription: String { SecretValue.placeholder }
  public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

extension Record {
  /// The text of a field that holds one, once files are read.
  public func text(_ name: String) -> String? { record(name)?.string("text") }
}

extension String {
  var endingInLineBreak: String { isEmpty || hasSuffix("\n") ? self : self + "\n" }

  /// Whether a line of block YAML begins with the key.
  func declaresKey(_ key: String) -> Bool {
    split(separator: "\n").contains { $0.hasPrefix(key + ":") }
  }
}
