import CLibvirt
import Execution
import Glibc
import LibvirtXML
import Model

extension Observation {
  /// Lists the secrets and adds the reading of those that are declared or the stack's own. A driver without
  /// secrets has none; virtspec's own are nobody's.
  func readSecrets(
    _ connection: virConnectPtr, _ batch: Batch, _ ledger: Ledger?
  ) throws(HypervisorError) {
    let handles: HandleList
    do throws(HypervisorError) {
      handles = try HandleList.list(
        "virConnectListAllSecrets", release: { virSecretFree($0) },
        fill: { virConnectListAllSecrets(connection, $0, 0) })
    } catch {
      if error.code == .unsupported { return }
      throw error
    }
    // The digests of this reading are compared, and kept nowhere.
    let salt = SecretDigest.newSalt()
    batch.add(count: handles.pointers.count) { _, index throws(HypervisorError) in
      let pointer = handles.pointers[index]
      let usage = SecretUsage(pointer)
      if usage?.isOwn == true { return }
      let uuid = uuid(of: pointer, virSecretGetUUIDString)
      guard self.request.wants(usage, uuid: uuid, ledger) else {
        return self.state.withLock { $0.secrets.append(ObservedSecret(uuid: uuid, usage: usage)) }
      }
      try self.unlessGone { () throws(HypervisorError) in
        let secret = try self.readSecret(pointer, uuid, usage, salt: salt)
        self.state.withLock { $0.secrets.append(secret) }
      }
    }
  }

  private func readSecret(
    _ pointer: virSecretPtr, _ uuid: String, _ usage: SecretUsage?, salt: String
  ) throws(HypervisorError) -> ObservedSecret {
    let text = try LibvirtText(virSecretGetXMLDesc(pointer, 0), "virSecretGetXMLDesc")
    var secret = try text.parsed("secret/\(uuid)") { document, bytes in
      ObservedSecret(
        uuid: uuid, usage: usage, spec: document.read(.secret),
        fingerprint: Fingerprint.secret(bytes))
    }
    if request.everything {
      let all = try text.everything("secret/\(uuid)", .secret)
      (secret.spec, secret.remainders) = (all.spec, all.remainders)
    }
    secret.value =
      secret.spec.boolean("private") == true ? .unreadable : try Self.value(pointer, salt: salt)
    return secret
  }

  private static func value(
    _ pointer: virSecretPtr, salt: String
  ) throws(HypervisorError) -> ObservedSecret.Value {
    do throws(HypervisorError) {
      var size = 0
      let bytes = try check(virSecretGetValue(pointer, &size, 0), "virSecretGetValue")
      defer {
        explicit_bzero(bytes, size)
        free(bytes)
      }
      let value = SecretValue(Array(UnsafeBufferPointer(start: bytes, count: size)))
      return .known(SecretDigest(of: value, salt: salt, isKept: false))
    } catch {
      switch error.code {
      // libvirt says so of a secret that is there and has no value.
      case .notFound: return .missing
      // Somebody made it private meanwhile, or keeps this user from it.
      case .refused, .denied: return .unreadable
      default: throw error
      }
    }
  }
}

extension SecretUsage {
  /// What a handle carries: no round trip.
  fileprivate init?(_ pointer: virSecretPtr) {
    let types: [(virSecretUsageType, String)] = [
      (VIR_SECRET_USAGE_TYPE_CEPH, "ceph"), (VIR_SECRET_USAGE_TYPE_ISCSI, "iscsi"),
      (VIR_SECRET_USAGE_TYPE_TLS, "tls"), (VIR_SECRET_USAGE_TYPE_VOLUME, "volume"),
      (VIR_SECRET_USAGE_TYPE_VTPM, "vtpm"),
    ]
    let number = virSecretGetUsageType(pointer)
    guard let type = types.first(where: { Int32($0.0.rawValue) == number })?.1,
      let id = virSecretGetUsageID(pointer)
    else { return nil }
    self.init(type: type, id: String(cString: id))
  }
}
