#include "CLibOSInfo.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * The part of the interfaces of libosinfo-1.0.so.0, libgobject-2.0.so.0 and libglib-2.0.so.0 that is used, with
 * gboolean as int and objects as opaque pointers. All of it is in libosinfo 1.8 and newer.
 */
struct g_list {
  void *data;
  struct g_list *next;
  struct g_list *previous;
};
struct g_error {
  uint32_t domain;
  int code;
  char *message;
};

enum { derives_from = 0, clones = 2 };
enum { lineage_limit = 128 };

static struct {
  void (*g_object_unref)(void *);
  void (*g_error_free)(struct g_error *);
  void (*g_list_free)(struct g_list *);
  void *(*osinfo_loader_new)(void);
  void (*osinfo_loader_process_default_path)(void *, struct g_error **);
  void *(*osinfo_loader_get_db)(void *);
  void *(*osinfo_db_get_os_list)(void *);
  int (*osinfo_list_get_length)(void *);
  void *(*osinfo_list_get_nth)(void *, int);
  const char *(*osinfo_entity_get_id)(const void *);
  const char *(*osinfo_product_get_short_id)(const void *);
  struct g_list *(*osinfo_product_get_short_id_list)(const void *);
  const char *(*osinfo_product_get_name)(const void *);
  const char *(*osinfo_product_get_version)(const void *);
  const char *(*osinfo_product_get_release_date_string)(const void *);
  const char *(*osinfo_product_get_eol_date_string)(const void *);
  void *(*osinfo_product_get_related)(const void *, int);
  const char *(*osinfo_os_get_family)(const void *);
  const char *(*osinfo_os_get_distro)(const void *);
  void *(*osinfo_os_get_all_devices)(const void *, void *);
  void *(*osinfo_os_get_minimum_resources)(const void *);
  void *(*osinfo_os_get_recommended_resources)(const void *);
  const char *(*osinfo_resources_get_architecture)(void *);
  int (*osinfo_resources_get_n_cpus)(void *);
  int64_t (*osinfo_resources_get_ram)(void *);
  int64_t (*osinfo_resources_get_storage)(void *);
  void *(*osinfo_os_get_complete_firmware_list)(const void *, void *);
  const char *(*osinfo_firmware_get_architecture)(void *);
  const char *(*osinfo_firmware_get_firmware_type)(void *);
  int (*osinfo_firmware_is_supported)(void *);
  void *(*osinfo_os_get_device_drivers)(const void *);
  const char *(*osinfo_device_driver_get_architecture)(void *);
  const char *(*osinfo_device_driver_get_location)(void *);
  int (*osinfo_device_driver_get_pre_installable)(void *);
  void *(*osinfo_device_driver_get_devices)(void *);
} api;

static void *systems;

