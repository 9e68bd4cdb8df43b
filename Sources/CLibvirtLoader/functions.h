// Every function of libvirt that virtspec calls, as <libvirt/libvirt.h> and <libvirt/virterror.h> declare it. Where one
// is missing here, the program is linked with libvirt after all, which .ci/run finds.

POINTER(char *, virConnectBaselineCPU,
  (virConnectPtr conn, const char **xmlCPUs, unsigned int ncpus, unsigned int flags),
  (conn, xmlCPUs, ncpus, flags))
NUMBER(int, virConnectClose, (virConnectPtr conn), (conn))
NUMBER(int, virConnectDomainEventDeregisterAny, (virConnectPtr conn, int callbackID), (conn, callbackID))
NUMBER(int, virConnectDomainEventRegisterAny,
  (virConnectPtr conn, virDomainPtr dom, int eventID, virConnectDomainEventGenericCallback cb, void *opaque,
   virFreeCallback freecb),
  (conn, dom, eventID, cb, opaque, freecb))
NUMBER(int, virConnectGetAllDomainStats,
  (virConnectPtr conn, unsigned int stats, virDomainStatsRecordPtr **retStats, unsigned int flags),
  (conn, stats, retStats, flags))
POINTER(char *, virConnectGetCapabilities, (virConnectPtr conn), (conn))
POINTER(char *, virConnectGetDomainCapabilities,
  (virConnectPtr conn, const char *emulatorbin, const char *arch, const char *machine, const char *virttype,
   unsigned int flags),
  (conn, emulatorbin, arch, machine, virttype, flags))
POINTER(char *, virConnectGetHostname, (virConnectPtr conn), (conn))
NUMBER(int, virConnectGetLibVersion, (virConnectPtr conn, unsigned long *libVer), (conn, libVer))
POINTER(char *, virConnectGetSysinfo, (virConnectPtr conn, unsigned int flags), (conn, flags))
POINTER(const char *, virConnectGetType, (virConnectPtr conn), (conn))
NUMBER(int, virConnectGetVersion, (virConnectPtr conn, unsigned long *hvVer), (conn, hvVer))
NUMBER(int, virConnectListAllDomains,
  (virConnectPtr conn, virDomainPtr **domains, unsigned int flags),
  (conn, domains, flags))
NUMBER(int, virConnectListAllNWFilters,
  (virConnectPtr conn, virNWFilterPtr **filters, unsigned int flags),
  (conn, filters, flags))
NUMBER(int, virConnectListAllNetworks,
  (virConnectPtr conn, virNetworkPtr **nets, unsigned int flags),
  (conn, nets, flags))
NUMBER(int, virConnectListAllSecrets,
  (virConnectPtr conn, virSecretPtr **secrets, unsigned int flags),
  (conn, secrets, flags))
NUMBER(int, virConnectListAllStoragePools,
  (virConnectPtr conn, virStoragePoolPtr **pools, unsigned int flags),
  (conn, pools, flags))
POINTER(virConnectPtr, virConnectOpenAuth,
  (const char *name, virConnectAuthPtr auth, unsigned int flags),
  (name, auth, flags))
NUMBER(int, virConnectRegisterCloseCallback,
  (virConnectPtr conn, virConnectCloseFunc cb, void *opaque, virFreeCallback freecb),
  (conn, cb, opaque, freecb))
NUMBER(int, virConnectSetKeepAlive, (virConnectPtr conn, int interval, unsigned int count), (conn, interval, count))
NUMBER(int, virConnectUnregisterCloseCallback, (virConnectPtr conn, virConnectCloseFunc cb), (conn, cb))
NUMBER(int, virDomainAddIOThread,
  (virDomainPtr domain, unsigned int iothread_id, unsigned int flags),
  (domain, iothread_id, flags))
NUMBER(int, virDomainAttachDeviceFlags,
  (virDomainPtr domain, const char *xml, unsigned int flags),
  (domain, xml, flags))
NUMBER(int, virDomainBlockResize,
  (virDomainPtr dom, const char *disk, unsigned long long size, unsigned int flags),
  (dom, disk, size, flags))
NUMBER(int, virDomainCreate, (virDomainPtr domain), (domain))
POINTER(virDomainPtr, virDomainCreateXML,
  (virConnectPtr conn, const char *xmlDesc, unsigned int flags),
  (conn, xmlDesc, flags))
