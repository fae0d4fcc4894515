// A name server for tests: getaddrinfo(3), which the linker's --wrap hands over
// to us, answers names that end in ".test" from a script and every other name
// as usual.
//
// A name without a script does not resolve, but for "silent.test", which never
// answers.
#pragma once

#include <string>
#include <vector>

// From now on `name` has these numeric addresses.
void answer_name(const std::string& name,
                 const std::vector<std::string>& addresses);

// From now on `name` fails with a code of gai_strerror(3).
void fail_name(const std::string& name, int code);

// From now on whoever asks for `name` waits until it has another script.
void silence_name(const std::string& name);

// How often `name` has been asked for.
int lookups_of(const std::string& name);
