extension Table {
  /// What a guest is waited for after its start, and what its own start waits for.
  static let guestWaiting: [Field] = [
    Field(
      "ready", .record(guestReadiness, shorthand: nil), change: .own,
      doc:
        "What apply waits for after it started the guest; all that stands in it must hold. It is no drift: a guest that runs and was ready once is not waited for again."
    ),
    Field(
      "dependsOn", .list(.text(.name), key: []), change: .own,
      doc:
        "Guests of the stack that are started, and ready, before this one starts: the one of the name on the same host, else those on others."
    ),
  ]

  private static let guestReadiness = Table(
    "readiness", doc: "What a guest is waited for after its start.",
    [
      Field(
        "address", .boolean, change: .own,
        doc:
          "Every interface with an ip has it; where none has one, some interface has any address. By lease, agent or ARP."
      ),
      Field(
        "agent", .boolean, change: .own,
        doc: "The guest's agent (qemu-guest-agent) answers."),
      Field(
        "tcp", .integer(1...65535), change: .own,
        doc: "A TCP port of the guest takes connections from where virtspec runs."),
      Field(
        "ssh", .boolean, change: .own,
        doc: "An SSH server answers on port 22, reached from where virtspec runs."),
      Field(
        "cloudInit", .boolean, change: .own,
        doc:
          "cloud-init is done, as its last message on the guest's console says, or its status through the agent."
      ),
      Field(
        "console", .text(.line), change: .own,
        doc:
          "A regular expression that a line of the guest's serial console matches; lines that it wrote before virtspec listened are not seen."
      ),
      Field(
        "timeout", .duration, change: .own,
        doc: "How long all of it may take together. Default 5m."),
    ])
}
