// The floor of a plan: what no planner can be faster than.
//
// It reads from a libvirt daemon what a plan without changes needs, and does nothing with it. Its time is the
// price of the reading alone, so `Benchmarks/run` sets `virtspec plan` beside it.
//
//   floor URI [CALLS-IN-FLIGHT] [--repeat N]
//
// One call in flight makes the calls one after another; more make them from as many threads on one connection.
// Prints a line for each reading: milliseconds from opening the connection to closing it, bytes of XML, calls.
//
//   gcc -O2 -Wall -Wextra -pthread floor.c $(pkg-config --cflags --libs libvirt) -o floor

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAXIMUM_CALLS_IN_FLIGHT 64

struct reading;

// A piece of work: a list, or the XML of one object. It owns its handle.
struct task {
    void (*run)(struct reading *, struct task *);
    void *handle;
    bool is_active;
};

// One reading. Lists add tasks for what they bring, so the queue grows while the threads empty it.
struct reading {
    virConnectPtr connection;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    struct task *tasks;
    size_t count, capacity, next, running;
    size_t bytes, calls;
};

static void *allocate(void *old, size_t size) {
    void *memory = realloc(old, size);
    if (!memory) {
        perror("floor");
        exit(1);
    }
    return memory;
}

// A reading that is not complete is no floor: the first error ends the program.
static void fail(const char *call) {
    fprintf(stderr, "floor: %s: %s\n", call, virGetLastErrorMessage());
    exit(1);
}

static void add(struct reading *reading, struct task task) {
    pthread_mutex_lock(&reading->mutex);
    if (reading->count == reading->capacity) {
        reading->capacity = reading->capacity ? reading->capacity * 2 : 64;
        reading->tasks = allocate(reading->tasks, reading->capacity * sizeof(struct task));
    }
    reading->tasks[reading->count++] = task;
    pthread_cond_signal(&reading->changed);
    pthread_mutex_unlock(&reading->mutex);
}

static void count_calls(struct reading *reading, size_t calls, size_t bytes) {
    pthread_mutex_lock(&reading->mutex);
    reading->calls += calls;
    reading->bytes += bytes;
    pthread_mutex_unlock(&reading->mutex);
}

// Counts an object's XML and frees it. An object may be gone since it was listed; other failures count.
static void take(struct reading *reading, const char *call, char *xml) {
    if (!xml) {
        int code = virGetLastErrorCode();
        if (code != VIR_ERR_NO_DOMAIN && code != VIR_ERR_NO_NETWORK && code != VIR_ERR_NO_STORAGE_POOL &&
            code != VIR_ERR_NO_STORAGE_VOL)
            fail(call);
    }
    count_calls(reading, 1, xml ? strlen(xml) : 0);
    free(xml);
}

static void read_guest(struct reading *reading, struct task *task) {
    take(reading, "virDomainGetXMLDesc", virDomainGetXMLDesc(task->handle, VIR_DOMAIN_XML_INACTIVE));
    if (task->is_active) take(reading, "virDomainGetXMLDesc", virDomainGetXMLDesc(task->handle, 0));
    virDomainFree(task->handle);
}

// One call brings all domains together with their states.
static void list_guests(struct reading *reading, struct task *task) {
    virDomainStatsRecordPtr *records = NULL;
    int count = virConnectGetAllDomainStats(reading->connection, VIR_DOMAIN_STATS_STATE, &records,
                                            VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT);
    (void)task;
    if (count < 0) fail("virConnectGetAllDomainStats");
    count_calls(reading, 1, 0);
    for (int index = 0; index < count; index++) {
        int state = VIR_DOMAIN_NOSTATE;
        virTypedParamsGetInt(records[index]->params, records[index]->nparams, "state.state", &state);
        // The list frees its own reference.
        virDomainRef(records[index]->dom);
        add(reading, (struct task){read_guest, records[index]->dom,
                                   state != VIR_DOMAIN_SHUTOFF && state != VIR_DOMAIN_CRASHED});
    }
    virDomainStatsRecordListFree(records);
}

