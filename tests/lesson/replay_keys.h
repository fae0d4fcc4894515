// Part of the test of the replay: real keys alone reach everything on the page,
// and it asks nothing of the network.
#pragma once

#include <string>

void expect_keys_reach_everything(const std::string& url);
