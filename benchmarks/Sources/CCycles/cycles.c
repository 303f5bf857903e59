// The header has it all; a target of C takes one source.
#include "CCycles.h"
