import Model

extension RollbackView {
  /// What a rollback leaves as it is, in sentences.
  func losses(_ touched: PastRun.Touched) -> [String] {
    let object = touched.object
    let operations = touched.operations
    var found: [String] = []
    for operation in operations {
      switch operation {
      case .removeVolume: found.append("\(object) is gone with its content")
      case .resizeVolume, .resizeGuestDisk:
        found.append("\(object) keeps its new size: shrinking would lose data")
      case .createVolume, .cloneVolume, .uploadVolume:
        found.append("\(object), which the run made, stays with what is in it")
      default: break
      }
    }
    let present = present(object)
    if object.kind == .secret, touched.before != nil {
      if present == nil {
        found.append(
          "\(object) comes back without its value, which no journal has: apply its former manifest")
      } else if operations.contains(where: \.setsSecretValue) {
        found.append("\(object) keeps the value that the run set: no journal has the former one")
      }
    }
    if touched.before != nil, operations.contains(where: \.isLive), present?.isActive == true {
      found.append(
        "\(object) runs on with what was changed while it ran; applying its former manifest changes it"
      )
    }
    if let before = touched.before, operations.contains(where: \.stops), before.isActive,
      object.kind == .guest
    {
      found.append("\(object) was stopped by the run, and what it had in memory is gone")
      if let volume = lostDisk(of: before) {
        found.append("\(object) is not started, since \(volume.reference) is gone")
      }
    }
    if let before = touched.before, !before.isActive, present?.isActive == true,
      operations.contains(where: \.starts)
    {
      found.append("\(object) was started by the run, and runs on")
    }
    return found
  }
}
