#include "unpack.h"
#include "calls.h"

#include <stdio.h>
#include <stdlib.h>

static virtspec_unpack_outcome broken(struct archive *archive, void *block, char message[512]) {
  const char *text = call_archive_error_string(archive);
  snprintf(message, 512, "%s", text ? text : "it cannot be unpacked");
  call_archive_read_free(archive);
  free(block);
  return VIRTSPEC_UNPACK_BROKEN;
}

virtspec_unpack_outcome virtspec_unpack(
    const char *path, int (*take)(void *context, const void *bytes, size_t count), void *context, char message[512]) {
  const char *problem = load_libarchive();
  message[0] = 0;
  const size_t size = 1 << 20;
  struct archive *archive = problem != NULL ? NULL : call_archive_read_new();
  void *block = malloc(size);
  if (!archive || !block) {
    snprintf(message, 512, "%s", problem != NULL ? problem : "there is no memory left");
    if (archive) call_archive_read_free(archive);
    free(block);
    return VIRTSPEC_UNPACK_MISSING;
  }
  call_archive_read_support_format_raw(archive);
  call_archive_read_support_format_empty(archive);
  call_archive_read_support_filter_xz(archive);
  call_archive_read_support_filter_gzip(archive);
  call_archive_read_support_filter_zstd(archive);
  call_archive_read_support_filter_bzip2(archive);
  struct archive_entry *entry;
  if (call_archive_read_open_filename(archive, path, size) != ARCHIVE_OK) return broken(archive, block, message);
  int header = call_archive_read_next_header(archive, &entry);
  if (header != ARCHIVE_OK && header != ARCHIVE_EOF) return broken(archive, block, message);
  while (header == ARCHIVE_OK) {
    la_ssize_t count = call_archive_read_data(archive, block, size);
    if (count < 0) return broken(archive, block, message);
    if (count == 0) break;
    if (take(context, block, count)) {
      call_archive_read_free(archive);
      free(block);
      return VIRTSPEC_UNPACK_ENDED;
    }
  }
  call_archive_read_free(archive);
  free(block);
  return VIRTSPEC_UNPACK_DONE;
}
