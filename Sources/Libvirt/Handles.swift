import CLibvirt
import Execution
import Glibc

// Owners of libvirt's handles. Each frees its handle when it goes out of scope, also on a throw;
// none leaves the worker thread that it was made on. Looking up by name is one round trip.

/// A domain.
struct DomainHandle: ~Copyable {
  let pointer: virDomainPtr

  init(_ pointer: virDomainPtr) { self.pointer = pointer }

  init(named name: String, on connection: virConnectPtr) throws(HypervisorError) {
    pointer = try check(virDomainLookupByName(connection, name), "virDomainLookupByName")
  }

  /// Nil when there is none of the name.
  static func find(_ name: String, on connection: virConnectPtr) throws(HypervisorError)
    -> DomainHandle?
  {
    do throws(HypervisorError) {
      return try DomainHandle(named: name, on: connection)
    } catch {
      if error.code == .notFound { return nil }
      throw error
    }
  }

  deinit { virDomainFree(pointer) }
}

/// A virtual network.
struct NetworkHandle: ~Copyable {
  let pointer: virNetworkPtr

  init(_ pointer: virNetworkPtr) { self.pointer = pointer }

  init(named name: String, on connection: virConnectPtr) throws(HypervisorError) {
    pointer = try check(virNetworkLookupByName(connection, name), "virNetworkLookupByName")
  }

  /// Nil when there is none of the name.
  static func find(_ name: String, on connection: virConnectPtr) throws(HypervisorError)
    -> NetworkHandle?
  {
    do throws(HypervisorError) {
      return try NetworkHandle(named: name, on: connection)
    } catch {
      if error.code == .notFound { return nil }
      throw error
    }
  }

  deinit { virNetworkFree(pointer) }
}

/// A network filter.
struct FilterHandle: ~Copyable {
  let pointer: virNWFilterPtr

  init(_ pointer: virNWFilterPtr) { self.pointer = pointer }

  /// Nil when there is none of the name.
  static func find(_ name: String, on connection: virConnectPtr) throws(HypervisorError)
    -> FilterHandle?
  {
    do throws(HypervisorError) {
      return FilterHandle(
        try check(virNWFilterLookupByName(connection, name), "virNWFilterLookupByName"))
    } catch {
      if error.code == .notFound { return nil }
      throw error
    }
  }

  deinit { virNWFilterFree(pointer) }
}

/// A storage pool.
struct PoolHandle: ~Copyable {
  let pointer: virStoragePoolPtr

  init(_ pointer: virStoragePoolPtr) { self.pointer = pointer }

  init(named name: String, on connection: virConnectPtr) throws(HypervisorError) {
    pointer = try check(virStoragePoolLookupByName(connection, name), "virStoragePoolLookupByName")
  }

  /// Nil when there is none of the name.
  static func find(_ name: String, on connection: virConnectPtr) throws(HypervisorError)
    -> PoolHandle?
  {
    do throws(HypervisorError) {
      return try PoolHandle(named: name, on: connection)
    } catch {
      if error.code == .notFound { return nil }
      throw error
    }
  }

  deinit { virStoragePoolFree(pointer) }
}

/// A storage volume.
struct VolumeHandle: ~Copyable {
  let pointer: virStorageVolPtr

  init(_ pointer: virStorageVolPtr) { self.pointer = pointer }

  init(named name: String, in pool: borrowing PoolHandle) throws(HypervisorError) {
    pointer = try check(
      virStorageVolLookupByName(pool.pointer, name), "virStorageVolLookupByName")
  }

  /// Whether the pool has a volume of the name.
  static func exists(
    _ name: String, in pool: borrowing PoolHandle
  ) throws(HypervisorError) -> Bool {
    do throws(HypervisorError) {
      _ = try VolumeHandle(named: name, in: pool)
      return true
    } catch {
      if error.code == .notFound { return false }
      throw error
    }
  }

  deinit { virStorageVolFree(pointer) }
}

/// A secret.
struct SecretHandle: ~Copyable {
  let pointer: virSecretPtr

  init(_ pointer: virSecretPtr) { self.pointer = pointer }

  deinit { virSecretFree(pointer) }
}

/// Handles of a list call, shared by the workers that read them.
///
/// `@unchecked`: the array never changes, libvirt's handles may be used from any thread, and only
/// closures that run on worker threads touch them.
final class HandleList: @unchecked Sendable {
  let pointers: [OpaquePointer]
  private let release: (OpaquePointer) -> Void

  /// Owns the handles from here on.
  init(_ pointers: [OpaquePointer], release: @escaping (OpaquePointer) -> Void) {
    self.pointers = pointers
    self.release = release
  }

  deinit { for pointer in pointers { release(pointer) } }

  /// The handles of a `virConnectListAll…` call, which gives an array to be freed and -1 on
  /// failure.
  static func list(
    _ call: String, release: @escaping (OpaquePointer) -> Void,
    fill: (UnsafeMutablePointer<UnsafeMutablePointer<OpaquePointer?>?>) -> Int32
  ) throws(HypervisorError) -> HandleList {
    var array: UnsafeMutablePointer<OpaquePointer?>?
    let count = try check(fill(&array), call)
    defer { free(array) }
    let pointers = (0..<Int(count)).compactMap { array?[$0] }
    return HandleList(pointers, release: release)
  }
}

/// A text that libvirt allocated.
struct LibvirtText: ~Copyable {
  private let pointer: UnsafeMutablePointer<CChar>
  private let count: Int

  init(_ pointer: UnsafeMutablePointer<CChar>?, _ call: String) throws(HypervisorError) {
    self.pointer = try check(pointer, call)
    count = strlen(self.pointer)
  }

  deinit { free(pointer) }

  /// Lends the text's bytes, without the zero at the end.
  func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let raw = UnsafeRawPointer(pointer)
    return try body(
      UnsafeBufferPointer(start: raw.assumingMemoryBound(to: UInt8.self), count: count))
  }

  /// The text as a string.
  var string: String { withBytes { String(decoding: $0, as: UTF8.self) } }
}
