import CLibvirt
import Execution
import LibvirtXML
import Model

extension Observation {
  /// Lists the network filters and adds the reading of each. A driver without them has none.
  func readFilters(_ connection: virConnectPtr, _ batch: Batch) throws(HypervisorError) {
    let handles: HandleList
    do throws(HypervisorError) {
      handles = try HandleList.list(
        "virConnectListAllNWFilters", release: { virNWFilterFree($0) },
        fill: { virConnectListAllNWFilters(connection, $0, 0) })
    } catch {
      if error.code == .unsupported { return }
      throw error
    }
    batch.add(count: handles.pointers.count) { _, index throws(HypervisorError) in
      try self.unlessGone { () throws(HypervisorError) in
        let filter = try self.readFilter(handles.pointers[index])
        self.state.withLock { $0.filters.append(filter) }
      }
    }
  }

  private func readFilter(_ pointer: virNWFilterPtr) throws(HypervisorError) -> ObservedFilter {
    let name = name(virNWFilterGetName(pointer))
    let text = try LibvirtText(virNWFilterGetXMLDesc(pointer, 0), "virNWFilterGetXMLDesc")
    var filter = try text.parsed("networkfilter/\(name)") { document, bytes in
      ObservedFilter(
        name: name, uuid: uuid(of: pointer, virNWFilterGetUUIDString),
        spec: document.read(.networkFilter, shape: shape(.networkFilter, name)),
        fingerprint: Fingerprint.filter(bytes))
    }
    if request.everything {
      let all = try text.everything("networkfilter/\(name)", .networkFilter)
      (filter.spec, filter.remainders) = (all.spec, all.remainders)
    }
    return filter
  }
}
