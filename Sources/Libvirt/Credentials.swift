import CLibvirt
import Glibc
import Model

/// Answers libvirt's questions for a user name or a password.
///
/// libvirt itself looks into LIBVIRT_AUTH_FILE and its siblings before it asks. Where nobody sits
/// at a terminal the login fails instead of waiting. libvirt's own `virConnectAuthPtrDefault` is
/// not used because it prints its prompts to standard output, which belongs to results.
enum Credentials {
  /// Opens a connection, asking on the terminal when `interactive`; nil on failure.
  static func open(_ uri: String, interactive: Bool) -> virConnectPtr? {
    var types = [
      VIR_CRED_USERNAME, VIR_CRED_AUTHNAME, VIR_CRED_ECHOPROMPT, VIR_CRED_REALM,
      VIR_CRED_PASSPHRASE, VIR_CRED_NOECHOPROMPT,
    ].map { Int32($0.rawValue) }
    return types.withUnsafeMutableBufferPointer { types in
      var answers = virConnectAuth(
        credtype: types.baseAddress, ncredtype: UInt32(types.count),
        cb: interactive ? askOnTerminal : refuse, cbdata: nil)
      return virConnectOpenAuth(uri, &answers, 0)
    }
  }

  /// Whether somebody can be asked.
  static var terminalIsThere: Bool { isatty(STDIN_FILENO) == 1 }
}

private let refuse: virConnectAuthCallbackPtr = { _, _, _ in -1 }

/// Hosts are opened side by side; their questions come one after another.
private let terminal = Lock(())

private let askOnTerminal: virConnectAuthCallbackPtr = { credentials, count, _ in
  guard let credentials else { return -1 }
  return terminal.withLock { _ in
    for index in 0..<Int(count) {
      let credential = credentials[index]
      let isHidden =
        credential.type == Int32(VIR_CRED_PASSPHRASE.rawValue)
        || credential.type == Int32(VIR_CRED_NOECHOPROMPT.rawValue)
      let prompt = credential.prompt.map { String(cString: $0) } ?? "Answer"
      guard var answer = ask(prompt, hidden: isHidden) else { return -1 }
      if answer.isEmpty, let preset = credential.defresult { answer = String(cString: preset) }
      // libvirt frees it.
      credentials[index].result = strdup(answer)
      credentials[index].resultlen = UInt32(answer.utf8.count)
    }
    return 0
  }
}

/// One line from the terminal, which may not be standard input or output; nil when there is none.
private func ask(_ prompt: String, hidden: Bool) -> String? {
  guard let stream = fopen("/dev/tty", "r+") else { return nil }
  defer { fclose(stream) }
  let descriptor = fileno(stream)
  var previous = termios()
  let changes = hidden && tcgetattr(descriptor, &previous) == 0
  if changes {
    var silent = previous
    silent.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(descriptor, TCSAFLUSH, &silent)
  }
  defer {
    if changes {
      tcsetattr(descriptor, TCSAFLUSH, &previous)
      fputs("\n", stream)
    }
  }
  fputs(prompt + ": ", stream)
  fflush(stream)
  var line: UnsafeMutablePointer<CChar>?
  var capacity = 0
  defer { free(line) }
  let count = getline(&line, &capacity, stream)
  guard count >= 0, let line else { return nil }
  let text = String(cString: line)
  return text.hasSuffix("\n") ? String(text.dropLast()) : text
}
