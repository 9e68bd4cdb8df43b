import CLibvirt
import Execution
import Glibc
import Model

// A stack's ledger lies in a libvirt secret with a fixed usage name, `virtspec/ledger/STACK`, which
// any clone of the repository finds again. A secret's value is limited to 64 KiB on its way to a
// daemon (REMOTE_SECRET_VALUE_MAX in libvirt's remote_protocol.x): a longer ledger is cut into
// parts, secrets named by the digest of their content, and the first secret lists them. Parts are
// written before it and removed after it, so that a run that is killed anywhere leaves the old
// ledger or the new one.

extension LibvirtHypervisor {
  /// Writes the stack's ledger; an empty one removes it. Throws `unsupported` on drivers without
  /// secrets.
  func writeLedger(_ ledger: Ledger) async throws(HypervisorError) {
    try await connection.call("virSecretSetValue") { connection throws(HypervisorError) in
      try ledger.write(connection)
    }
  }
}

extension Ledger {
  /// Entries of this size at most go into one secret.
  static let partLimit = 60_000

  private static func usage(_ stack: String) -> String { "virtspec/ledger/\(stack)" }

  /// The ledgers of all stacks on the host; none where its driver has no secrets.
  static func readAll(_ connection: virConnectPtr) throws(HypervisorError) -> [Ledger] {
    var before: [String: [UInt8]]?
    var unchanged = 0
    while true {
      let values: [String: [UInt8]]
      do throws(HypervisorError) {
        values = try Secrets.values(prefix: usage(""), connection)
      } catch {
        if error.code == .unsupported { return [] }
        throw error
      }
      do throws(HypervisorError) {
        return try assembled(from: values)
      } catch {
        // Another run may have written a ledger between the reads of its first secret and of its parts. Where
        // nothing changes any more, it is broken. The same twice is no proof: that run may be between two calls.
        unchanged = values == before ? unchanged + 1 : 0
        if unchanged == 10 { throw error }
        if unchanged > 0 { usleep(20_000) }
        before = values
      }
    }
  }

  /// The ledgers in the secrets' values, which are by usage name. Throws when a part is missing or unknown.
  private static func assembled(
    from values: [String: [UInt8]]
  ) throws(HypervisorError) -> [Ledger] {
    var ledgers: [Ledger] = []
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      let stack = String(name.dropFirst(usage("").count))
      // Parts are named after their ledger; a stack's name has no slash.
      if stack.contains("/") { continue }
      let form = try LedgerForm(decoding: value, name)
      var entries = form.entries ?? []
      for part in form.parts ?? [] {
        guard let value = values[part] else {
          throw HypervisorError(
            .unreadable, call: "virSecretGetValue",
            message: "the libvirt secret \(part), a part of the ledger, is missing")
        }
        entries += try LedgerForm(decoding: value, part).entries ?? []
      }
      ledgers.append(Ledger(stack: stack, entries: entries.compactMap(\.entry)))
    }
    return ledgers
  }

  fileprivate func write(_ connection: virConnectPtr) throws(HypervisorError) {
    let usage = Self.usage(stack)
    if entries.isEmpty {
      try Secrets.remove(usage, connection)
      return try Secrets.removeAll(prefix: usage + "/", except: [], connection)
    }
    let parts = try self.parts()
    guard parts.count > 1 else {
      try Secrets.set(usage, parts[0], describing: stack, connection)
      return try Secrets.removeAll(prefix: usage + "/", except: [], connection)
    }
    var names: [String] = []
    for part in parts {
      let name = usage + "/" + part.withUnsafeBytes { Digest.sha256($0, length: 32) }
      names.append(name)
      if try Secrets.value(name, connection) == nil {
        try Secrets.set(name, part, describing: stack, connection)
      }
    }
    try Secrets.set(
      usage, LedgerForm(parts: names).encoded(), describing: stack, connection)
    try Secrets.removeAll(prefix: usage + "/", except: Set(names), connection)
  }

  /// The encoded entries in pieces that fit.
  private func parts() throws(HypervisorError) -> [[UInt8]] {
    let forms = entries.map(LedgerForm.Entry.init)
    let whole = try LedgerForm(entries: forms).encoded()
    if whole.count <= Self.partLimit { return [whole] }
    var parts: [[UInt8]] = []
    var current: [LedgerForm.Entry] = []
    var size = 0
    for form in forms {
      let bytes = try LedgerForm(entries: [form]).encoded().count
      if size + bytes > Self.partLimit, !current.isEmpty {
        parts.append(try LedgerForm(entries: current).encoded())
        current = []
        size = 0
      }
      current.append(form)
      size += bytes
    }
    parts.append(try LedgerForm(entries: current).encoded())
    return parts
  }
}