POINTER(virDomainPtr, virDomainDefineXMLFlags,
  (virConnectPtr conn, const char *xml, unsigned int flags),
  (conn, xml, flags))
NUMBER(int, virDomainDelIOThread,
  (virDomainPtr domain, unsigned int iothread_id, unsigned int flags),
  (domain, iothread_id, flags))
NUMBER(int, virDomainDestroy, (virDomainPtr domain), (domain))
NUMBER(int, virDomainDestroyFlags, (virDomainPtr domain, unsigned int flags), (domain, flags))
NUMBER(int, virDomainDetachDeviceFlags,
  (virDomainPtr domain, const char *xml, unsigned int flags),
  (domain, xml, flags))
NUMBER(int, virDomainFree, (virDomainPtr domain), (domain))
NUMBER(int, virDomainGetAutostart, (virDomainPtr domain, int *autostart), (domain, autostart))
NUMBER(int, virDomainGetBlockInfo,
  (virDomainPtr dom, const char *disk, virDomainBlockInfoPtr info, unsigned int flags),
  (dom, disk, info, flags))
POINTER(virConnectPtr, virDomainGetConnect, (virDomainPtr domain), (domain))
NUMBER(unsigned int, virDomainGetID, (virDomainPtr domain), (domain))
NUMBER(int, virDomainGetInfo, (virDomainPtr domain, virDomainInfoPtr info), (domain, info))
POINTER(const char *, virDomainGetName, (virDomainPtr domain), (domain))
NUMBER(int, virDomainGetState,
  (virDomainPtr domain, int *state, int *reason, unsigned int flags),
  (domain, state, reason, flags))
NUMBER(int, virDomainGetTime,
  (virDomainPtr dom, long long *seconds, unsigned int *nseconds, unsigned int flags),
  (dom, seconds, nseconds, flags))
NUMBER(int, virDomainGetUUIDString, (virDomainPtr domain, char *buf), (domain, buf))
POINTER(char *, virDomainGetXMLDesc, (virDomainPtr domain, unsigned int flags), (domain, flags))
NUMBER(int, virDomainInterfaceAddresses,
  (virDomainPtr dom, virDomainInterfacePtr **ifaces, unsigned int source, unsigned int flags),
  (dom, ifaces, source, flags))
NOTHING(virDomainInterfaceFree, (virDomainInterfacePtr iface), (iface))
NUMBER(int, virDomainIsActive, (virDomainPtr dom), (dom))
POINTER(virDomainPtr, virDomainLookupByName, (virConnectPtr conn, const char *name), (conn, name))
NUMBER(int, virDomainOpenConsole,
  (virDomainPtr dom, const char *dev_name, virStreamPtr st, unsigned int flags),
  (dom, dev_name, st, flags))
NUMBER(int, virDomainPinEmulator,
  (virDomainPtr domain, unsigned char *cpumap, int maplen, unsigned int flags),
  (domain, cpumap, maplen, flags))
NUMBER(int, virDomainPinIOThread,
  (virDomainPtr domain, unsigned int iothread_id, unsigned char *cpumap, int maplen, unsigned int flags),
  (domain, iothread_id, cpumap, maplen, flags))
NUMBER(int, virDomainPinVcpuFlags,
  (virDomainPtr domain, unsigned int vcpu, unsigned char *cpumap, int maplen, unsigned int flags),
  (domain, vcpu, cpumap, maplen, flags))
NUMBER(int, virDomainRef, (virDomainPtr domain), (domain))
NUMBER(int, virDomainRename, (virDomainPtr dom, const char *new_name, unsigned int flags), (dom, new_name, flags))
NUMBER(int, virDomainResume, (virDomainPtr domain), (domain))
NUMBER(int, virDomainSetAutostart, (virDomainPtr domain, int autostart), (domain, autostart))
NUMBER(int, virDomainSetBlkioParameters,
  (virDomainPtr domain, virTypedParameterPtr params, int nparams, unsigned int flags),
  (domain, params, nparams, flags))
NUMBER(int, virDomainSetBlockIoTune,
  (virDomainPtr dom, const char *disk, virTypedParameterPtr params, int nparams, unsigned int flags),
  (dom, disk, params, nparams, flags))
NUMBER(int, virDomainSetMemoryFlags,
  (virDomainPtr domain, unsigned long memory, unsigned int flags),
  (domain, memory, flags))
