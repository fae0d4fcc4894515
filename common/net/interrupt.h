// Ctrl-C, SIGTERM and SIGHUP as one more thing to wait for.
#pragma once

#include <exception>

#include "common/net/descriptor.h"

// Readable from the first signal on. Each step waits for it beside its sockets.
const Descriptor& interrupt_descriptor();

// The signal that came (SIGINT, SIGTERM or SIGHUP), or 0.
int interrupted_by();

// From now on the first of these signals is noted as above instead of ending
// the process. A second one ends it at once, as it would have without us. One
// that is ignored stays ignored: SIGHUP under nohup(1), SIGINT in the
// background.
void catch_interrupts();

// What step 1's wait throws once a signal has come. It is no FetchError: it
// ends the run, not one fetch.
class Interrupted : public std::exception {};
