// Not in the module that Swift has of the C library.
#include <sys/timex.h>
