#include "tests/program/target.h"

const char* const kStepName = STEP_NAME;
const char* const kProgram = PROGRAM;
const char* const kScriptedProgram = SCRIPTED_PROGRAM;
