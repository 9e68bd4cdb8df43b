import Execution
import LibvirtXML
import Model

/// What somebody else does to a host behind virtspec's back: one line of `disturb.txt`.
///
/// | line | does |
/// |---|---|
/// | `start`, `stop`, `pause`, `save`, `undefine`, `deaf` GUEST | power, managed save, a deaf power button |
/// | `unready GUEST` · `ready GUEST` | whether it never becomes ready |
/// | `snapshot GUEST` | of its disks, known to libvirt |
/// | `setmem GUEST 256MiB` · `setvcpus GUEST 2` | on the running guest |
/// | `attach GUEST FILE` · `detach GUEST FILE` | a device of the running guest |
/// | `job GUEST DISK` · `end-job GUEST DISK` | a copy of the disk, which goes on until it is ended |
/// | `no-control-groups GUEST` | for hosts without them |
/// | `edit KIND/NAME PATH VALUE` · `edit-live …` | the definition, or what runs; `-` removes |
/// | `delete KIND/NAME` | a guest, network or pool, whatever it does |
/// | `define FILE` | a domain, filter, network or pool as it stands |
/// | `forget KIND/NAME` | takes the metadata or the ledger's entry away |
/// | `autostart KIND/NAME on` | and `off` |
/// | `net-start`, `net-stop`, `net-undefine`, `pool-build`, `pool-start`, `pool-stop` NAME | |
/// | `secret-value TYPE/ID TEXT` · `secret-undefine TYPE/ID` | without text the value is gone |
/// | `filter-undefine NAME` | also one that is in use |
/// | `vol-create POOL FILE` · `vol-delete POOL/NAME` · `vol-resize POOL/NAME SIZE` | |
/// | `vol-half POOL/NAME` | as a run leaves a volume that dies over its upload |
struct Disturbance {
  let words: [String]
  /// The text of a file of the scenario.
  let file: (String) throws -> String

  /// Makes the change; throws what libvirt says, or what is wrong with the line.
  func apply(to state: inout SimulatedState) throws {
    guard let command = words.first else { return }
    let name = word(1)
    switch command {
    case "start": try state.startDomain(name)
    case "stop": state.stopDomain(name)
    case "pause": state.domains[name]?.isPaused = true
    case "snapshot": state.domains[name]?.hasSnapshots = true
    case "unready", "ready": state.domains[name]?.isUnready = command == "unready"
    case "deaf": state.domains[name]?.ignoresShutdown = true
    case "save":
      let live = state.domains[name]?.live
      state.stopDomain(name)
      state.domains[name]?.saved = live
    case "undefine": try state.performGuest(.undefineGuest(keepState: true), name)
    case "net-undefine": state.networks[name]?.isPersistent = false
    case "setmem":
      state.domains[name]?.live?.set("currentMemory", String(try Quantity.size(word(2)) / 1024))
    case "setvcpus": state.domains[name]?.live?.set("vcpu/@current", word(2))
    case "attach": try state.attach(file(word(2)), name)
    case "detach": try state.detach(file(word(2)), name)
    case "job": state.startCopy(of: word(2), name)
    case "end-job": state.endCopy(of: word(2), name)
    case "no-control-groups": state.domains[name]?.live?.removeAll("resource")
    case "edit": try edit(&state, isLive: false)
    case "edit-live": try edit(&state, isLive: true)
    case "delete": try delete(&state)
    case "define": try define(file(name), &state)
    case "forget": try forget(&state)
    case "autostart": try setAutostart(&state)
    case "net-start", "net-stop":
      try state.performNetwork(command == "net-start" ? .startNetwork : .stopNetwork, name)
    case "secret-undefine", "secret-value":
      guard let uuid = state.secretUUID(usage: name) else {
        throw ScenarioProblem("there is no secret '\(name)'")
      }
      if command == "secret-undefine" {
        state.secrets[uuid] = nil
      } else {
        state.secrets[uuid]?.value = word(2).isEmpty ? nil : SecretValue(Array(word(2).utf8))
      }
    case "filter-undefine": state.filters[name] = nil
    case "pool-build": try state.performPool(.buildPool, name)
    case "pool-start": try state.performPool(.startPool, name)
    case "pool-stop": try state.performPool(.stopPool, name)
    case "vol-create": try state.createVolume(file(word(2)), in: name)
    case "vol-delete", "vol-resize":
      let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
      let path = try state.path(of: parts.last ?? "", in: parts[0], command)
      if command == "vol-delete" {
        state.files[path] = nil
        state.deleted.insert(path)
      } else {
        state.files[path]?.set("capacity", String(try Quantity.size(word(2))))
      }
    case "vol-half": try state.halve(name)
    default: throw ScenarioProblem("there is no disturbance '\(command)'")
    }
  }