// What a filtered list tells of all domains, instead of one call each. The few transient ones stand for the
// persistent ones, which are all the others.
static void list_some_guests(struct reading *reading, const unsigned int *filters, size_t count_of_filters) {
    for (size_t filter = 0; filter < count_of_filters; filter++) {
        virDomainPtr *domains = NULL;
        int count = virConnectListAllDomains(reading->connection, &domains, filters[filter]);
        if (count < 0) fail("virConnectListAllDomains");
        for (int index = 0; index < count; index++) virDomainFree(domains[index]);
        free(domains);
        count_calls(reading, 1, 0);
    }
}

static void list_guest_flags(struct reading *reading, struct task *task) {
    static const unsigned int filters[] = {VIR_CONNECT_LIST_DOMAINS_AUTOSTART, VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE,
                                           VIR_CONNECT_LIST_DOMAINS_TRANSIENT};
    (void)task;
    list_some_guests(reading, filters, sizeof(filters) / sizeof(filters[0]));
}

// Guests with snapshots or checkpoints are neither removed nor renamed.
static void list_guests_with_snapshots(struct reading *reading, struct task *task) {
    static const unsigned int filters[] = {VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT,
                                           VIR_CONNECT_LIST_DOMAINS_HAS_CHECKPOINT};
    (void)task;
    list_some_guests(reading, filters, sizeof(filters) / sizeof(filters[0]));
}

static void read_network(struct reading *reading, struct task *task) {
    take(reading, "virNetworkGetXMLDesc", virNetworkGetXMLDesc(task->handle, VIR_NETWORK_XML_INACTIVE));
    if (task->is_active) take(reading, "virNetworkGetXMLDesc", virNetworkGetXMLDesc(task->handle, 0));
    virNetworkFree(task->handle);
}

static int list_some_networks(struct reading *reading, unsigned int filter, virNetworkPtr **networks) {
    int count = virConnectListAllNetworks(reading->connection, networks, filter);
    if (count < 0) fail("virConnectListAllNetworks");
    count_calls(reading, 1, 0);
    return count;
}

// Active and inactive ones apart, so that no call for each is needed.
static void list_networks(struct reading *reading, struct task *task) {
    virNetworkPtr *networks = NULL;
    (void)task;
    for (int is_active = 0; is_active < 2; is_active++) {
        unsigned int filter = is_active ? VIR_CONNECT_LIST_NETWORKS_ACTIVE : VIR_CONNECT_LIST_NETWORKS_INACTIVE;
        int count = list_some_networks(reading, filter, &networks);
        for (int index = 0; index < count; index++)
            add(reading, (struct task){read_network, networks[index], is_active});
        free(networks);
    }
    static const unsigned int filters[] = {VIR_CONNECT_LIST_NETWORKS_AUTOSTART, VIR_CONNECT_LIST_NETWORKS_TRANSIENT};
    for (size_t filter = 0; filter < sizeof(filters) / sizeof(filters[0]); filter++) {
        int count = list_some_networks(reading, filters[filter], &networks);
        for (int index = 0; index < count; index++) virNetworkFree(networks[index]);
        free(networks);
    }
}

static void read_volume(struct reading *reading, struct task *task) {
    take(reading, "virStorageVolGetXMLDesc", virStorageVolGetXMLDesc(task->handle, 0));
    virStorageVolFree(task->handle);
}

static void read_pool(struct reading *reading, struct task *task) {
    take(reading, "virStoragePoolGetXMLDesc", virStoragePoolGetXMLDesc(task->handle, VIR_STORAGE_XML_INACTIVE));
    // Only an active pool tells its volumes.
    if (task->is_active) {
        virStorageVolPtr *volumes = NULL;
        int count = virStoragePoolListAllVolumes(task->handle, &volumes, 0);
        if (count < 0) fail("virStoragePoolListAllVolumes");
        count_calls(reading, 1, 0);
        for (int index = 0; index < count; index++) add(reading, (struct task){read_volume, volumes[index], true});
        free(volumes);
    }
    virStoragePoolFree(task->handle);
}

static int list_some_pools(struct reading *reading, unsigned int filter, virStoragePoolPtr **pools) {
    int count = virConnectListAllStoragePools(reading->connection, pools, filter);
    if (count < 0) fail("virConnectListAllStoragePools");
    count_calls(reading, 1, 0);
    return count;
}

