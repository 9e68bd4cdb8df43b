import Model

/// What is to be done about a guest's installation.
enum InstallationState {
  /// The installer is to be started, with the disc of answers where there is one.
  case start(answers: (pool: String, volume: String)?)
  /// A run died as it started the installer: what is on the disks is not known.
  case unclear(answers: (pool: String, volume: String)?)
  /// The installer runs.
  case running
  /// The installer has ended, and the guest is to start from what it installed.
  case finished

  /// Whether the installer has yet to end.
  var isUnderWay: Bool { if case .finished = self { false } else { true } }
}

extension FirstBootPlanner {
  /// A guest that is to be installed. One that was there before its manifest said so is not touched.
  func installed(_ given: FirstBoot, _ known: ObservedGuest?, _ owner: Ownership?) -> FirstBoot {
    var result = given
    let object = given.guest
    guard let spec = object.spec.record("install") else { return given }
    result.guest.spec["install"] = .record(CloudInit.condensed(spec))
    let isActive = known?.power.isActive == true
    // Only the installer's start is told to end where others restart.
    let isInstaller = isActive && known?.live?.string("onReboot") == "destroy"
    switch known == nil ? .owed : owner?.installation {
    case nil: return result
    case .owed where isActive:
      result.notes.append(
        PlanNote(
          object: object.id, "it runs without having been installed",
          remedy: "stop it, so that its installer can be started"))
      result.installation = .running
      return result
    case .owed: break
    case .starting where isActive, .running where isActive:
      result.installation = isInstaller ? .running : .finished
      if isInstaller {
        result.notes.append(
          PlanNote(
            object: object.id, "its installer runs",
            remedy: "apply again once it has ended, which starts what it installed"))
      }
      return result
    case .running:
      result.installation = .finished
      return result
    case .starting: break
    }
    var answers: (pool: String, volume: String)?
    if let disc = GeneratedDisc.answers(spec) {
      let pool = spec.string("pool") ?? object.spec.firstPool ?? ""
      let digest = disc.digest(salt: "")
      let name = "\(object.id.name)-answers-\(digest.prefix(16)).iso"
      let state: Value = [
        "guest": .string(object.id.name), "purpose": "answers", "pool": .string(pool),
        "volume": .string(name),
      ]
      result.discs.append(
        DesiredObject(
          id: .volume(host: host, pool: pool, name: name),
          spec: Record([
            ("pool", .string(pool)), ("disc", state), ("lifecycle", ["onRemove": "delete"]),
          ]), source: object.source, content: .disc(disc)))
      answers = (pool, name)
    }
    result.installation =
      known != nil && owner?.installation == .starting
      ? .unclear(answers: answers) : .start(answers: answers)
    return result
  }
}
