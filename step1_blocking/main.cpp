// The program of this step: the command line is common, the waiting is ours.
#include "common/http/jobs.h"
#include "common/program/program.h"

int main(int argc, char** argv) {
  return run_program(STEP_NAME, fetch_all, argc, argv);
}
