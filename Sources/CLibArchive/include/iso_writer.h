#ifndef VIRTSPEC_ISO_WRITER_H
#define VIRTSPEC_ISO_WRITER_H

#include <stddef.h>
#include <stdint.h>

// One file of a disc.
typedef struct virtspec_iso_file {
  const char *path;
  const uint8_t *bytes;
  size_t size;
} virtspec_iso_file;

// Makes an ISO 9660 image with Rock Ridge and Joliet in memory, with libarchive, which is loaded when this is first
// called. Returns the image, to be freed with free(), and its size; or null, and in `error` why.
uint8_t *virtspec_iso_image(const char *label, const virtspec_iso_file *files, size_t count, size_t *size,
                            char *error, size_t error_size);

#endif
