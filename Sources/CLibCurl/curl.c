#include "CLibCurl.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static CURLcode (*global_init)(long);
static CURL *(*easy_init)(void);
static CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
static CURLcode (*easy_getinfo)(CURL *, CURLINFO, ...);
static CURLcode (*easy_perform)(CURL *);
static void (*easy_cleanup)(CURL *);
static const char *(*easy_strerror)(CURLcode);
static struct curl_slist *(*slist_append)(struct curl_slist *, const char *);
static void (*slist_free_all)(struct curl_slist *);

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char problem[256];

static void load(void) {
  // libvirt has GnuTLS loaded already.
  static const char *const names[] = {"libcurl-gnutls.so.4", "libcurl.so.4"};
  void *library = NULL;
  for (size_t i = 0; i < sizeof names / sizeof *names && !library; i++) library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    snprintf(problem, sizeof problem, "neither %s nor %s can be loaded", names[0], names[1]);
    return;
  }
  const struct {
    const char *name;
    void **place;
  } functions[] = {
      {"curl_global_init", (void **)&global_init},   {"curl_easy_init", (void **)&easy_init},
      {"curl_easy_setopt", (void **)&easy_setopt},   {"curl_easy_getinfo", (void **)&easy_getinfo},
      {"curl_easy_perform", (void **)&easy_perform}, {"curl_easy_cleanup", (void **)&easy_cleanup},
      {"curl_easy_strerror", (void **)&easy_strerror}, {"curl_slist_append", (void **)&slist_append},
      {"curl_slist_free_all", (void **)&slist_free_all},
  };
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    *functions[i].place = dlsym(library, functions[i].name);
    if (!*functions[i].place) {
      snprintf(problem, sizeof problem, "libcurl has no %s", functions[i].name);
      return;
    }
  }
  if (global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) snprintf(problem, sizeof problem, "libcurl cannot be initialised");
}

const char *clibcurl_load(void) {
  pthread_once(&once, load);
  return *problem ? problem : NULL;
}

// What is known of the response that is being read.
typedef struct {
  CURL *handle;
  const clibcurl_request *request;
  // The server's word for the file: a strong entity tag, or a date.
  char tag[256];
  char date[64];
  int64_t first;
  int64_t whole;
  int has_begun;
  int is_ended;
  int has_wrong_range;
} transfer;

// The value of a header, if the line is of the header of that name.
static int header(const char *line, size_t count, const char *name, char *value, size_t size) {
  size_t length = strlen(name);
  if (count <= length || strncasecmp(line, name, length) != 0 || line[length] != ':') return 0;
  const char *start = line + length + 1;
  const char *end = line + count;
  while (start < end && (*start == ' ' || *start == '\t')) start++;
  while (end > start && (end[-1] == '\r' || end[-1] == '\n' || end[-1] == ' ')) end--;
  if ((size_t)(end - start) >= size) return 0;
  memcpy(value, start, end - start);
  value[end - start] = 0;
  return 1;
}

static size_t take_header(char *line, size_t size, size_t count, void *context) {
  transfer *t = context;
  size *= count;
  char value[256];
  if (size >= 5 && memcmp(line, "HTTP/", 5) == 0) {
    // Those of a redirection are of no interest any more.
    t->tag[0] = t->date[0] = 0;
    t->first = 0;
    t->whole = -1;
  } else if (header(line, size, "ETag", value, sizeof value)) {
    // A weak one may stand for other bytes.
    if (value[0] == '"') snprintf(t->tag, sizeof t->tag, "%s", value);
  } else if (header(line, size, "Last-Modified", value, sizeof value)) {
    snprintf(t->date, sizeof t->date, "%.63s", value);
  } else if (header(line, size, "Content-Range", value, sizeof value)) {
    long long first, last, whole;
    int found = sscanf(value, "bytes %lld-%lld/%lld", &first, &last, &whole);
    if (found >= 2) t->first = first;
    if (found == 3) t->whole = whole;
  }
  return size;
}