NUMBER(int, virDomainSetMemoryParameters,
  (virDomainPtr domain, virTypedParameterPtr params, int nparams, unsigned int flags),
  (domain, params, nparams, flags))
NUMBER(int, virDomainSetMetadata,
  (virDomainPtr domain, int type, const char *metadata, const char *key, const char *uri, unsigned int flags),
  (domain, type, metadata, key, uri, flags))
NUMBER(int, virDomainSetNumaParameters,
  (virDomainPtr domain, virTypedParameterPtr params, int nparams, unsigned int flags),
  (domain, params, nparams, flags))
NUMBER(int, virDomainSetSchedulerParametersFlags,
  (virDomainPtr domain, virTypedParameterPtr params, int nparams, unsigned int flags),
  (domain, params, nparams, flags))
NUMBER(int, virDomainSetVcpusFlags,
  (virDomainPtr domain, unsigned int nvcpus, unsigned int flags),
  (domain, nvcpus, flags))
NUMBER(int, virDomainShutdown, (virDomainPtr domain), (domain))
NOTHING(virDomainStatsRecordListFree, (virDomainStatsRecordPtr *stats), (stats))
NUMBER(int, virDomainUndefine, (virDomainPtr domain), (domain))
NUMBER(int, virDomainUndefineFlags, (virDomainPtr domain, unsigned int flags), (domain, flags))
NUMBER(int, virDomainUpdateDeviceFlags,
  (virDomainPtr domain, const char *xml, unsigned int flags),
  (domain, xml, flags))
NUMBER(int, virEventRegisterDefaultImpl, (void), ())
NUMBER(int, virEventRunDefaultImpl, (void), ())
POINTER(virErrorPtr, virGetLastError, (void), ())
NUMBER(int, virInitialize, (void), ())
POINTER(virNWFilterPtr, virNWFilterDefineXML, (virConnectPtr conn, const char *xmlDesc), (conn, xmlDesc))
POINTER(virNWFilterPtr, virNWFilterDefineXMLFlags,
  (virConnectPtr conn, const char *xmlDesc, unsigned int flags),
  (conn, xmlDesc, flags))
NUMBER(int, virNWFilterFree, (virNWFilterPtr nwfilter), (nwfilter))
POINTER(const char *, virNWFilterGetName, (virNWFilterPtr nwfilter), (nwfilter))
NUMBER(int, virNWFilterGetUUIDString, (virNWFilterPtr nwfilter, char *buf), (nwfilter, buf))
POINTER(char *, virNWFilterGetXMLDesc, (virNWFilterPtr nwfilter, unsigned int flags), (nwfilter, flags))
POINTER(virNWFilterPtr, virNWFilterLookupByName, (virConnectPtr conn, const char *name), (conn, name))
NUMBER(int, virNWFilterUndefine, (virNWFilterPtr nwfilter), (nwfilter))
NUMBER(int, virNetworkCreate, (virNetworkPtr network), (network))
POINTER(virNetworkPtr, virNetworkCreateXML, (virConnectPtr conn, const char *xmlDesc), (conn, xmlDesc))
NOTHING(virNetworkDHCPLeaseFree, (virNetworkDHCPLeasePtr lease), (lease))
POINTER(virNetworkPtr, virNetworkDefineXML, (virConnectPtr conn, const char *xmlDesc), (conn, xmlDesc))
POINTER(virNetworkPtr, virNetworkDefineXMLFlags,
  (virConnectPtr conn, const char *xmlDesc, unsigned int flags),
  (conn, xmlDesc, flags))
NUMBER(int, virNetworkDestroy, (virNetworkPtr network), (network))
NUMBER(int, virNetworkFree, (virNetworkPtr network), (network))
NUMBER(int, virNetworkGetAutostart, (virNetworkPtr network, int *autostart), (network, autostart))
NUMBER(int, virNetworkGetDHCPLeases,
  (virNetworkPtr network, const char *mac, virNetworkDHCPLeasePtr **leases, unsigned int flags),
  (network, mac, leases, flags))
