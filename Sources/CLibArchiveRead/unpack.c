#include "CLibArchiveRead.h"

#include <archive.h>
#include <archive_entry.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static struct archive *(*read_new)(void);
static int (*read_free)(struct archive *);
static int (*support_raw)(struct archive *);
static int (*support_empty)(struct archive *);
static int (*support_xz)(struct archive *);
static int (*support_gzip)(struct archive *);
static int (*support_zstd)(struct archive *);
static int (*support_bzip2)(struct archive *);
static int (*open_filename)(struct archive *, const char *, size_t);
static int (*next_header)(struct archive *, struct archive_entry **);
static la_ssize_t (*read_data)(struct archive *, void *, size_t);
static const char *(*error_string)(struct archive *);

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char problem[256];

static void load(void) {
  static const char *const name = "libarchive.so.13";
  void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    snprintf(problem, sizeof problem, "%s cannot be loaded", name);
    return;
  }
  const struct {
    const char *name;
    void **place;
  } functions[] = {
      {"archive_read_new", (void **)&read_new},
      {"archive_read_free", (void **)&read_free},
      {"archive_read_support_format_raw", (void **)&support_raw},
      {"archive_read_support_format_empty", (void **)&support_empty},
      {"archive_read_support_filter_xz", (void **)&support_xz},
      {"archive_read_support_filter_gzip", (void **)&support_gzip},
      {"archive_read_support_filter_zstd", (void **)&support_zstd},
      {"archive_read_support_filter_bzip2", (void **)&support_bzip2},
      {"archive_read_open_filename", (void **)&open_filename},
      {"archive_read_next_header", (void **)&next_header},
      {"archive_read_data", (void **)&read_data},
      {"archive_error_string", (void **)&error_string},
  };
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    *functions[i].place = dlsym(library, functions[i].name);
    if (!*functions[i].place) {
      snprintf(problem, sizeof problem, "libarchive has no %s", functions[i].name);
      return;
    }
  }
}

static clibarchiveread_outcome broken(struct archive *archive, void *block, char message[512]) {
  const char *text = error_string(archive);
  snprintf(message, 512, "%s", text ? text : "it cannot be unpacked");
  read_free(archive);
  free(block);
  return CLIBARCHIVEREAD_BROKEN;
}

clibarchiveread_outcome clibarchiveread_unpack(
    const char *path, int (*take)(void *context, const void *bytes, size_t count), void *context, char message[512]) {
  pthread_once(&once, load);
  message[0] = 0;
  const size_t size = 1 << 20;
  struct archive *archive = *problem ? NULL : read_new();
  void *block = malloc(size);
  if (!archive || !block) {
    snprintf(message, 512, "%s", *problem ? problem : "there is no memory left");
    if (archive) read_free(archive);
    free(block);
    return CLIBARCHIVEREAD_MISSING;
  }
  support_raw(archive);
  support_empty(archive);
  support_xz(archive);
  support_gzip(archive);
  support_zstd(archive);
  support_bzip2(archive);
  struct archive_entry *entry;
  if (open_filename(archive, path, size) != ARCHIVE_OK) return broken(archive, block, message);
  int header = next_header(archive, &entry);
  if (header != ARCHIVE_OK && header != ARCHIVE_EOF) return broken(archive, block, message);
  while (header == ARCHIVE_OK) {
    la_ssize_t count = read_data(archive, block, size);
    if (count < 0) return broken(archive, block, message);
    if (count == 0) break;
    if (take(context, block, count)) {
      read_free(archive);
      free(block);
      return CLIBARCHIVEREAD_ENDED;
    }
  }
  read_free(archive);
  free(block);
  return CLIBARCHIVEREAD_DONE;
}
