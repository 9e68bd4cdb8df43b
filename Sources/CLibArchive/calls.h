#ifndef VIRTSPEC_ARCHIVE_CALLS_H
#define VIRTSPEC_ARCHIVE_CALLS_H

#include <archive.h>
#include <archive_entry.h>

// The calls of libarchive that are made; their types are those of its own headers.
#define CALLS(CALL) \
  CALL(archive_write_new) CALL(archive_write_free) CALL(archive_write_close) CALL(archive_write_open) \
  CALL(archive_write_set_format_iso9660) CALL(archive_write_add_filter_none) CALL(archive_write_set_options) \
  CALL(archive_write_set_bytes_in_last_block) CALL(archive_write_header) CALL(archive_write_data) \
  CALL(archive_entry_new) CALL(archive_entry_free) CALL(archive_entry_set_pathname) CALL(archive_entry_set_size) \
  CALL(archive_entry_set_filetype) CALL(archive_entry_set_perm) CALL(archive_entry_set_mtime) \
  CALL(archive_read_new) CALL(archive_read_free) CALL(archive_read_support_format_raw) \
  CALL(archive_read_support_format_empty) CALL(archive_read_support_filter_xz) \
  CALL(archive_read_support_filter_gzip) CALL(archive_read_support_filter_zstd) \
  CALL(archive_read_support_filter_bzip2) CALL(archive_read_open_filename) CALL(archive_read_next_header) \
  CALL(archive_read_data) CALL(archive_error_string)

#define DECLARE(name) extern __typeof__(&name) call_##name;
CALLS(DECLARE)
#undef DECLARE

// Loads libarchive the first time. Gives why it cannot be used; null when it can.
const char *load_libarchive(void);

#endif