POINTER(const char *, virNetworkGetName, (virNetworkPtr network), (network))
NUMBER(int, virNetworkGetUUIDString, (virNetworkPtr network, char *buf), (network, buf))
POINTER(char *, virNetworkGetXMLDesc, (virNetworkPtr network, unsigned int flags), (network, flags))
NUMBER(int, virNetworkIsActive, (virNetworkPtr net), (net))
POINTER(virNetworkPtr, virNetworkLookupByName, (virConnectPtr conn, const char *name), (conn, name))
NUMBER(int, virNetworkSetAutostart, (virNetworkPtr network, int autostart), (network, autostart))
NUMBER(int, virNetworkUndefine, (virNetworkPtr network), (network))
NUMBER(int, virNetworkUpdate,
  (virNetworkPtr network, unsigned int command, unsigned int section, int parentIndex, const char *xml,
   unsigned int flags),
  (network, command, section, parentIndex, xml, flags))
NUMBER(unsigned long long, virNodeGetFreeMemory, (virConnectPtr conn), (conn))
NUMBER(int, virNodeGetFreePages,
  (virConnectPtr conn, unsigned int npages, unsigned int *pages, int startcell, unsigned int cellcount,
   unsigned long long *counts, unsigned int flags),
  (conn, npages, pages, startcell, cellcount, counts, flags))
NUMBER(int, virNodeGetInfo, (virConnectPtr conn, virNodeInfoPtr info), (conn, info))
NUMBER(int, virNodeGetMemoryStats,
  (virConnectPtr conn, int cellNum, virNodeMemoryStatsPtr params, int *nparams, unsigned int flags),
  (conn, cellNum, params, nparams, flags))
POINTER(virSecretPtr, virSecretDefineXML, (virConnectPtr conn, const char *xml, unsigned int flags), (conn, xml,
   flags))
NUMBER(int, virSecretFree, (virSecretPtr secret), (secret))
NUMBER(int, virSecretGetUUIDString, (virSecretPtr secret, char *buf), (secret, buf))
POINTER(const char *, virSecretGetUsageID, (virSecretPtr secret), (secret))
NUMBER(int, virSecretGetUsageType, (virSecretPtr secret), (secret))
POINTER(unsigned char *, virSecretGetValue,
  (virSecretPtr secret, size_t *value_size, unsigned int flags),
  (secret, value_size, flags))
POINTER(char *, virSecretGetXMLDesc, (virSecretPtr secret, unsigned int flags), (secret, flags))
POINTER(virSecretPtr, virSecretLookupByUUIDString, (virConnectPtr conn, const char *uuid), (conn, uuid))
POINTER(virSecretPtr, virSecretLookupByUsage,
  (virConnectPtr conn, int usageType, const char *usageID),
  (conn, usageType, usageID))
NUMBER(int, virSecretSetValue,
  (virSecretPtr secret, const unsigned char *value, size_t value_size, unsigned int flags),
  (secret, value, value_size, flags))
NUMBER(int, virSecretUndefine, (virSecretPtr secret), (secret))
NOTHING(virSetErrorFunc, (void *userData, virErrorFunc handler), (userData, handler))
NUMBER(int, virStoragePoolBuild, (virStoragePoolPtr pool, unsigned int flags), (pool, flags))
NUMBER(int, virStoragePoolCreate, (virStoragePoolPtr pool, unsigned int flags), (pool, flags))
POINTER(virStoragePoolPtr, virStoragePoolDefineXML,
  (virConnectPtr conn, const char *xmlDesc, unsigned int flags),
  (conn, xmlDesc, flags))
NUMBER(int, virStoragePoolDestroy, (virStoragePoolPtr pool), (pool))
NUMBER(int, virStoragePoolFree, (virStoragePoolPtr pool), (pool))
NUMBER(int, virStoragePoolGetAutostart, (virStoragePoolPtr pool, int *autostart), (pool, autostart))
POINTER(virConnectPtr, virStoragePoolGetConnect, (virStoragePoolPtr pool), (pool))
NUMBER(int, virStoragePoolGetInfo, (virStoragePoolPtr vol, virStoragePoolInfoPtr info), (vol, info))
POINTER(const char *, virStoragePoolGetName, (virStoragePoolPtr pool), (pool))
NUMBER(int, virStoragePoolGetUUIDString, (virStoragePoolPtr pool, char *buf), (pool, buf))
POINTER(char *, virStoragePoolGetXMLDesc, (virStoragePoolPtr pool, unsigned int flags), (pool, flags))
NUMBER(int, virStoragePoolIsActive, (virStoragePoolPtr pool), (pool))
NUMBER(int, virStoragePoolListAllVolumes,
  (virStoragePoolPtr pool, virStorageVolPtr **vols, unsigned int flags),
  (pool, vols, flags))
