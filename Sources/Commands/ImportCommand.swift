import ArgumentParser
import Execution
import Glibc
import Libvirt
import Manifest
import Model
import Planning

/// `import`: manifests from what a host has.
struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", _superCommandName: Virtspec.name,
    abstract: "Write manifests from what exists on a host. Nothing on the host is changed.",
    discussion: """
      Without objects, everything that the host keeps is imported. The first plan of the manifests only adopts: \
      'virtspec apply --adopt' makes their stack the owner, and changes nothing else.
      Exit status: 0, or 1 when the host could not be read, a file is in the way, or the manifests need a hand.
      """)

  @Option(
    name: .customLong("host"), help: "The host, as a libvirt URI: qemu+ssh://root@kvm-a/system.")
  var uri: String

  @Option(
    name: .customLong("into"),
    help: "The folder for the files, one an object; without it, one stream on standard output.",
    completion: .directory)
  var folder: String?

  @Option(help: "The name of the Host manifest; by default the host's own.")
  var name: String?

  @Option(help: "The name of the Stack manifest; by default the host's name.")
  var stack: String?

  @Flag(help: "Overwrite files that are there already.")
  var force = false

  @Option(help: "Seconds that a call to the host may take; 0 means no limit.")
  var timeout: Int = 60

  @OptionGroup var logging: LogOptions

  @Argument(
    help: "Only these objects, as KIND/NAME: guest/web-1, volume/POOL/NAME, secret/ceph/USAGE.")
  var objects: [String] = []

  func validate() throws {
    if !Format.uri.accepts(uri) {
      throw ValidationError("--host takes \(Format.uri.expectation ?? "a URI").")
    }
    for (option, value) in [("--name", name), ("--stack", stack)] {
      if let value, !Format.name.accepts(value) {
        throw ValidationError("\(option) takes \(Format.name.expectation ?? "a name").")
      }
    }
    if timeout < 0 { throw ValidationError("--timeout must not be negative.") }
  }

  func run() async throws {
    let targets = try Targets.parse(objects)
    let host = name ?? ImportNames.host(uri)
    let observed = try await read(stack: stack ?? host)
    try check(targets, observed)
    let wishes = Importer.Wishes(
      host: host, uri: uri, stack: try stackName(host),
      targets: targets.map { ObjectID(host: host, kind: $0.kind, name: $0.name) })
    let files = Importer.files(observed, wishes)
    let proof = ImportProof(files, observed, stack: stack ?? host)
    if let folder {
      try ImportFiles(folder: folder, isForced: force).write(files)
    } else {
      Console.current.write(ManifestText.render(files.flatMap(\.drafts)))
    }
    if !proof.messages.isEmpty {
      Console.current.note(proof.messages.joined(separator: "\n") + "\n")
    }
    if !proof.isValid { throw ExitCode(1) }
  }

  private func read(stack: String) async throws -> ObservedHost {
    let opener =
      Hypervisors.opener
      ?? LibvirtOpener(timeoutSeconds: timeout == 0 ? nil : Double(timeout), readsOnly: true)
    do throws(HypervisorError) {
      let hypervisor = try await opener.open(uri: uri)
      let observed: ObservedHost
      do throws(HypervisorError) {
        observed = try await hypervisor.observe(
          ObservationRequest(stack: stack, everything: true))
      } catch {
        await hypervisor.close()
        throw error
      }
      await hypervisor.close()
      return observed
    } catch {
      throw complaint("\(uri) cannot be read: \(error.message)")
    }
  }

  /// A folder has one Stack, whichever host it is for.
  private func stackName(_ host: String) throws -> String? {
    guard let folder, access(folder, F_OK) == 0 else { return stack ?? host }
    let own = folder + "/" + "host-\(host).yaml"
    let existing = ManifestLoader.load(paths: [folder]).documents.first {
      $0.kind == .stack && $0.file != own && $0.file != folder + "host-\(host).yaml"
    }
    guard let existing else { return stack ?? host }
    if let stack, stack != existing.name {
      throw complaint(
        "'\(existing.file)' names the stack '\(existing.name)' already; leave --stack out, or take another folder"
      )
    }
    return nil
  }

  /// An object that the host does not have is a slip.
  private func check(_ targets: [ObjectID.Target], _ observed: ObservedHost) throws {
    var known = observed.guests.map { ObjectID.Target(kind: .guest, name: $0.name) }
    known += observed.filters.map { ObjectID.Target(kind: .networkFilter, name: $0.name) }
    for secret in observed.secrets {
      known.append(ObjectID.Target(kind: .secret, name: secret.uuid))
      if let usage = secret.usage {
        known.append(ObjectID.Target(kind: .secret, name: usage.description))
      }
    }
    known += observed.networks.map { ObjectID.Target(kind: .network, name: $0.name) }
    for pool in observed.pools {
      known.append(ObjectID.Target(kind: .pool, name: pool.name))
      known += pool.volumes.map {
        ObjectID.Target(kind: .volume, name: pool.name + "/" + $0.name)
      }
    }
    for target in targets where !known.contains(target) {
      let near = Nearest.word(to: target.reference, among: known.map(\.reference).sorted())
      throw complaint(
        "the host has no \(target.reference)" + (near.map { "; did you mean '\($0)'?" } ?? ""))
    }
  }
}

/// Names that follow from a URI.
enum ImportNames {
  /// The host's name in the URI; for the machine itself, its own name.
  static func host(_ uri: String) -> String {
    var authority =
      uri.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
      .dropFirst(2).first.map { $0.prefix { $0 != "/" && $0 != "?" } } ?? ""
    if let at = authority.lastIndex(of: "@") {
      authority = authority[authority.index(after: at)...]
    }
    if authority.hasPrefix("[") {
      authority = authority.dropFirst().prefix { $0 != "]" }
    } else {
      authority = authority.prefix { $0 != ":" }
    }
    return allowed(authority.isEmpty ? ownName : String(authority))
  }

  private static var ownName: String {
    var status = utsname()
    guard uname(&status) == 0 else { return "localhost" }
    return withUnsafeBytes(of: status.nodename) { bytes in
      String(decoding: bytes.prefix { $0 != 0 && $0 != UInt8(ascii: ".") }, as: UTF8.self)
    }
  }

  private static func allowed(_ name: String) -> String {
    let kept = String(
      name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") ? $0 : "-" })
    let trimmed = String(kept.drop { $0 == "-" || $0 == "." }.prefix(63))
    return Format.name.accepts(trimmed) ? trimmed : "localhost"
  }
}
