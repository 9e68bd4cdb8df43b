import CLibvirt
import Execution
import Model

/// Named values as libvirt takes them, `virTypedParameter`.
struct TypedParameters: Sendable {
  /// A value with libvirt's type of it.
  enum Value: Sendable {
    case unsigned(UInt32)
    case unsignedLong(UInt64)
    case long(Int64)
    case text(String)
  }

  private let values: [(name: String, value: Value)]

  init(_ values: [(String, Value)]) { self.values = values.map { (name: $0.0, value: $0.1) } }

  /// Lends them to a call, and throws what it says.
  func hand(
    to call: String, _ body: (virTypedParameterPtr?, Int32) -> Int32
  ) throws(HypervisorError) {
    var parameters: virTypedParameterPtr?
    var count: Int32 = 0
    var capacity: Int32 = 0
    defer { virTypedParamsFree(parameters, count) }
    for (name, value) in values {
      let result =
        switch value {
        case .unsigned(let number):
          virTypedParamsAddUInt(&parameters, &count, &capacity, name, number)
        case .unsignedLong(let number):
          virTypedParamsAddULLong(&parameters, &count, &capacity, name, number)
        case .long(let number):
          virTypedParamsAddLLong(&parameters, &count, &capacity, name, number)
        case .text(let text):
          virTypedParamsAddString(&parameters, &count, &capacity, name, text)
        }
      try check(result, "virTypedParamsAdd")
    }
    try check(body(parameters, count), call)
  }
}

/// Processors of the host as libvirt takes them: a bit for each.
struct ProcessorMap: Sendable {
  private let bytes: [UInt8]

  init(_ cpuset: String, _ call: String) throws(HypervisorError) {
    guard let members = CPUSet.members(cpuset), let last = members.max() else {
      throw HypervisorError(
        .refused, call: call, message: "'\(cpuset)' is no set of processors of the host")
    }
    var bytes = [UInt8](repeating: 0, count: last / 8 + 1)
    for member in members { bytes[member / 8] |= 1 << UInt8(member % 8) }
    self.bytes = bytes
  }

  /// Lends the map to a call, and throws what it says.
  func hand(
    to call: String, _ body: (UnsafeMutablePointer<UInt8>?, Int32) -> Int32
  ) throws(HypervisorError) {
    var bytes = bytes
    let result = bytes.withUnsafeMutableBufferPointer {
      body($0.baseAddress, Int32(clamping: $0.count))
    }
    try check(result, call)
  }
}
