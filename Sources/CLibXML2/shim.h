/* libxml2's headers pull ICU's in, which Foundation has in another version: a program cannot see both. Nothing
   that is used here depends on it. */
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>
#include <libxml/xmlsave.h>
#include <libxml/relaxng.h>

/* xmlFree is a variable that holds a function, which Swift cannot see as safe to read from many threads. */
static inline void virtspec_xml_free(void *memory) { xmlFree(memory); }