POINTER(virStoragePoolPtr, virStoragePoolLookupByName, (virConnectPtr conn, const char *name), (conn, name))
NUMBER(int, virStoragePoolRefresh, (virStoragePoolPtr pool, unsigned int flags), (pool, flags))
NUMBER(int, virStoragePoolSetAutostart, (virStoragePoolPtr pool, int autostart), (pool, autostart))
NUMBER(int, virStoragePoolUndefine, (virStoragePoolPtr pool), (pool))
POINTER(virStorageVolPtr, virStorageVolCreateXML,
  (virStoragePoolPtr pool, const char *xmldesc, unsigned int flags),
  (pool, xmldesc, flags))
POINTER(virStorageVolPtr, virStorageVolCreateXMLFrom,
  (virStoragePoolPtr pool, const char *xmldesc, virStorageVolPtr clonevol, unsigned int flags),
  (pool, xmldesc, clonevol, flags))
NUMBER(int, virStorageVolDelete, (virStorageVolPtr vol, unsigned int flags), (vol, flags))
NUMBER(int, virStorageVolFree, (virStorageVolPtr vol), (vol))
NUMBER(int, virStorageVolGetInfo, (virStorageVolPtr vol, virStorageVolInfoPtr info), (vol, info))
NUMBER(int, virStorageVolGetInfoFlags,
  (virStorageVolPtr vol, virStorageVolInfoPtr info, unsigned int flags),
  (vol, info, flags))
POINTER(const char *, virStorageVolGetName, (virStorageVolPtr vol), (vol))
POINTER(char *, virStorageVolGetXMLDesc, (virStorageVolPtr pool, unsigned int flags), (pool, flags))
POINTER(virStorageVolPtr, virStorageVolLookupByName, (virStoragePoolPtr pool, const char *name), (pool, name))
POINTER(virStorageVolPtr, virStorageVolLookupByPath, (virConnectPtr conn, const char *path), (conn, path))
NUMBER(int, virStorageVolResize,
  (virStorageVolPtr vol, unsigned long long capacity, unsigned int flags),
  (vol, capacity, flags))
NUMBER(int, virStorageVolUpload,
  (virStorageVolPtr vol, virStreamPtr stream, unsigned long long offset, unsigned long long length,
   unsigned int flags),
  (vol, stream, offset, length, flags))
NUMBER(int, virStreamAbort, (virStreamPtr st), (st))
NUMBER(int, virStreamEventAddCallback,
  (virStreamPtr stream, int events, virStreamEventCallback cb, void *opaque, virFreeCallback ff),
  (stream, events, cb, opaque, ff))
NUMBER(int, virStreamEventRemoveCallback, (virStreamPtr stream), (stream))
NUMBER(int, virStreamEventUpdateCallback, (virStreamPtr stream, int events), (stream, events))
NUMBER(int, virStreamFinish, (virStreamPtr st), (st))
NUMBER(int, virStreamFree, (virStreamPtr st), (st))
POINTER(virStreamPtr, virStreamNew, (virConnectPtr conn, unsigned int flags), (conn, flags))
NUMBER(int, virStreamRecv, (virStreamPtr st, char *data, size_t nbytes), (st, data, nbytes))
NUMBER(int, virStreamSend, (virStreamPtr st, const char *data, size_t nbytes), (st, data, nbytes))
NUMBER(int, virTypedParamsAddLLong,
  (virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name, long long value),
  (params, nparams, maxparams, name, value))
NUMBER(int, virTypedParamsAddString,
  (virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name, const char *value),
  (params, nparams, maxparams, name, value))
NUMBER(int, virTypedParamsAddUInt,
  (virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name, unsigned int value),
  (params, nparams, maxparams, name, value))
NUMBER(int, virTypedParamsAddULLong,
  (virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name, unsigned long long value),
  (params, nparams, maxparams, name, value))
NOTHING(virTypedParamsFree, (virTypedParameterPtr params, int nparams), (params, nparams))
NUMBER(int, virTypedParamsGetInt,
  (virTypedParameterPtr params, int nparams, const char *name, int *value),
  (params, nparams, name, value))
