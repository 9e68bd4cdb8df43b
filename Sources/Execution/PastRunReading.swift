import Model
import Planning

extension RecordedRun {
  /// What is known of the run's objects, for a rollback.
  ///
  /// - Parameters:
  ///   - text: what an object was before, by its file.
  ///   - spec: the fields of an object's XML.
  public func past(
    text: (Kept) throws -> String, spec: (ObjectID, String) throws -> Record
  ) throws -> PastRun {
    var kept: [ObjectID: Kept] = [:]
    var steps: [Int: Step] = [:]
    var ends: [Int: StepEnd] = [:]
    var order: [Int] = []
    for event in events {
      switch event.event {
      case .kept(let before): kept[before.object] = kept[before.object] ?? before
      case .started(let step):
        steps[step.id] = step
        order.append(step.id)
      case .ended(let end): ends[end.id] = end
      case .begun, .finished: break
      }
    }
    var touched: [ObjectID: PastRun.Touched] = [:]
    var written: [String: Ledger] = [:]
    for id in order {
      guard let step = steps[id], let operation = step.operation else { continue }
      let object = step.object
      // Of a step that failed nothing is known to have happened, and something may have.
      let isUntouched =
        ends[id]?.outcome == .failed && kept[object] == nil && touched[object] == nil
      if case .writeLedger(let ledger) = operation {
        if ends[id]?.outcome != .failed { written[object.host] = ledger }
        continue
      }
      if isUntouched, ends[id]?.left?.fingerprint == nil { continue }
      let left: PastRun.Left = ends[id]?.left.map { .known($0.fingerprint) } ?? .unknown
      if var known = touched[object] {
        known.left = left
        known.operations.append(operation)
        touched[object] = known
        continue
      }
      let before = try kept[object].map { kept in
        let xml = try text(kept)
        return PastRun.Before(
          xml: xml, spec: try spec(object, xml), fingerprint: kept.fingerprint,
          isActive: kept.isActive, autostart: kept.autostart)
      }
      touched[object] = PastRun.Touched(
        object: object, before: before, left: left, operations: [operation])
    }
    var ledgers: [String: Ledger] = [:]
    for kept in kept.values where kept.object.kind == .host {
      guard let ledger = ObjectRecord.ledger(try text(kept)) else {
        throw FileProblem(path: kept.file, reason: "the ledger in it is damaged")
      }
      ledgers[kept.object.host] = ledger
    }
    return PastRun(
      stack: header.stack, hosts: header.hosts,
      touched: touched.values.sorted { $0.object < $1.object }, ledgers: ledgers, written: written)
  }
}
