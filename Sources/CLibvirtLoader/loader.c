#include "include/CLibvirtLoader.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>

// Nobody else's calls are to land here: libvirt's own libraries call each other by the same names.
#pragma GCC visibility push(hidden)
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#pragma GCC visibility pop

static pthread_once_t once = PTHREAD_ONCE_INIT;
static void *library;
static char problem[512];
static _Thread_local const char *missing;

static void load(void) {
  // Lazily, as the system does with a linked library. It is never unloaded: its threads and its atexit handlers stay.
  library = dlopen("libvirt.so.0", RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
  if (!library) {
    const char *said = dlerror();
    snprintf(problem, sizeof problem, "libvirt's library cannot be loaded (%s); Debian and Ubuntu have it in libvirt0",
             said ? said : "libvirt.so.0");
  }
}

const char *libvirt_load(void) {
  pthread_once(&once, load);
  return library ? NULL : problem;
}

const char *libvirt_missing_function(void) {
  const char *name = missing;
  missing = NULL;
  return name;
}

static void *find(const char *name, void *_Atomic *known) {
  void *function = atomic_load_explicit(known, memory_order_acquire);
  if (function) return function;
  libvirt_load();
  function = library ? dlsym(library, name) : NULL;
  if (function)
    atomic_store_explicit(known, function, memory_order_release);
  else
    missing = name;
  return function;
}

// A function by the name, and with the type, that libvirt's header gives it: the compiler compares the two. Where
// libvirt lacks it, it fails as libvirt's functions do.
#define NUMBER(result, name, parameters, arguments) \
  result name parameters { \
    static void *_Atomic known; \
    result(*function) parameters = (result(*) parameters)find(#name, &known); \
    return function ? function arguments : (result)-1; \
  }
#define POINTER(result, name, parameters, arguments) \
  result name parameters { \
    static void *_Atomic known; \
    result(*function) parameters = (result(*) parameters)find(#name, &known); \
    return function ? function arguments : NULL; \
  }
#define NOTHING(name, parameters, arguments) \
  void name parameters { \
    static void *_Atomic known; \
    void(*function) parameters = (void(*) parameters)find(#name, &known); \
    if (function) function arguments; \
  }

#include "functions.h"
