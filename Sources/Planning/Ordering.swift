import Model

extension Step {
  /// Whether the step is the first half of making a volume anew.
  fileprivate var takesVolumeAway: Bool { action == .recreate && operation == .removeVolume }
}

/// Puts steps in order by five rules, and numbers them.
///
/// 1. The steps of one object follow each other.
/// 2. What an object uses is there before it.
/// 3. What an object uses goes after it, or after it was changed to do without. A volume that is made anew goes after
///    the overlays that are, too.
/// 4. Ownership is written down before anything is made, and struck off after everything is gone. What was applied
///    is written down after that, where the ledger has to know it.
/// 5. A guest starts after those that it depends on run and are ready.
enum Ordering {
  /// - Parameter starts: by guest, those that it depends on.
  static func ordered(
    _ steps: [Step], uses: [ObjectID: Set<ObjectID>], starts: [ObjectID: Set<ObjectID>] = [:]
  ) -> [Step] {
    var waits = [Set<Int>](repeating: [], count: steps.count)
    var making: [ObjectID: [Int]] = [:]
    var removing: [ObjectID: [Int]] = [:]
    var ledgers: [String: (record: Int?, release: Int?)] = [:]
    for (index, step) in steps.enumerated() {
      if step.object.kind == .host {
        if step.reason == .ownership {
          ledgers[step.object.host, default: (nil, nil)].record = index
        }
        if step.reason == .applied {
          ledgers[step.object.host, default: (nil, nil)].release = index
        }
      } else if step.action.isRemoval || step.takesVolumeAway {
        removing[step.object, default: []].append(index)
      } else {
        making[step.object, default: []].append(index)
      }
    }
    // Rule 1. A step that was only not allowed does not stop the next one.
    for chain in Array(making.values) + Array(removing.values) {
      var previous: Int?
      for index in chain {
        if let previous { waits[index].insert(previous) }
        if !isLeftOut(steps[index]) { previous = index }
      }
    }
    // What is made anew goes first.
    for (object, chain) in removing {
      if let last = chain.last, let first = making[object]?.first { waits[first].insert(last) }
    }
    // Rules 2 and 3.
    for (user, used) in uses {
      for object in used {
        if let first = making[user]?.first {
          for index in making[object] ?? [] where !isLeftOut(steps[index]) {
            waits[first].insert(index)
          }
        }
        guard let first = removing[object]?.first else {
          // A lost volume is made anew when nobody can take it for the old one any more.
          if let last = removing[user]?.last, let first = making[object]?.first,
            user.kind == .guest, object.kind == .volume, steps[first].action == .create
          {
            waits[first].insert(last)
          }
          continue
        }
        // Users of what is made anew stay, and find it again.
        let isMadeAnew = making[object] != nil
        if let last = (isMadeAnew ? removing[user] : removing[user] ?? making[user])?.last {
          waits[first].insert(last)
        }
      }
    }
    // Rule 4.
    for (index, step) in steps.enumerated() where step.object.kind.isInLedger {
      if step.action.isRemoval || step.isRecordedAfterwards {
        if step.operation != nil, step.blocked == nil,
          let release = ledgers[step.object.host]?.release
        {
          waits[release].insert(index)
        }
      }
      if !step.action.isRemoval, let record = ledgers[step.object.host]?.record {
        waits[index].insert(record)
      }
    }
    for ledger in ledgers.values {
      if let record = ledger.record, let release = ledger.release { waits[release].insert(record) }
    }
    // Rule 5.
    for (guest, others) in starts {
      guard let start = making[guest]?.first(where: { steps[$0].beginsStart }) else { continue }
      for other in others {
        let last = making[other]?.last { steps[$0].bringsUp && !isLeftOut(steps[$0]) }
        if let last { waits[start].insert(last) }
      }
    }
    return numbered(steps, waits)
  }

  private static func isLeftOut(_ step: Step) -> Bool {
    step.blocked?.code == .ceiling || step.blocked?.code == .waiting
  }

  /// A topological order that keeps to the given order wherever the rules leave a choice.
  private static func numbered(_ steps: [Step], _ waits: [Set<Int>]) -> [Step] {
    var numbers = [Int](repeating: 0, count: steps.count)
    var order: [Int] = []
    var state = [UInt8](repeating: 0, count: steps.count)
    // Depth first with a stack of its own: chains of backing volumes can be long.
    for start in steps.indices where state[start] == 0 {
      var stack = [(index: start, rest: waits[start].sorted()[...])]
      state[start] = 1
      while var top = stack.popLast() {
        if let next = top.rest.popFirst() {
          stack.append(top)
          if state[next] == 0 {
            state[next] = 1
            stack.append((next, waits[next].sorted()[...]))
          }
        } else {
          state[top.index] = 2
          order.append(top.index)
        }
      }
    }
    for (position, index) in order.enumerated() { numbers[index] = position + 1 }
    return order.map { index in
      var step = steps[index]
      step.id = numbers[index]
      step.waitsFor = waits[index].map { numbers[$0] }.sorted()
      return step
    }
  }
}

extension Step {
  /// Whether a guest starts by it, or stops so that it can start anew.
  var beginsStart: Bool { operation == .startGuest || object.kind == .guest && action == .restart }

  /// Whether the guest is nearer to being ready after it.
  var bringsUp: Bool {
    switch operation {
    case .startGuest, .resumeGuest, .awaitGuest: true
    default: false
    }
  }
}
