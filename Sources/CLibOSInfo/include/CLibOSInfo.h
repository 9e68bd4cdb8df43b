#ifndef VIRTSPEC_LIBOSINFO_H
#define VIRTSPEC_LIBOSINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * libosinfo's database behind plain functions. The library (with GLib, GObject and GIO) is opened with dlopen by the
 * first call of virtspec_osinfo_open, so that a process that never asks for an operating system does not pay for it.
 * None of the functions may be called by two threads at once.
 *
 * Texts belong to the database, which stays open until the process ends. They may be NULL where nothing is known.
 */

enum virtspec_osinfo_status {
  VIRTSPEC_OSINFO_READY,
  /* The shared libraries are not installed, or lack a function. */
  VIRTSPEC_OSINFO_NO_LIBRARY,
  /* There is no database, or it cannot be read. */
  VIRTSPEC_OSINFO_NO_DATABASE,
};

/* Opens the library and reads the database, once. `problem` gets the reason where it fails. */
enum virtspec_osinfo_status virtspec_osinfo_open(char *problem, size_t size);

/* The folder of the database that the system has, by the same rules as libosinfo. */
const char *virtspec_osinfo_folder(void);

struct virtspec_osinfo_system {
  const char *id;
  const char *short_id;
  const char *name;
  const char *family;
  const char *distro;
  const char *version;
  const char *released;
  const char *end_of_life;
};

/* The operating system of a place in the list; false beyond its end. */
bool virtspec_osinfo_system_at(int index, const void **system);
void virtspec_osinfo_describe(const void *system, struct virtspec_osinfo_system *description);

typedef void (*virtspec_osinfo_text)(void *context, const char *text);
/* Every short identifier of a system: `debian11`, `debianbullseye`. */
void virtspec_osinfo_short_ids(const void *system, void *context, virtspec_osinfo_text visit);
/* Identifiers of the systems that it derives from or is a clone of, nearest first. */
void virtspec_osinfo_lineage(const void *system, void *context, virtspec_osinfo_text visit);
/* Identifiers of the devices that it has drivers for, with those of its lineage. */
void virtspec_osinfo_devices(const void *system, void *context, virtspec_osinfo_text visit);

struct virtspec_osinfo_resources {
  const char *architecture;
  bool is_recommended;
  /* Zero or less where nothing is known. */
  int64_t processors;
  int64_t memory;
  int64_t storage;
};
typedef void (*virtspec_osinfo_resources_visit)(
    void *context, const struct virtspec_osinfo_resources *resources);
void virtspec_osinfo_resources(
    const void *system, void *context, virtspec_osinfo_resources_visit visit);

struct virtspec_osinfo_firmware {
  const char *architecture;
  const char *type;
  bool is_supported;
};
typedef void (*virtspec_osinfo_firmware_visit)(
    void *context, const struct virtspec_osinfo_firmware *firmware);
void virtspec_osinfo_firmware(
    const void *system, void *context, virtspec_osinfo_firmware_visit visit);

struct virtspec_osinfo_driver {
  const char *architecture;
  const char *location;
  bool is_pre_installable;
  /* One of the devices that it is for. */
  const char *device;
};
typedef void (*virtspec_osinfo_driver_visit)(
    void *context, const struct virtspec_osinfo_driver *driver);
/* Drivers that do not come with the system, by device, with those of its lineage. */
void virtspec_osinfo_drivers(const void *system, void *context, virtspec_osinfo_driver_visit visit);

#endif