static void list_pools(struct reading *reading, struct task *task) {
    virStoragePoolPtr *pools = NULL;
    (void)task;
    for (int is_active = 0; is_active < 2; is_active++) {
        unsigned int filter =
            is_active ? VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE : VIR_CONNECT_LIST_STORAGE_POOLS_INACTIVE;
        int count = list_some_pools(reading, filter, &pools);
        for (int index = 0; index < count; index++) add(reading, (struct task){read_pool, pools[index], is_active});
        free(pools);
    }
    static const unsigned int filters[] = {VIR_CONNECT_LIST_STORAGE_POOLS_AUTOSTART,
                                           VIR_CONNECT_LIST_STORAGE_POOLS_TRANSIENT};
    for (size_t filter = 0; filter < sizeof(filters) / sizeof(filters[0]); filter++) {
        int count = list_some_pools(reading, filters[filter], &pools);
        for (int index = 0; index < count; index++) virStoragePoolFree(pools[index]);
        free(pools);
    }
}

// A thread ends when the queue is empty and no running task can add to it.
static void *work(void *argument) {
    struct reading *reading = argument;
    pthread_mutex_lock(&reading->mutex);
    while (true) {
        if (reading->next < reading->count) {
            struct task task = reading->tasks[reading->next++];
            reading->running++;
            pthread_mutex_unlock(&reading->mutex);
            task.run(reading, &task);
            pthread_mutex_lock(&reading->mutex);
            reading->running--;
        } else if (reading->running == 0) {
            pthread_cond_broadcast(&reading->changed);
            pthread_mutex_unlock(&reading->mutex);
            return NULL;
        } else {
            pthread_cond_wait(&reading->changed, &reading->mutex);
        }
    }
}

static double milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static void read_everything(const char *uri, size_t calls_in_flight) {
    struct reading reading = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    pthread_t threads[MAXIMUM_CALLS_IN_FLIGHT];
    double start = milliseconds();
    reading.connection = virConnectOpen(uri);
    if (!reading.connection) fail("virConnectOpen");
    // The guests first: theirs is the longest reading.
    add(&reading, (struct task){list_guests, NULL, false});
    add(&reading, (struct task){list_guest_flags, NULL, false});
    add(&reading, (struct task){list_guests_with_snapshots, NULL, false});
    add(&reading, (struct task){list_networks, NULL, false});
    add(&reading, (struct task){list_pools, NULL, false});
    for (size_t index = 1; index < calls_in_flight; index++) {
        if (pthread_create(&threads[index], NULL, work, &reading) != 0) {
            fprintf(stderr, "floor: no more threads\n");
            exit(1);
        }
    }
    work(&reading);
    for (size_t index = 1; index < calls_in_flight; index++) pthread_join(threads[index], NULL);
    virConnectClose(reading.connection);
    printf("%.2f ms %zu bytes %zu calls\n", milliseconds() - start, reading.bytes, reading.calls);
    free(reading.tasks);
    pthread_cond_destroy(&reading.changed);
    pthread_mutex_destroy(&reading.mutex);
}

static int usage(FILE *stream, int status) {
    fprintf(stream, "usage: floor URI [CALLS-IN-FLIGHT] [--repeat N]\n");
    return status;
}

int main(int count, char **arguments) {
    const char *uri = NULL;
    long calls_in_flight = 1, repeat = 1;
    for (int index = 1; index < count; index++) {
        if (strcmp(arguments[index], "--help") == 0) return usage(stdout, 0);
        if (strcmp(arguments[index], "--repeat") == 0 && index + 1 < count)
            repeat = strtol(arguments[++index], NULL, 10);
        else if (!uri)
            uri = arguments[index];
        else
            calls_in_flight = strtol(arguments[index], NULL, 10);
    }
    if (!uri || calls_in_flight < 1 || calls_in_flight > MAXIMUM_CALLS_IN_FLIGHT || repeat < 1)
        return usage(stderr, 2);
    for (long index = 0; index < repeat; index++) read_everything(uri, calls_in_flight);
    return 0;
}
