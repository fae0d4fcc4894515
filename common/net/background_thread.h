// A thread that signals stay away from.
#pragma once

#include <functional>
#include <thread>

// Starts `body` in a thread to which no signal is delivered: Ctrl-C is for the
// fetching thread, whose system calls it is to interrupt. Throws
// std::system_error.
std::thread background_thread(std::function<void()> body);
