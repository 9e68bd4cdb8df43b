import Foundation
import LibvirtXML
import Model
import Testing

/// A line of `disturb.txt` on the real daemon, through virsh. The simulated host has the same words
/// (TestSupport/Disturbance.swift); those that no libvirt can do are refused here.
struct LabDisturbance {
  private let words: [String]
  private let folder: String

  /// - Parameter folder: of the scenario, for the files that a line names.
  init(_ line: String, folder: String) {
    words = line.split(separator: " ").map(String.init)
    self.folder = folder
  }

  func perform() async throws {
    let name = word(1)
    switch word(0) {
    case "start": try Lab.virsh("start", name)
    case "stop": try Lab.virsh("destroy", name)
    case "pause": try Lab.virsh("suspend", name)
    case "save": try Lab.virsh("managedsave", name)
    case "snapshot": try Lab.virsh("snapshot-create-as", name, "before")
    case "undefine": try Lab.virsh("undefine", name)
    case "secret-undefine": try Lab.virsh("secret-undefine", secret())
    case "secret-value":
      let text = Data(word(2).utf8).base64EncodedString()
      try Lab.virsh("secret-set-value", secret(), "--base64", text)
    case "net-start": try Lab.virsh("net-start", name)
    case "net-stop": try Lab.virsh("net-destroy", name)
    case "net-undefine": try Lab.virsh("net-undefine", name)
    case "pool-build": try Lab.virsh("pool-build", name)
    case "pool-start": try Lab.virsh("pool-start", name)
    case "pool-stop": try Lab.virsh("pool-destroy", name)
    case "setmem": try await setMemory(name, word(2))
    case "attach": try Lab.virsh("attach-device", name, path(2), "--live")
    case "job":
      try Lab.virsh(
        "blockcopy", name, word(2), "--dest", "/var/lib/libvirt/images/copy-\(word(2))",
        "--transient-job")
    case "no-control-groups":
      try #require(!Lab.virsh("dumpxml", name).contains("<resource>"))
    case "define": try define(path(1))
    case "edit": try edit()
    case "autostart": try setAutostart()
    case "vol-create": try Lab.virsh("vol-create", name, path(2))
    case "vol-delete":
      let volume = parts(1)
      try Lab.virsh("vol-delete", volume.name, volume.kind)
    case "vol-resize":
      let volume = parts(1)
      try Lab.virsh("vol-resize", volume.name, word(2), volume.kind)
    default: try #require(Bool(false), "the lab has no disturbance '\(word(0))'")
    }
  }

  private func word(_ index: Int) -> String { words.indices.contains(index) ? words[index] : "" }

  private func secret() throws -> String {
    try #require(try LabScenario.secret(usage: word(1)), "no secret \(word(1))")
  }

  private func path(_ index: Int) -> String { folder + "/" + word(index) }

  /// `KIND/NAME`, and `POOL/VOLUME`.
  private func parts(_ index: Int) -> (kind: String, name: String) {
    let parts = word(index).split(separator: "/", maxSplits: 1).map(String.init)
    return (parts.first ?? "", parts.last ?? "")
  }

  /// The balloon moves when the guest follows.
  private func setMemory(_ guest: String, _ size: String) async throws {
    let kibibytes = try Quantity.size(size) / 1024
    try Lab.virsh("setmem", guest, size, "--live")
    try await eventually("the balloon moved") {
      try Lab.virsh("dumpxml", guest).contains("<currentMemory unit='KiB'>\(kibibytes)<")
    }
  }

  private func define(_ file: String) throws {
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let command =
      text.contains("<filter ")
      ? "nwfilter-define"
      : text.contains("<domain")
        ? "define" : text.contains("<network") ? "net-define" : "pool-define"
    try Lab.virsh(command, file)
  }

  private func edit() throws {
    let (kind, name) = parts(1)
    let (dump, define) =
      switch kind {
      case "guest": ("dumpxml", "define")
      case "network": ("net-dumpxml", "net-define")
      case "networkfilter": ("nwfilter-dumpxml", "nwfilter-define")
      default: ("pool-dumpxml", "pool-define")
      }
    // A network filter has one side only.
    let side = kind == "networkfilter" ? [] : ["--inactive"]
    var document = try LibvirtDocument(parsing: Lab.virsh([dump, name] + side))
    let value = words.dropFirst(3).joined(separator: " ")
    document.setText(value == "-" ? nil : value, at: XMLPath(word(2)))
    let file = folder + "/edited.xml"
    try document.serialized().write(toFile: file, atomically: false, encoding: .utf8)
    try Lab.virsh(define, file)
  }

  private func setAutostart() throws {
    let (kind, name) = parts(1)
    let command = ["network": "net-autostart", "pool": "pool-autostart"][kind] ?? "autostart"
    try Lab.virsh([command, name] + (word(2) == "on" ? [] : ["--disable"]))
  }
}
