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
      case .hexadecimal:
        let digits = String(number, radix: 16)
        return "0x" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
      default: return String(number)
      }
    case .boolean(let flag):
      switch self {
      case .onOff: return flag ? "on" : "off"
      case .trueFalse: return flag ? "true" : "false"
      default: return flag ? "yes" : "no"
      }
    case .list, .record: return ""
    }
  }
}
