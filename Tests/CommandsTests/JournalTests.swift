import Execution
import Foundation
import Glibc
import Model
import TestSupport
import Testing

@Suite("a run writes down what it does before it does it")
struct JournalTests {
  @Test("at every call, the step and what there was before are written already")
  func beforeEveryCall() async throws {
    let host = try JournalledHost()
    try await host.apply(JournalledHost.site)
    let before = [
      "guest/web-1": try #require(host.host.inactiveXML(ofGuest: "web-1"))
    ]
    let missing = Lock<[String]>([])
    let calls = Lock(0)
    let watching = SimulatedCalls(faults: { operation, object, _ in
      calls.withLock { $0 += 1 }
      let run = host.runs.first ?? ""
      let lines = host.lines(of: run)
      let isStarted =
        lines.last?.contains("{\"event\":{\"started\":{\"step\":") == true
        && lines.last?.contains("\"\(operation.name.rawValue)\"") == true
      if !isStarted { missing.withLock { $0.append("\(operation.name) \(object)") } }
      if let xml = before[object.reference] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: run + "/before")) ?? []
        let kept = files.first { $0.contains("guest-web-1") }.flatMap {
          try? String(contentsOfFile: run + "/before/" + $0, encoding: .utf8)
        }
        if kept != xml { missing.withLock { $0.append("before of \(object)") } }
      }
      return nil
    })
    let result = try await host.apply(JournalledHost.changed, calls: watching)
    #expect(result.status == 0, "\(result.errors)")
    #expect(calls.withLock { $0 } >= 8)
    #expect(missing.withLock { $0 } == [])
  }

  @Test("killed after any of its lines, and in the middle of one, it tells what is in doubt")
  func killed() async throws {
    let host = try JournalledHost()
    try await host.apply(JournalledHost.site)
    let run = try #require(host.runs.first)
    let lines = host.lines(of: run)
    #expect(lines.count > 10)
    for count in 1..<lines.count {
      let rest = lines[count].prefix(lines[count].count / 2)
      try (lines[..<count].joined(separator: "\n") + "\n" + rest)
        .write(toFile: run + "/events.jsonl", atomically: false, encoding: .utf8)
      let shown = await host.run("runs", "show")
      #expect(shown.status == 0, "\(shown.errors)")
      #expect(shown.output.contains("broken off: "))
      let started = lines[count - 1].contains("\"started\":")
      #expect(shown.output.contains("in doubt: step ") == started, "\(shown.output)")
      #expect(await host.run("runs").output.contains("broken off"))
    }
  }

  @Test("when the connection dies at a call, the step is in doubt", arguments: [1, 2, 3, 5])
  func died(at number: Int) async throws {
    let host = try JournalledHost()
    let result = try await host.apply(
      JournalledHost.site, calls: SimulatedCalls(faults: { $2 == number ? .dieAfter : nil }))
    #expect(result.status == 1)
    let shown = await host.run("runs", "show")
    #expect(shown.output.contains("in doubt: step"))
    #expect(shown.output.contains("the connection is broken [unreachable]"))
    #expect(shown.output.contains("failed: \(number - 1) of "))
  }

  @Test("its folder and files are its owner's alone")
  func modes() async throws {
    let host = try JournalledHost()
    try await host.apply(JournalledHost.site)
    try await host.apply(JournalledHost.changed)
    let found = FileManager.default.enumerator(atPath: host.journal)
    var count = 0
    for case let name as String in try #require(found) {
      var status = stat()
      #expect(lstat(host.journal + "/" + name, &status) == 0)
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      #expect(status.st_mode & 0o777 == (isFolder ? 0o700 : 0o600), "\(name)")
      count += 1
    }
    #expect(count > 8)
  }

  @Test("where it cannot be written, nothing is done, unless none is wanted")
  func unwritable() async throws {
    let host = try JournalledHost()
    try "no folder".write(toFile: host.journal, atomically: false, encoding: .utf8)
    let refused = try await host.apply(JournalledHost.site)
    #expect(refused.status == 1)
    #expect(refused.errors.contains("the journal cannot be written"))
    #expect(refused.errors.contains("--no-journal"))
    #expect(host.host.snapshot.isEmpty)
    let without = try await host.apply(JournalledHost.site, ["--no-journal"])
    #expect(without.status == 0, "\(without.errors)")
    let elsewhere = try await host.apply(
      JournalledHost.changed, ["--journal", host.path + "/elsewhere"])
    #expect(elsewhere.status == 0, "\(elsewhere.errors)")
    #expect(FileManager.default.fileExists(atPath: host.path + "/elsewhere/runs"))
  }

  @Test(
    "the last thirty runs of a stack are kept, and one that is under way; others are left alone")
  func pruned() throws {
    let folder = try TemporaryFolder()
    let store = JournalStore(state: folder.path)
    func header(_ stack: String) -> RunHeader {
      RunHeader(
        command: "apply", stack: stack, hosts: [], steps: 0, holder: "", virtspec: "0.1.0")
    }
    let other = try store.begin(header("other")).id
    let first = try store.begin(header("tests")).id
    let underWay = try store.begin(header("tests"))
    let record = ObjectRecord(text: "<x/>", fingerprint: "f", isActive: false, autostart: false)
    try underWay.keep(record, of: ObjectID(host: "sim", kind: .guest, name: "a/b c"))
    #expect(store.isUnderWay(underWay.id))
    #expect(!store.isUnderWay(first))
    var last = ""
    for _ in 0..<JournalStore.kept { last = try store.begin(header("tests")).id }
    let ids = try store.ids()
    #expect(ids.first == last)
    #expect(ids.count == JournalStore.kept + 2)
    #expect(ids.contains(other) && ids.contains(underWay.id) && !ids.contains(first))
    let run = try store.run(underWay.id)
    guard case .kept(let kept)? = run.events.last?.event else {
      Issue.record("nothing was kept")
      return
    }
    #expect(kept.file == "before/0001-sim-guest-a_b_c.xml")
    #expect(try store.text(kept, of: underWay.id) == "<x/>")
  }

  @Test("what another version wrote, and what is damaged, is said and left alone")
  func otherVersion() async throws {
    let host = try JournalledHost()
    try await host.apply(JournalledHost.site)
    let file = try #require(host.runs.first) + "/events.jsonl"
    let text = try String(contentsOfFile: file, encoding: .utf8)
    try text.replacing("\"formatVersion\":1", with: "\"formatVersion\":9")
      .write(toFile: file, atomically: false, encoding: .utf8)
    let shown = await host.run("runs", "show")
    #expect(shown.status == 1)
    #expect(shown.errors.contains("format version 9"))
    try text.replacing("\"startNetwork\"", with: "\"danceNetwork\"")
      .write(toFile: file, atomically: false, encoding: .utf8)
    let rolledBack = await host.run("rollback", "--yes")
    #expect(rolledBack.status == 1)
    #expect(rolledBack.errors.contains("is damaged"))
    #expect(await host.run("runs").status == 1)
  }

  @Test("an object that somebody changes while the run is at it is not touched any more")
  func changedMeanwhile() async throws {
    let host = try JournalledHost()
    try await host.apply(JournalledHost.site)
    let simulated = host.host
    let disturbing = SimulatedCalls(faults: { operation, _, _ in
      // While the pool is changed, somebody edits the guest that is yet to come.
      if operation.name == .setPoolAutostart {
        try? simulated.disturb("edit guest/web-1 title mine")
      }
      return nil
    })
    let result = try await host.apply(JournalledHost.changed, calls: disturbing)
    #expect(result.status == 1)
    #expect(result.errors.contains("guest/web-1 was changed by somebody else since the plan"))
    #expect(host.host.inactiveXML(ofGuest: "web-1")?.contains("<title>mine</title>") == true)
    let snapshot = host.host.snapshot
    #expect(snapshot["guest/web-1"]?.contains("autostart false") == true)
    #expect(snapshot["guest/web-2"] != nil)
  }

  @Test("a network that somebody changes before its removal stays")
  func changedBeforeRemoval() async throws {
    let host = try JournalledHost()
    try await host.apply(JournalledHost.site)
    let simulated = host.host
    let disturbing = SimulatedCalls(faults: { operation, _, _ in
      if operation.name == .undefineGuest {
        try? simulated.disturb("edit network/web domain/@name mine")
      }
      return nil
    })
    let rest = JournalledHost.site.components(separatedBy: "---\n").filter {
      !$0.contains("kind: Guest") && !$0.contains("kind: Network")
    }
    let result = try await host.apply(
      rest.joined(separator: "---\n"), ["--prune=9"], calls: disturbing)
    #expect(result.status == 1)
    #expect(result.errors.contains("network/web was changed by somebody else"), "\(result.errors)")
    #expect(host.host.snapshot["network/web"]?.contains("mine") == true)
  }
}