static int begin(transfer *t) {
  if (t->has_begun) return 0;
  t->has_begun = 1;
  long status = 0;
  curl_off_t length = -1;
  easy_getinfo(t->handle, CURLINFO_RESPONSE_CODE, &status);
  easy_getinfo(t->handle, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
  int64_t offset = status == 206 ? t->first : 0;
  if (offset != 0 && offset != t->request->offset) {
    t->has_wrong_range = 1;
    return 1;
  }
  int64_t total = t->whole >= 0 ? t->whole : length >= 0 ? offset + length : -1;
  const char *validator = t->tag[0] ? t->tag : t->date[0] ? t->date : NULL;
  t->is_ended = t->request->begin(t->request->context, offset, total, validator);
  return t->is_ended;
}

static size_t take(char *bytes, size_t size, size_t count, void *context) {
  transfer *t = context;
  if (begin(t)) return 0;
  t->is_ended = t->request->take(t->request->context, bytes, size * count);
  return t->is_ended ? 0 : size * count;
}

static int look(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
  transfer *t = context;
  t->is_ended = t->request->is_stopping(t->request->context);
  return t->is_ended;
}

static clibcurl_outcome outcome(CURLcode code, long status, const transfer *t) {
  if (t->is_ended) return CLIBCURL_ENDED;
  if (t->has_wrong_range || status == 416) return CLIBCURL_RANGE_REFUSED;
  switch (code) {
  case CURLE_OK: return CLIBCURL_DONE;
  case CURLE_RANGE_ERROR: return CLIBCURL_RANGE_REFUSED;
  case CURLE_PARTIAL_FILE:
  case CURLE_OPERATION_TIMEDOUT:
  case CURLE_COULDNT_CONNECT:
  case CURLE_GOT_NOTHING:
  case CURLE_SEND_ERROR:
  case CURLE_RECV_ERROR:
  case CURLE_HTTP2:
  case CURLE_HTTP2_STREAM: return CLIBCURL_PASSING;
  case CURLE_HTTP_RETURNED_ERROR:
    return status == 408 || status == 429 || status >= 500 ? CLIBCURL_PASSING : CLIBCURL_FAILED;
  default: return CLIBCURL_FAILED;
  }
}

void clibcurl_fetch(const clibcurl_request *request, clibcurl_result *result) {
  memset(result, 0, sizeof *result);
  result->outcome = CLIBCURL_FAILED;
  const char *missing = clibcurl_load();
  CURL *handle = missing ? NULL : easy_init();
  if (!handle) {
    snprintf(result->message, sizeof result->message, "%s", missing ? missing : "libcurl gives no handle");
    return;
  }
  transfer t = {.handle = handle, .request = request, .whole = -1};
  char message[CURL_ERROR_SIZE] = "";
  struct curl_slist *headers = NULL;
  char range[32];
  char line[300];
  easy_setopt(handle, CURLOPT_URL, request->url);
  easy_setopt(handle, CURLOPT_ERRORBUFFER, message);
  easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  easy_setopt(handle, CURLOPT_FAILONERROR, 1L);
  easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 1L);
  easy_setopt(handle, CURLOPT_MAXREDIRS, 10L);
// Their successors came with 7.85, which Ubuntu 22.04 has not.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  easy_setopt(handle, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
  easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#pragma GCC diagnostic pop
  easy_setopt(handle, CURLOPT_NETRC, (long)CURL_NETRC_OPTIONAL);
  easy_setopt(handle, CURLOPT_USERAGENT, request->agent);
  easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, request->connect_seconds);
  easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
  easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, request->stall_seconds);
  easy_setopt(handle, CURLOPT_BUFFERSIZE, 256L << 10);
  easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_header);
  easy_setopt(handle, CURLOPT_HEADERDATA, &t);
  easy_setopt(handle, CURLOPT_WRITEFUNCTION, take);
  easy_setopt(handle, CURLOPT_WRITEDATA, &t);
  easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, look);
  easy_setopt(handle, CURLOPT_XFERINFODATA, &t);
  if (request->offset > 0) {
    // A range instead of libcurl's own way to resume, which takes a server that starts again for an error.
    snprintf(range, sizeof range, "%lld-", (long long)request->offset);
    easy_setopt(handle, CURLOPT_RANGE, range);
    if (request->validator) {
      snprintf(line, sizeof line, "If-Range: %s", request->validator);
      headers = slist_append(NULL, line);
      easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    }
  }
  CURLcode code = easy_perform(handle);
  // A file without a single byte.
  if (code == CURLE_OK && begin(&t)) code = CURLE_WRITE_ERROR;
  easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &result->status);
  result->outcome = outcome(code, result->status, &t);
  if (code != CURLE_OK) snprintf(result->message, sizeof result->message, "%s", *message ? message : easy_strerror(code));
  if (headers) slist_free_all(headers);
  easy_cleanup(handle);
}
