// What the Manifest module needs of libyaml (Debian: libyaml-dev, pkg-config: yaml-0.1).
#ifndef VIRTSPEC_CLIBYAML_SHIM_H
#define VIRTSPEC_CLIBYAML_SHIM_H

#include <yaml.h>

#endif
