extension Spelling {
  /// A value as libvirt's XML has it.
  public func text(of value: Value) -> String {
    switch value {
    case .string(let text):
      if case .words(let pairs) = self {
        return pairs.first { $0.manifest == text }?.libvirt ?? text
      }
      return text
    case .integer(let number):
      switch self {
      // Rounded up, as libvirt itself does: a guest gets at least what was asked.
      case .kibibytes, .bareKibibytes: return String((number + 1023) / 1024)
      default: return String(number)
      }
    case .boolean(let flag):
      return self == .onOff ? (flag ? "on" : "off") : (flag ? "yes" : "no")
    case .list, .record: return ""
    }
  }
}
