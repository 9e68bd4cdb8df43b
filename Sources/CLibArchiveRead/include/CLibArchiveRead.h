#ifndef CLIBARCHIVEREAD_H
#define CLIBARCHIVEREAD_H

#include <stddef.h>

// Unpacks what xz, gzip, zstd or bzip2 packed with libarchive, which is loaded by the first call.

typedef enum {
  CLIBARCHIVEREAD_DONE,
  // `take` said so.
  CLIBARCHIVEREAD_ENDED,
  // The file is damaged or cut off.
  CLIBARCHIVEREAD_BROKEN,
  // libarchive is not there, or lacks something.
  CLIBARCHIVEREAD_MISSING,
} clibarchiveread_outcome;

// Hands the content of a packed file to `take`, which ends it by giving anything but 0. `message` is what went wrong.
clibarchiveread_outcome clibarchiveread_unpack(
    const char *path, int (*take)(void *context, const void *bytes, size_t count), void *context, char message[512]);

#endif
