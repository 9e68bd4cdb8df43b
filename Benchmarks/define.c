// The floor of an apply: a loop that defines small guests, and nothing else.
//
//   define URI COUNT CALLS-IN-FLIGHT FOLDER [undefine]
//
// The guests are those of `Benchmarks/run`: bench-0000 and so on, each with a disk in FOLDER and an interface on
// the network `bench`. Prints the milliseconds that the defining took; with `undefine`, takes them away again
// after that, which is not measured.
//
//   gcc -O2 -Wall -Wextra -pthread define.c $(pkg-config --cflags --libs libvirt) -o define

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAXIMUM_CALLS_IN_FLIGHT 64

static const char form[] =
    "<domain type='qemu'><name>bench-%04ld</name><memory unit='KiB'>131072</memory><vcpu>1</vcpu>"
    "<os><type machine='q35'>hvm</type></os><features><acpi/><apic/></features><devices>"
    "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='%s/bench-%04ld.img'/>"
    "<target dev='vda' bus='virtio'/></disk>"
    "<interface type='network'><source network='bench'/><model type='virtio'/></interface>"
    "<serial type='pty'/></devices></domain>";

static virConnectPtr connection;
static long count;
static const char *folder;
static atomic_long next_guest;

static void fail(const char *call) {
    fprintf(stderr, "define: %s: %s\n", call, virGetLastErrorMessage());
    exit(1);
}

static void *define_guests(void *unused) {
    long number;
    while ((number = atomic_fetch_add(&next_guest, 1)) < count) {
        char xml[8192];
        int length = snprintf(xml, sizeof(xml), form, number, folder, number);
        if (length < 0 || (size_t)length >= sizeof(xml)) {
            fprintf(stderr, "define: the folder's name is too long\n");
            exit(1);
        }
        // One check against libvirt's schema is enough for documents of one structure, and takes five times as
        // long as the definition itself.
        virDomainPtr domain = virDomainDefineXMLFlags(connection, xml, number == 0 ? VIR_DOMAIN_DEFINE_VALIDATE : 0);
        if (!domain) fail("virDomainDefineXMLFlags");
        virDomainFree(domain);
    }
    return unused;
}

static void undefine_guests(void) {
    for (long number = 0; number < count; number++) {
        char name[32];
        snprintf(name, sizeof(name), "bench-%04ld", number);
        virDomainPtr domain = virDomainLookupByName(connection, name);
        if (!domain) fail("virDomainLookupByName");
        if (virDomainUndefine(domain) < 0) fail("virDomainUndefine");
        virDomainFree(domain);
    }
}

static double milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

int main(int argument_count, char **arguments) {
    pthread_t threads[MAXIMUM_CALLS_IN_FLIGHT];
    long calls_in_flight = argument_count > 3 ? strtol(arguments[3], NULL, 10) : 0;
    if (argument_count < 5 || calls_in_flight < 1 || calls_in_flight > MAXIMUM_CALLS_IN_FLIGHT) {
        fprintf(stderr, "usage: define URI COUNT CALLS-IN-FLIGHT FOLDER [undefine]\n");
        return 2;
    }
    count = strtol(arguments[2], NULL, 10);
    folder = arguments[4];
    double start = milliseconds();
    connection = virConnectOpen(arguments[1]);
    if (!connection) fail("virConnectOpen");
    for (long index = 1; index < calls_in_flight; index++) {
        if (pthread_create(&threads[index], NULL, define_guests, NULL) != 0) {
            fprintf(stderr, "define: no more threads\n");
            return 1;
        }
    }
    define_guests(NULL);
    for (long index = 1; index < calls_in_flight; index++) pthread_join(threads[index], NULL);
    printf("%.2f\n", milliseconds() - start);
    if (argument_count > 5 && strcmp(arguments[5], "undefine") == 0) undefine_guests();
    virConnectClose(connection);
    return 0;
}
