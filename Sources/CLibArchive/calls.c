#include "calls.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

#define DEFINE(name) __typeof__(&name) call_##name;
CALLS(DEFINE)

static char problem[256];
static pthread_once_t loading = PTHREAD_ONCE_INIT;

static void load(void) {
  void *library = dlopen("libarchive.so.13", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    snprintf(problem, sizeof problem, "libarchive cannot be loaded (package libarchive13): %s", dlerror());
    return;
  }
#define LOAD(name) \
  *(void **)&call_##name = dlsym(library, #name); \
  if (call_##name == NULL) { \
    snprintf(problem, sizeof problem, "libarchive has no %s", #name); \
    return; \
  }
  CALLS(LOAD)
}

const char *load_libarchive(void) {
  pthread_once(&loading, load);
  return problem[0] == 0 ? NULL : problem;
}
