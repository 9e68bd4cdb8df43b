// What the module that Swift has of the C library lacks.
#include <malloc.h>
#include <sys/timex.h>
