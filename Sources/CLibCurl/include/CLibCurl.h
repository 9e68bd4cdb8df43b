#ifndef CLIBCURL_H
#define CLIBCURL_H

#include <stddef.h>
#include <stdint.h>

// Downloads with libcurl, which is loaded by the first one.

// What is to be fetched, and who takes it. The functions are called on the thread of the call.
typedef struct {
  const char *url;
  // How many bytes are there already, and what tells that they are of the same file: an entity tag or a date; NULL for
  // neither.
  int64_t offset;
  const char *validator;
  // Seconds that a connection may take, and that may pass without a byte.
  long connect_seconds;
  long stall_seconds;
  const char *agent;
  // Before the first byte: where in the file it stands (0 when the server starts again), how long the whole file is (-1
  // when it does not say), and what will tell later that it is the same. Anything but 0 ends the download.
  int (*begin)(void *context, int64_t offset, int64_t total, const char *validator);
  // The next bytes. Anything but 0 ends the download.
  int (*take)(void *context, const void *bytes, size_t count);
  // Asked about once a second. Anything but 0 ends the download.
  int (*is_stopping)(void *context);
  void *context;
} clibcurl_request;

// How a download ended.
typedef enum {
  CLIBCURL_DONE,
  // The server has no such range of the file: it must be fetched from the start.
  CLIBCURL_RANGE_REFUSED,
  // It may work the next time: the connection broke, stalled, or the server was overloaded.
  CLIBCURL_PASSING,
  // One of the functions said so.
  CLIBCURL_ENDED,
  CLIBCURL_FAILED,
} clibcurl_outcome;

typedef struct {
  clibcurl_outcome outcome;
  // Of the last response; 0 for none.
  long status;
  // What went wrong, in libcurl's words.
  char message[512];
} clibcurl_result;

// Loads libcurl; gives NULL, or why it cannot be loaded.
const char *clibcurl_load(void);

// Fetches a URL, by way of redirections and of the proxies that the environment names.
void clibcurl_fetch(const clibcurl_request *request, clibcurl_result *result);

#endif