/* NULL when everything was found, else what is missing. */
static const char *open_library(void) {
  /* It brings GObject and GLib along, where their functions are found as well. */
  void *library = dlopen("libosinfo-1.0.so.0", RTLD_LAZY | RTLD_LOCAL);
  if (library == NULL) return dlerror();
#define FIND(name)                                              \
  do {                                                          \
    *(void **)&api.name = dlsym(library, #name);                \
    if (api.name == NULL) return "it has no function " #name;   \
  } while (0)
  FIND(g_object_unref);
  FIND(g_error_free);
  FIND(g_list_free);
  FIND(osinfo_loader_new);
  FIND(osinfo_loader_process_default_path);
  FIND(osinfo_loader_get_db);
  FIND(osinfo_db_get_os_list);
  FIND(osinfo_list_get_length);
  FIND(osinfo_list_get_nth);
  FIND(osinfo_entity_get_id);
  FIND(osinfo_product_get_short_id);
  FIND(osinfo_product_get_short_id_list);
  FIND(osinfo_product_get_name);
  FIND(osinfo_product_get_version);
  FIND(osinfo_product_get_release_date_string);
  FIND(osinfo_product_get_eol_date_string);
  FIND(osinfo_product_get_related);
  FIND(osinfo_os_get_family);
  FIND(osinfo_os_get_distro);
  FIND(osinfo_os_get_all_devices);
  FIND(osinfo_os_get_minimum_resources);
  FIND(osinfo_os_get_recommended_resources);
  FIND(osinfo_resources_get_architecture);
  FIND(osinfo_resources_get_n_cpus);
  FIND(osinfo_resources_get_ram);
  FIND(osinfo_resources_get_storage);
  FIND(osinfo_os_get_complete_firmware_list);
  FIND(osinfo_firmware_get_architecture);
  FIND(osinfo_firmware_get_firmware_type);
  FIND(osinfo_firmware_is_supported);
  FIND(osinfo_os_get_device_drivers);
  FIND(osinfo_device_driver_get_architecture);
  FIND(osinfo_device_driver_get_location);
  FIND(osinfo_device_driver_get_pre_installable);
  FIND(osinfo_device_driver_get_devices);
#undef FIND
  return NULL;
}

enum virtspec_osinfo_status virtspec_osinfo_open(char *problem, size_t size) {
  if (systems != NULL) return VIRTSPEC_OSINFO_READY;
  const char *missing = open_library();
  if (missing != NULL) {
    snprintf(problem, size, "%s", missing);
    return VIRTSPEC_OSINFO_NO_LIBRARY;
  }
  void *loader = api.osinfo_loader_new();
  struct g_error *error = NULL;
  api.osinfo_loader_process_default_path(loader, &error);
  if (error != NULL) {
    snprintf(problem, size, "%s", error->message);
    api.g_error_free(error);
    api.g_object_unref(loader);
    return VIRTSPEC_OSINFO_NO_DATABASE;
  }
  /* The loader owns the database, and both stay. */
  void *list = api.osinfo_db_get_os_list(api.osinfo_loader_get_db(loader));
  if (list == NULL || api.osinfo_list_get_length(list) == 0) {
    snprintf(problem, size, "there is no operating system in %s", virtspec_osinfo_folder());
    if (list != NULL) api.g_object_unref(list);
    api.g_object_unref(loader);
    return VIRTSPEC_OSINFO_NO_DATABASE;
  }
  systems = list;
  return VIRTSPEC_OSINFO_READY;
}

const char *virtspec_osinfo_folder(void) {
  const char *folder = getenv("OSINFO_SYSTEM_DIR");
  return folder != NULL && *folder != 0 ? folder : "/usr/share/osinfo";
}

bool virtspec_osinfo_system_at(int index, const void **system) {
  if (systems == NULL || index < 0 || index >= api.osinfo_list_get_length(systems)) return false;
  *system = api.osinfo_list_get_nth(systems, index);
  return *system != NULL;
}

void virtspec_osinfo_describe(const void *system, struct virtspec_osinfo_system *description) {
  description->id = api.osinfo_entity_get_id(system);
  description->short_id = api.osinfo_product_get_short_id(system);
  description->name = api.osinfo_product_get_name(system);
  description->family = api.osinfo_os_get_family(system);
  description->distro = api.osinfo_os_get_distro(system);
  description->version = api.osinfo_product_get_version(system);
  description->released = api.osinfo_product_get_release_date_string(system);
  description->end_of_life = api.osinfo_product_get_eol_date_string(system);
}

void virtspec_osinfo_short_ids(const void *system, void *context, virtspec_osinfo_text visit) {
  struct g_list *ids = api.osinfo_product_get_short_id_list(system);
  for (struct g_list *item = ids; item != NULL; item = item->next) visit(context, item->data);
  api.g_list_free(ids);
}

/* Fills `found` with the system and those that it comes from, nearest first. */
static int ancestors(const void *system, const void *found[lineage_limit]) {
  static const int relations[] = {derives_from, clones};
  int count = 1;
  found[0] = system;
  for (int next = 0; next < count; next++) {
    for (int kind = 0; kind < 2; kind++) {
      void *related = api.osinfo_product_get_related(found[next], relations[kind]);
      if (related == NULL) continue;
      int length = api.osinfo_list_get_length(related);
      for (int index = 0; index < length && count < lineage_limit; index++) {
        const void *other = api.osinfo_list_get_nth(related, index);
        bool is_new = true;
        for (int known = 0; known < count; known++) is_new = is_new && found[known] != other;
        if (is_new) found[count++] = other;
      }
      api.g_object_unref(related);
    }
  }
  return count;
}

void virtspec_osinfo_lineage(const void *system, void *context, virtspec_osinfo_text visit) {
  const void *found[lineage_limit];
  int count = ancestors(system, found);
  for (int index = 1; index < count; index++) visit(context, api.osinfo_entity_get_id(found[index]));
}

void virtspec_osinfo_devices(const void *system, void *context, virtspec_osinfo_text visit) {
  void *devices = api.osinfo_os_get_all_devices(system, NULL);
  if (devices == NULL) return;
  int length = api.osinfo_list_get_length(devices);
  for (int index = 0; index < length; index++) {
    visit(context, api.osinfo_entity_get_id(api.osinfo_list_get_nth(devices, index)));
  }
  api.g_object_unref(devices);
}

static void visit_resources(
    void *list, bool is_recommended, void *context, virtspec_osinfo_resources_visit visit) {
  if (list == NULL) return;
  int length = api.osinfo_list_get_length(list);
  for (int index = 0; index < length; index++) {
    void *item = api.osinfo_list_get_nth(list, index);
    struct virtspec_osinfo_resources resources = {
        .architecture = api.osinfo_resources_get_architecture(item),
        .is_recommended = is_recommended,
        .processors = api.osinfo_resources_get_n_cpus(item),
        .memory = api.osinfo_resources_get_ram(item),
        .storage = api.osinfo_resources_get_storage(item),
    };
    visit(context, &resources);
  }
  api.g_object_unref(list);
}

void virtspec_osinfo_resources(
    const void *system, void *context, virtspec_osinfo_resources_visit visit) {
  visit_resources(api.osinfo_os_get_minimum_resources(system), false, context, visit);
  visit_resources(api.osinfo_os_get_recommended_resources(system), true, context, visit);
}

void virtspec_osinfo_firmware(
    const void *system, void *context, virtspec_osinfo_firmware_visit visit) {
  void *list = api.osinfo_os_get_complete_firmware_list(system, NULL);
  if (list == NULL) return;
  int length = api.osinfo_list_get_length(list);
  for (int index = 0; index < length; index++) {
    void *item = api.osinfo_list_get_nth(list, index);
    struct virtspec_osinfo_firmware firmware = {
        .architecture = api.osinfo_firmware_get_architecture(item),
        .type = api.osinfo_firmware_get_firmware_type(item),
        .is_supported = api.osinfo_firmware_is_supported(item) != 0,
    };
    visit(context, &firmware);
  }
  api.g_object_unref(list);
}

static void visit_driver(void *item, void *context, virtspec_osinfo_driver_visit visit) {
  struct virtspec_osinfo_driver driver = {
      .architecture = api.osinfo_device_driver_get_architecture(item),
      .location = api.osinfo_device_driver_get_location(item),
      .is_pre_installable = api.osinfo_device_driver_get_pre_installable(item) != 0,
  };
  /* The list of its devices is the driver's own. */
  void *devices = api.osinfo_device_driver_get_devices(item);
  int length = devices == NULL ? 0 : api.osinfo_list_get_length(devices);
  for (int index = 0; index < length; index++) {
    driver.device = api.osinfo_entity_get_id(api.osinfo_list_get_nth(devices, index));
    visit(context, &driver);
  }
}

void virtspec_osinfo_drivers(
    const void *system, void *context, virtspec_osinfo_driver_visit visit) {
  const void *found[lineage_limit];
  int count = ancestors(system, found);
  for (int ancestor = 0; ancestor < count; ancestor++) {
    /* The list is the system's own. */
    void *list = api.osinfo_os_get_device_drivers(found[ancestor]);
    int length = list == NULL ? 0 : api.osinfo_list_get_length(list);
    if (length == 0) continue;
    for (int index = 0; index < length; index++) {
      visit_driver(api.osinfo_list_get_nth(list, index), context, visit);
    }
    /* Nearer ones stand for those of farther ones. */
    return;
  }
}
