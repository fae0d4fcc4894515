# Builds one exercise and runs its checks:
#
#   cmake -D name=4_2 [-D hole=FILE] -P exercise.cmake     (and the paths below)
#
# Compiles tests/hands/mine/4_2.cpp, where the reader writes; copies it there if
# it isn't there yet, and never overwrites it. With `hole`, as in the tests, the
# lines of that FILE take the place of those between the two marks.
string(REGEX REPLACE "_.*" "" step ${name})
set(original ${source}/tests/hands/step${step}/exercises/${name}.cpp)
if(hole)
  get_filename_component(answer ${hole} NAME_WE)
  set(text ${build}/hands/${answer}.cpp)
  file(READ ${original} all)
  file(READ ${hole} lines)
  string(FIND "${all}" "// --- write from here\n" begin)
  string(FIND "${all}" "  // --- to here\n" end)
  if(end EQUAL -1)
    string(FIND "${all}" "// --- to here\n" end)
  endif()
  if(begin EQUAL -1 OR end LESS begin)
    message(FATAL_ERROR "${original} has no hole")
  endif()
  math(EXPR begin "${begin} + 23")
  string(SUBSTRING "${all}" 0 ${begin} before)
  string(SUBSTRING "${all}" ${end} -1 after)
  file(WRITE ${text} "${before}${lines}${after}")
else()
  set(text ${source}/tests/hands/mine/${name}.cpp)
  if(NOT EXISTS ${text})
    file(COPY ${original} DESTINATION ${source}/tests/hands/mine)
    message("Write into tests/hands/mine/${name}.cpp; then the same command "
            "again checks it.")
  endif()
endif()

file(MAKE_DIRECTORY ${build}/hands)
get_filename_component(program ${text} NAME_WE)
set(program ${build}/hands/${program})
separate_arguments(flags UNIX_COMMAND "${flags}")
set(sources ${text})
file(READ ${text} includes)
if(includes MATCHES "#include \"tests/hands/site.h\"")  # which waits for sockets
  list(APPEND sources ${source}/step4_coroutines/event_loop.cpp)
endif()
execute_process(
  COMMAND ${compiler} -std=c++20 -g -O0 -Wall -Wextra ${flags} -I${source}
          ${sources} ${library} -pthread -o ${program}
  RESULT_VARIABLE failed)
if(failed)
  message("\nIs it the error that is quoted at the top of ${name}.cpp? There it "
          "says what that means.")
  message(FATAL_ERROR "it doesn't compile yet")
endif()
# A lambda that refers to a local of a function that has returned is found so,
# and a crash isn't taken for a check that fails, whose status is 1.
set(ENV{ASAN_OPTIONS} detect_stack_use_after_return=1:exitcode=99)
execute_process(COMMAND ${program} RESULT_VARIABLE status)
if(NOT status STREQUAL 0)
  if(NOT status STREQUAL 1)
    message("\nIt crashed in the check that is named above (status: ${status}). "
            "Mostly something is used, or a coroutine resumed, that has ended or "
            "is gone. If it was a stack overflow: each resumes the next, and "
            "none of them returns.")
  endif()
  message("\nA hint: cmake --build build --target hint_${name}")
  message(FATAL_ERROR "not yet: see the last check above")
endif()
set(folder tests/hands/step${step}/exercises)
file(READ ${source}/${folder}/${name}_answer.txt answer)
message("\nThe answer to its question: ${answer}A solution: ${folder}/${name}_solution.txt")
