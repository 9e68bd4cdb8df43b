import Model

/// What Ignition, Combustion and installers read is of their form.
enum FirstBootTextCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    manifests.placed.filter { $0.id.kind == .guest }.flatMap { guest -> [Diagnostic] in
      func text(_ path: String...) -> PlacedText? {
        PlacedText(guest, path.map(PathPart.field), manifests)
      }
      var found: [Diagnostic] = []
      if let text = text("ignition") { found += ignition(text) }
      if let text = text("combustion") { found += combustion(text) }
      if let text = text("install", "answers", "autoinstall") { found += autoinstall(text) }
      if let text = text("install", "answers", "unattend") { found += unattend(text) }
      if guest.spec.record("install")?.record("answers")?["preseed"] != nil {
        let path = ["install", "answers", "preseed"].map(PathPart.field)
        found.append(
          Diagnostic(
            code: "unsupported",
            "Debian's installer looks for a preseed on no disc: it reads it from its initial RAM disk or over the network",
            at: guest.place(of: path),
            expected:
              "an initrd with it ('echo preseed.cfg | cpio -o -H newc | gzip >> initrd.gz'), or 'args: auto=true url=…'"
          ))
      }
      return found
    }
  }

  private static func ignition(_ text: PlacedText) -> [Diagnostic] {
    if let problem = JSONSyntax.problem(text.text) {
      let isButane = text.text.split(separator: "\n").contains { $0.hasPrefix("variant:") }
      return [
        Diagnostic(
          code: "malformed-json", "'ignition' cannot be read: \(problem.message)",
          at: text.place(at: problem.offset),
          expected: isButane ? "JSON, which 'butane' makes of this" : "Ignition's JSON")
      ]
    }
    let stream = readYAML(Array(text.text.utf8))
    guard let root = stream.documents.first, stream.problems.isEmpty else { return [] }
    if root["ignition"]?["version"]?.text != nil { return [] }
    return [
      Diagnostic(
        code: "missing-field", "'ignition' does not say its version",
        at: text.place(at: root["ignition"]?.start ?? root.start),
        expected: "{\"ignition\": {\"version\": \"3.4.0\"}, …}")
    ]
  }

  private static func combustion(_ text: PlacedText) -> [Diagnostic] {
    if text.text.hasPrefix("#!") { return [] }
    return [
      Diagnostic(
        code: "not-a-script", "'combustion' is no script", at: text.place(at: 0),
        expected: "'#!/bin/bash' as the first line")
    ]
  }

  private static func autoinstall(_ text: PlacedText) -> [Diagnostic] {
    let (node, found) = CloudConfigCheck.yaml(text, "autoinstall")
    guard found.isEmpty else { return found }
    guard text.text.hasPrefix("#cloud-config"), node?["autoinstall"]?["version"] != nil else {
      return [
        Diagnostic(
          code: "missing-field", "'autoinstall' is no user data of Ubuntu's installer",
          at: text.place(at: node?["autoinstall"]?.start ?? .fileStart),
          expected: "'#cloud-config', and below it 'autoinstall:' with 'version: 1'")
      ]
    }
    return []
  }

  private static func unattend(_ text: PlacedText) -> [Diagnostic] {
    var body = Array(text.text.utf8)
    // Windows' own tools begin files with a byte order mark.
    if body.starts(with: [0xef, 0xbb, 0xbf]) { for index in 0..<3 { body[index] = 0x20 } }
    do throws(XMLFragmentProblem) {
      let roots = try XMLFragmentParser.parse(String(decoding: body, as: UTF8.self))
      if roots.count == 1, roots[0].name.local == "unattend" { return [] }
      return [
        Diagnostic(
          code: "unknown-element", "'unattend' is no answer file of Windows",
          at: text.place(at: roots.first?.place ?? 0), expected: "one element <unattend>")
      ]
    } catch {
      return [
        Diagnostic(
          code: "malformed-xml", "'unattend' cannot be read: \(error.message)",
          at: text.place(at: error.offset), expected: "<unattend>…</unattend>")
      ]
    }
  }
}
