#ifndef VIRTSPEC_UNPACK_H
#define VIRTSPEC_UNPACK_H

#include <stddef.h>

// Unpacks what xz, gzip, zstd or bzip2 packed with libarchive, which is loaded by the first call.

typedef enum {
  VIRTSPEC_UNPACK_DONE,
  // `take` said so.
  VIRTSPEC_UNPACK_ENDED,
  // The file is damaged or cut off.
  VIRTSPEC_UNPACK_BROKEN,
  // libarchive is not there, or lacks something.
  VIRTSPEC_UNPACK_MISSING,
} virtspec_unpack_outcome;

// Hands the content of a packed file to `take`, which ends it by giving anything but 0. `message` is what went wrong.
virtspec_unpack_outcome virtspec_unpack(
    const char *path, int (*take)(void *context, const void *bytes, size_t count), void *context, char message[512]);

#endif
