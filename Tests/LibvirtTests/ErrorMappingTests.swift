import CLibvirt
import Execution
import Testing

@testable import Libvirt

@Suite("libvirt's errors as codes")
struct ErrorMappingTests {
  @Test(
    "A number alone decides where it means one thing",
    arguments: [
      (VIR_ERR_NO_DOMAIN, HypervisorError.Code.notFound), (VIR_ERR_NO_NETWORK, .notFound),
      (VIR_ERR_NO_STORAGE_POOL, .notFound), (VIR_ERR_NO_STORAGE_VOL, .notFound),
      (VIR_ERR_NO_SECRET, .notFound), (VIR_ERR_DEVICE_MISSING, .notFound),
      (VIR_ERR_NO_SUPPORT, .unsupported), (VIR_ERR_ARGUMENT_UNSUPPORTED, .unsupported),
      (VIR_ERR_OPERATION_UNSUPPORTED, .unsupported), (VIR_ERR_AUTH_FAILED, .denied),
      (VIR_ERR_ACCESS_DENIED, .denied), (VIR_ERR_OPERATION_DENIED, .denied),
      (VIR_ERR_RPC, .unreachable), (VIR_ERR_NO_CONNECT, .unreachable),
      (VIR_ERR_INVALID_CONN, .unreachable), (VIR_ERR_RESOURCE_BUSY, .busy),
      (VIR_ERR_OPERATION_TIMEOUT, .timeout), (VIR_ERR_STORAGE_VOL_EXIST, .changed),
      (VIR_ERR_XML_ERROR, .refused), (VIR_ERR_OPERATION_INVALID, .refused),
      (VIR_ERR_INTERNAL_ERROR, .refused), (VIR_ERR_SYSTEM_ERROR, .refused),
    ])
  func numberDecides(number: virErrorNumber, code: HypervisorError.Code) {
    #expect(
      HypervisorError.code(
        number: Int32(number.rawValue), domain: Int32(VIR_FROM_QEMU.rawValue), message: "") == code)
  }

  @Test("The numbers of the errors that pass are libvirt's")
  func passing() {
    let numbers = [
      "VIR_ERR_OPERATION_TIMEOUT": VIR_ERR_OPERATION_TIMEOUT,
      "VIR_ERR_OPERATION_INVALID": VIR_ERR_OPERATION_INVALID,
      "VIR_ERR_INTERNAL_ERROR": VIR_ERR_INTERNAL_ERROR, "VIR_ERR_RPC": VIR_ERR_RPC,
      "VIR_ERR_SYSTEM_ERROR": VIR_ERR_SYSTEM_ERROR,
    ]
    for row in PassingError.table {
      guard let number = row.number else { continue }
      #expect(number == numbers[row.name].map { Int32($0.rawValue) })
      // What the table waits for must come to this code in the first place.
      let domain = row.code == .unreachable ? VIR_FROM_RPC : VIR_FROM_QEMU
      #expect(
        HypervisorError.code(
          number: number, domain: Int32(domain.rawValue), message: row.phrase) == row.code)
    }
  }

  @Test("A lock that another job holds is busy, other timeouts are timeouts")
  func stateChangeLock() {
    let number = Int32(VIR_ERR_OPERATION_TIMEOUT.rawValue)
    let message = "Timed out during operation: cannot acquire state change lock (held by monitor=x)"
    #expect(HypervisorError.code(number: number, domain: 10, message: message) == .busy)
    #expect(HypervisorError.code(number: number, domain: 10, message: "Timed out") == .timeout)
  }

  @Test("A pool with asynchronous jobs is busy")
  func asynchronousJobs() {
    let message = "internal error: pool 'images' has asynchronous jobs running."
    let number = Int32(VIR_ERR_INTERNAL_ERROR.rawValue)
    #expect(HypervisorError.code(number: number, domain: 18, message: message) == .busy)
  }

  @Test("A flag that the driver does not know is unsupported, other bad arguments are refused")
  func unknownFlag() {
    let number = Int32(VIR_ERR_INVALID_ARG.rawValue)
    let message = "invalid argument: unsupported flags (0x1) in function testNetworkGetXMLDesc"
    #expect(HypervisorError.code(number: number, domain: 12, message: message) == .unsupported)
    #expect(HypervisorError.code(number: number, domain: 12, message: "bad name") == .refused)
  }

  @Test("The same system error is unreachable from the client's transport, refused from the host")
  func transport() {
    let number = Int32(VIR_ERR_SYSTEM_ERROR.rawValue)
    let message = "Cannot recv data: Connection reset by peer"
    let rpc = Int32(VIR_FROM_RPC.rawValue)
    let storage = Int32(VIR_FROM_STORAGE.rawValue)
    #expect(HypervisorError.code(number: number, domain: rpc, message: message) == .unreachable)
    #expect(HypervisorError.code(number: number, domain: storage, message: message) == .refused)
  }

  @Test("Opening fails as unreachable whatever the number, except for a refused login")
  func opening() {
    for number in [VIR_ERR_SYSTEM_ERROR, VIR_ERR_INTERNAL_ERROR, VIR_ERR_NO_SUPPORT] {
      #expect(
        HypervisorError.code(
          number: Int32(number.rawValue), domain: 0, message: "", opening: true) == .unreachable)
    }
    #expect(
      HypervisorError.code(
        number: Int32(VIR_ERR_AUTH_FAILED.rawValue), domain: 0, message: "", opening: true)
        == .denied)
  }
}
