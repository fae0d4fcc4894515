// Which program the tests of the command line run. All that differs from step
// to step is here, so that the tests themselves are compiled once.
#pragma once

extern const char* const kStepName;

// The path of the step's program.
extern const char* const kProgram;

// The same program, but names that end in ".test" are scripted
// (tests/support/scripted_names.h).
extern const char* const kScriptedProgram;
