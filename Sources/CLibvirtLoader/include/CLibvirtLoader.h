// Loads libvirt when it is first needed instead of when the process starts: the loader takes 7 ms for libvirt's sixty
// libraries, in which another thread reads the manifests. Commands that talk to no host do without.
#pragma once

// Loads libvirt. Gives NULL, or why it cannot be loaded. The first call takes long, and every other waits for it.
const char *libvirt_load(void);

// The function that this thread's last call has missed in an older libvirt, once; NULL where it was there.
const char *libvirt_missing_function(void);