  private func word(_ index: Int) -> String { words.indices.contains(index) ? words[index] : "" }

  private var kindAndName: (kind: String, name: String) {
    let parts = word(1).split(separator: "/", maxSplits: 1).map(String.init)
    return (parts.first ?? "", parts.count > 1 ? parts[1] : "")
  }

  private func edit(_ state: inout SimulatedState, isLive: Bool) throws {
    let (kind, name) = kindAndName
    func edited(_ tree: XMLTree?) throws -> XMLTree {
      guard let tree else { throw ScenarioProblem("there is no \(word(1)) to edit") }
      var document = try LibvirtDocument(parsing: tree.serialized)
      let value = words.dropFirst(3).joined(separator: " ")
      document.setText(value == "-" ? nil : value, at: XMLPath(word(2)))
      return try XMLTree(parsing: document.serialized())
    }
    switch (kind, isLive) {
    case ("guest", false):
      let tree = try edited(state.domains[name]?.inactive)
      state.domains[name]?.inactive = tree
    case ("guest", true):
      let tree = try edited(state.domains[name]?.live)
      state.domains[name]?.live = tree
    case ("network", false):
      let tree = try edited(state.networks[name]?.inactive)
      state.networks[name]?.inactive = tree
    case ("network", true):
      let tree = try edited(state.networks[name]?.live)
      state.networks[name]?.live = tree
    case ("secret", _):
      let uuid = state.secretUUID(usage: name) ?? ""
      let tree = try edited(state.secrets[uuid]?.definition)
      state.secrets[uuid]?.definition = tree
    case ("networkfilter", _):
      let tree = try edited(state.filters[name])
      state.filters[name] = tree
    case ("pool", _):
      let tree = try edited(state.pools[name]?.inactive)
      state.pools[name]?.inactive = tree
    default: throw ScenarioProblem("cannot edit \(word(1))")
    }
  }

  private func define(_ xml: String, _ state: inout SimulatedState) throws {
    switch try XMLTree(parsing: xml).name {
    case "domain": try state.defineDomain(xml)
    case "secret": try state.defineSecret(xml)
    case "filter": try state.defineFilter(xml)
    case "network": try state.defineNetwork(xml)
    case "pool": try state.definePool(xml)
    case let other: throw ScenarioProblem("cannot define a \(other)")
    }
  }

  private func delete(_ state: inout SimulatedState) throws {
    let (kind, name) = kindAndName
    switch kind {
    case "guest":
      state.stopDomain(name)
      state.domains[name] = nil
    case "network":
      if state.networks[name]?.live != nil { try state.stopNetwork(name) }
      state.networks[name] = nil
    case "pool": state.pools[name] = nil
    default: throw ScenarioProblem("cannot delete \(word(1))")
    }
  }

  private func forget(_ state: inout SimulatedState) throws {
    let (kind, name) = kindAndName
    switch kind {
    case "guest": state.domains[name]?.inactive.removeAll("metadata")
    case "network": state.networks[name]?.inactive.removeAll("metadata")
    case "secret", "networkfilter", "pool", "volume":
      for stack in state.ledgers.keys {
        state.ledgers[stack]?.entries.removeAll { $0.kind.word == kind && $0.name == name }
      }
    default: throw ScenarioProblem("cannot forget \(word(1))")
    }
  }

  private func setAutostart(_ state: inout SimulatedState) throws {
    let (kind, name) = kindAndName
    let isOn = word(2) == "on"
    switch kind {
    case "guest": state.domains[name]?.autostart = isOn
    case "network": state.networks[name]?.autostart = isOn
    case "pool": state.pools[name]?.autostart = isOn
    default: throw ScenarioProblem("\(word(1)) has no autostart")
    }
  }
}

/// What is wrong with a scenario itself.
public struct ScenarioProblem: Error, CustomStringConvertible {
  public var description: String

  init(_ description: String) { self.description = description }
}

extension SimulatedHost {
  /// What somebody else does behind virtspec's back: a line as in `disturb.txt`, without files.
  public func disturb(_ line: String) throws {
    let disturbance = Disturbance(words: line.split(separator: " ").map(String.init)) { path in
      throw ScenarioProblem("there is no file '\(path)' here")
    }
    try changeState { try disturbance.apply(to: &$0) }
  }
}
