import Model
import Planning

/// Stands beside a run: takes no step on an object that is not what the plan saw or the run itself left, and keeps
/// in the journal what there was before and what is being done.
public actor RunRecorder: StepGuard {
  private enum Expectation {
    /// Nil when there is no such object.
    case fingerprint(Fingerprint?)
    /// It could not be read after a step.
    case unknown
  }

  private let stack: String
  private let journal: (any Journal)?
  private let control: RunControl
  private var expected: [ObjectID: Expectation]
  /// Objects that the run has begun to change: what they are now is the run's own doing.
  private var touched: Set<ObjectID> = []

  /// - Parameters:
  ///   - seen: what there was when the run began; what is not among it was not there.
  ///   - journal: nil where none is kept.
  ///   - control: stops the run when the journal cannot be written any more.
  public init(
    stack: String, seen: [Sighting], journal: (any Journal)?, control: RunControl
  ) {
    self.stack = stack
    self.journal = journal
    self.control = control
    expected = Dictionary(seen.map { ($0.object, .fingerprint($0.fingerprint)) }) { first, _ in
      first
    }
  }

  public func begin(_ step: Step, on hypervisor: any Hypervisor) async throws(HypervisorError) {
    let object = step.object
    // What is made anew is looked for by the operation itself, and there is nothing to keep.
    if step.makes {
      touched.insert(object)
    } else if ObjectRecord.kinds.contains(object.kind) {
      let record = try await hypervisor.record(of: object, stack: stack)
      try check(object, record)
      if touched.insert(object).inserted, let record {
        try await write { journal throws(FileProblem) in
          try journal.keep(record, of: object)
        }
      }
    }
    try await write { journal throws(FileProblem) in
      try journal.append(.started(step: step))
    }
  }

  public func end(
    _ step: Step, _ outcome: Outcome, seconds: Double, on hypervisor: (any Hypervisor)?
  ) async {
    var end = StepEnd(
      id: step.id, outcome: .done, milliseconds: Int64((seconds * 1000).rounded()), failure: nil,
      left: nil)
    switch outcome {
    case .done: break
    case .failed(let error): end.fail(.failed, error)
    case .inDoubt(let error): end.fail(.inDoubt, error)
    case .waitedInVain, .stopped: return
    }
    // A connection that broke has nothing to tell.
    if end.outcome != .inDoubt, let hypervisor, ObjectRecord.kinds.contains(step.object.kind) {
      expected[step.object] = .unknown
      do throws(HypervisorError) {
        let left = try await hypervisor.record(of: step.object, stack: stack)?.fingerprint
        end.left = StepEnd.Left(fingerprint: left)
        expected[step.object] = .fingerprint(left)
      } catch {
        end.left = nil
      }
    }
    do throws(HypervisorError) {
      try await write { journal throws(FileProblem) in
        try journal.append(.ended(step: end))
      }
    } catch {
      // The run was stopped; what it did stands in its summary.
    }
  }

  /// Definitions alone: the power of an object may move on by itself, and its operations know how to deal with it.
  private func check(_ object: ObjectID, _ record: ObjectRecord?) throws(HypervisorError) {
    let seen: Fingerprint?
    switch expected[object] {
    case .unknown: return
    case .fingerprint(let fingerprint): seen = fingerprint
    case nil: seen = nil
    }
    let what: String
    switch (seen, record?.fingerprint) {
    case (nil, nil): return
    case (let seen?, let found?) where seen.hasSameDefinition(as: found): return
    case (nil, _?): what = "made"
    case (_?, nil): what = "removed"
    case (_?, _?): what = "changed"
    }
    let name = object.kind == .host ? "the ledger" : object.reference
    throw HypervisorError(
      .changed, call: "check",
      message: "\(name) was \(what) by somebody else since the plan; plan again")
  }

  /// What cannot be written down is not done.
  private func write(
    _ body: (any Journal) throws(FileProblem) -> Void
  ) async throws(HypervisorError) {
    guard let journal else { return }
    do throws(FileProblem) {
      try body(journal)
    } catch {
      await control.stop()
      throw HypervisorError(
        .cancelled, call: "journal", message: "the journal cannot be written: \(error)")
    }
  }
}

extension StepEnd {
  fileprivate mutating func fail(_ outcome: Outcome, _ error: HypervisorError) {
    self.outcome = outcome
    failure = Failure(code: error.code.rawValue, call: error.call, message: error.message)
  }
}

extension Step {
  /// Whether the step makes an object that the plan did not see.
  fileprivate var makes: Bool {
    switch operation {
    case .defineGuest(let definition), .defineSecret(let definition), .defineFilter(let definition),
      .defineNetwork(let definition), .definePool(let definition):
      definition.expected == nil
    // A half upload is replaced by nobody but the next one.
    case .createVolume, .uploadVolume: true
    default: false
    }
  }
}