/// libvirt's secrets by their usage, for closures on worker threads.
private enum Secrets {
  /// Of the usage types only this one (and iscsi) takes any text for a name and several secrets of
  /// one type.
  private static let type = VIR_SECRET_USAGE_TYPE_CEPH

  /// Nil when there is none, or it has no value yet (a run was killed between the two calls).
  static func value(_ usage: String, _ connection: virConnectPtr) throws(HypervisorError)
    -> [UInt8]?
  {
    do throws(HypervisorError) {
      let secret = try find(usage, connection)
      return try value(of: secret.pointer)
    } catch {
      if error.code == .notFound { return nil }
      throw error
    }
  }

  static func set(
    _ usage: String, _ value: [UInt8], describing stack: String, _ connection: virConnectPtr
  ) throws(HypervisorError) {
    let secret = try findOrDefine(usage, describing: stack, connection)
    try check(
      virSecretSetValue(secret.pointer, value, value.count, 0), "virSecretSetValue")
  }

  static func remove(_ usage: String, _ connection: virConnectPtr) throws(HypervisorError) {
    do throws(HypervisorError) {
      let secret = try find(usage, connection)
      try check(virSecretUndefine(secret.pointer), "virSecretUndefine")
    } catch {
      if error.code != .notFound { throw error }
    }
  }

  /// The values of the secrets of our type whose usage begins with the prefix, by their usage.
  static func values(
    prefix: String, _ connection: virConnectPtr
  ) throws(HypervisorError) -> [String: [UInt8]] {
    let secrets = try HandleList.list(
      "virConnectListAllSecrets", release: { virSecretFree($0) },
      fill: { virConnectListAllSecrets(connection, $0, 0) })
    var values: [String: [UInt8]] = [:]
    for pointer in secrets.pointers
    where virSecretGetUsageType(pointer) == Int32(type.rawValue) {
      guard let name = virSecretGetUsageID(pointer).map({ String(cString: $0) }),
        name.hasPrefix(prefix)
      else { continue }
      // One that went away, or has no value yet, since a run was killed between the two calls.
      if let value = try value(of: pointer) { values[name] = value }
    }
    return values
  }

  private static func value(of secret: virSecretPtr) throws(HypervisorError) -> [UInt8]? {
    do throws(HypervisorError) {
      var size = 0
      let value = try check(virSecretGetValue(secret, &size, 0), "virSecretGetValue")
      defer { free(value) }
      return Array(UnsafeBufferPointer(start: value, count: size))
    } catch {
      if error.code == .notFound { return nil }
      throw error
    }
  }

  /// Removes the secrets of our type whose usage begins with the prefix.
  static func removeAll(
    prefix: String, except kept: Set<String>, _ connection: virConnectPtr
  ) throws(HypervisorError) {
    let secrets = try HandleList.list(
      "virConnectListAllSecrets", release: { virSecretFree($0) },
      fill: { virConnectListAllSecrets(connection, $0, 0) })
    for pointer in secrets.pointers
    where virSecretGetUsageType(pointer) == Int32(type.rawValue) {
      guard let name = virSecretGetUsageID(pointer).map({ String(cString: $0) }),
        name.hasPrefix(prefix), !kept.contains(name)
      else { continue }
      do throws(HypervisorError) {
        try check(virSecretUndefine(pointer), "virSecretUndefine")
      } catch {
        if error.code != .notFound { throw error }
      }
    }
  }

  private static func find(
    _ usage: String, _ connection: virConnectPtr
  ) throws(HypervisorError) -> SecretHandle {
    let found = virSecretLookupByUsage(connection, Int32(type.rawValue), usage)
    return SecretHandle(try check(found, "virSecretLookupByUsage"))
  }

  private static func findOrDefine(
    _ usage: String, describing stack: String, _ connection: virConnectPtr
  ) throws(HypervisorError) -> SecretHandle {
    do throws(HypervisorError) {
      return try find(usage, connection)
    } catch {
      if error.code != .notFound { throw error }
    }
    // Not private, so that its value can be read back: it is no secret but a list of names.
    let xml = """
      <secret ephemeral='no' private='no'>
        <description>\(escaped("Pools and volumes that virtspec manages for the stack \(stack)"))</description>
        <usage type='ceph'><name>\(escaped(usage))</name></usage>
      </secret>
      """
    return SecretHandle(try check(virSecretDefineXML(connection, xml, 0), "virSecretDefineXML"))
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      default: result.append(character)
      }
    }
    return result
  }
}
