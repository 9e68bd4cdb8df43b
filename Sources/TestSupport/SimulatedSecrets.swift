import Execution
import LibvirtXML
import Model
import Planning

extension SimulatedState {
  /// Operations on a secret.
  mutating func performSecret(_ operation: Operation) throws(HypervisorError) {
    switch operation {
    case .defineSecret(let definition):
      let existing = secrets[definition.uuid]?.definition
      try definition.check(
        existing?.fingerprint(""), "secret/\(definition.uuid)", "virSecretDefineXML")
      try defineSecret(
        definition.xml(root: "secret", name: "", kind: .secret, over: existing))
    case .setSecretValue(let assignment):
      let call = "virSecretSetValue"
      guard let value = assignment.value else { throw .withoutValue(call) }
      if secrets[assignment.uuid] == nil { throw .notFound(call, "secret", assignment.uuid, 66) }
      secrets[assignment.uuid]?.value = value
    case .undefineSecret(let uuid):
      secrets[uuid] = nil
    default: preconditionFailure("\(operation) is none of a secret's")
    }
  }

  /// `virSecretDefineXML`. The value stays; the usage cannot change, and a private secret stays private.
  mutating func defineSecret(_ xml: String) throws(HypervisorError) {
    let call = "virSecretDefineXML"
    var secret = try XMLTree.given(xml, call)
    let uuid = secret.text("uuid") ?? newUUID()
    secret.complete("uuid", uuid)
    secret.complete("@ephemeral", "no")
    secret.complete("@private", "no")
    guard let usage = secret.secretUsage else {
      throw .refused(call, "XML error: unknown secret usage type", 27)
    }
    if let other = secretUUID(usage: usage.description), other != uuid {
      throw .refused(
        call,
        "internal error: a secret with UUID \(other) already defined for use with \(usage.id)",
        1)
    }
    if let existing = secrets[uuid]?.definition {
      if let old = existing.secretUsage, old != usage {
        throw .refused(
          call,
          "internal error: a secret with UUID \(uuid) is already defined for use with \(old.id)", 1)
      }
      if existing["private"] == "yes", secret["private"] != "yes" {
        throw .refused(call, "internal error: cannot change private flag on existing secret", 1)
      }
    }
    secrets[uuid] = Secret(definition: secret, value: secrets[uuid]?.value)
  }

  /// By `TYPE/ID`.
  func secretUUID(usage: String) -> String? {
    secrets.first { $0.value.definition.secretUsage?.description == usage }?.key
  }

  func observedSecrets(_ request: ObservationRequest) throws(XMLProblem) -> [ObservedSecret] {
    var found: [ObservedSecret] = []
    for (uuid, secret) in secrets.sorted(by: { $0.key < $1.key }) {
      let usage = secret.definition.secretUsage
      guard request.wants(usage, uuid: uuid, ledgers[request.stack]) else {
        found.append(ObservedSecret(uuid: uuid, usage: usage))
        continue
      }
      let document = try LibvirtDocument(parsing: secret.definition.serialized)
      let value: ObservedSecret.Value =
        secret.definition["private"] == "yes"
        ? .unreadable
        : secret.value.map { .known(SecretDigest(of: $0, salt: "host", isKept: false)) } ?? .missing
      var observed = ObservedSecret(
        uuid: uuid, usage: usage, spec: document.read(.secret), value: value,
        fingerprint: secret.definition.fingerprint("secret"))
      if request.everything {
        let all = try document.readAll(.secret)
        (observed.spec, observed.remainders) = (all.spec, all.remainders)
      }
      found.append(observed)
    }
    return found
  }
}

extension XMLTree {
  fileprivate var secretUsage: SecretUsage? {
    guard let usage = child("usage"), let type = usage["type"],
      let id = usage.text("name") ?? usage.text("target") ?? usage.text("volume")
    else { return nil }
    return SecretUsage(type: type, id: id)
  }
}
