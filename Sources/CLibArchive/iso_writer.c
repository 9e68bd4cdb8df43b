#include "iso_writer.h"
#include "calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct buffer {
  uint8_t *bytes;
  size_t size, capacity;
} buffer;

static la_ssize_t append(struct archive *archive, void *client, const void *bytes, size_t size) {
  (void)archive;
  buffer *target = client;
  if (target->size + size > target->capacity) {
    size_t capacity = (target->size + size) * 2;
    uint8_t *larger = realloc(target->bytes, capacity);
    if (larger == NULL) return -1;
    target->bytes = larger;
    target->capacity = capacity;
  }
  memcpy(target->bytes + target->size, bytes, size);
  target->size += size;
  return (la_ssize_t)size;
}

static int write_file(struct archive *archive, const virtspec_iso_file *file) {
  struct archive_entry *entry = call_archive_entry_new();
  if (entry == NULL) return ARCHIVE_FATAL;
  call_archive_entry_set_pathname(entry, file->path);
  call_archive_entry_set_size(entry, (la_int64_t)file->size);
  call_archive_entry_set_filetype(entry, AE_IFREG);
  call_archive_entry_set_perm(entry, 0444);
  call_archive_entry_set_mtime(entry, 0, 0);
  int result = call_archive_write_header(archive, entry);
  if (result == ARCHIVE_OK && file->size > 0) {
    la_ssize_t written = call_archive_write_data(archive, file->bytes, file->size);
    result = written == (la_ssize_t)file->size ? ARCHIVE_OK : ARCHIVE_FATAL;
  }
  call_archive_entry_free(entry);
  return result;
}

uint8_t *virtspec_iso_image(const char *label, const virtspec_iso_file *files, size_t count, size_t *size,
                            char *error, size_t error_size) {
  const char *problem = load_libarchive();
  if (problem != NULL) {
    snprintf(error, error_size, "%s", problem);
    return NULL;
  }
  struct archive *archive = call_archive_write_new();
  if (archive == NULL) {
    snprintf(error, error_size, "no memory is left");
    return NULL;
  }
  buffer target = {0};
  char options[256];
  snprintf(options, sizeof options,
           "iso9660:volume-id=%s,iso9660:application-id=virtspec,iso9660:joliet=long,iso9660:rockridge=useful,"
           "iso9660:!pad,iso9660:!zisofs",
           label);
  int result = call_archive_write_set_format_iso9660(archive);
  if (result == ARCHIVE_OK) result = call_archive_write_add_filter_none(archive);
  if (result == ARCHIVE_OK) result = call_archive_write_set_options(archive, options);
  if (result == ARCHIVE_OK) result = call_archive_write_set_bytes_in_last_block(archive, 1);
  if (result == ARCHIVE_OK) result = call_archive_write_open(archive, &target, NULL, append, NULL);
  for (size_t index = 0; index < count && result == ARCHIVE_OK; index++) result = write_file(archive, &files[index]);
  if (result == ARCHIVE_OK) result = call_archive_write_close(archive);
  if (result != ARCHIVE_OK) {
    const char *reason = call_archive_error_string(archive);
    snprintf(error, error_size, "libarchive: %s", reason == NULL ? "it gives no reason" : reason);
  }
  call_archive_write_free(archive);
  if (result != ARCHIVE_OK) {
    free(target.bytes);
    return NULL;
  }
  *size = target.size;
  return target.bytes;
}
