# One answer to an exercise, checked as a reader's would be: the stub, the
# solution, or a wrong answer, whose file says which check catches it.
string(REGEX REPLACE "_.*" "" step ${name})
set(folder ${source}/tests/hands/step${step}/exercises)
set(file ${folder}/${name}_${answer}.txt)
if(answer STREQUAL "stub")  # what stands between the marks as it is
  file(READ ${folder}/${name}.cpp all)
  if(NOT all MATCHES "// --- write from here\n(.*)\n *// --- to here\n")
    message(FATAL_ERROR "${name}.cpp has no hole")
  endif()
  set(file ${build}/hands/${name}_stub.txt)
  file(WRITE ${file} "${CMAKE_MATCH_1}\n")
endif()

# A hole to write in has 20 lines at most; that of the crawler, 40.
file(STRINGS ${file} lines)
list(LENGTH lines length)
if(answer STREQUAL "solution" AND length GREATER 20 AND
   NOT (name STREQUAL "4_6" AND length LESS_EQUAL 40))
  message(FATAL_ERROR "the solution has ${length} lines")
endif()

execute_process(
  COMMAND ${CMAKE_COMMAND} -D "source=${source}" -D "build=${build}"
          -D "compiler=${compiler}" -D "flags=${flags} -Werror"
          -D "library=${library}" -D name=${name} -D hole=${file}
          -P ${source}/tests/hands/exercise.cmake
  OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE status)
if(output MATCHES "doesn't compile")
  message(FATAL_ERROR "it must compile, whatever it does then:\n${output}")
endif()
if(answer STREQUAL "solution")
  if(NOT status EQUAL 0 OR NOT output MATCHES "All checks pass")
    message(FATAL_ERROR "the solution is none:\n${output}")
  endif()
  return()
endif()
if(status EQUAL 0 OR output MATCHES "All checks pass")
  message(FATAL_ERROR "nothing has caught it:\n${output}")
endif()
if(NOT output MATCHES "\n  [A-Za-z][^\n]+[.?]\n")
  message(FATAL_ERROR "no check says in words what is wrong:\n${output}")
endif()
if(NOT answer STREQUAL "stub")
  string(REGEX MATCH "caught by: ([^\n;]+)" found "${lines}")
  string(FIND "${output}" "${CMAKE_MATCH_1}: not yet" refused)
  string(FIND "${output}" "${CMAKE_MATCH_1}: \n  After 5 seconds" hung)
  if(NOT found OR (refused EQUAL -1 AND hung EQUAL -1))
    message(FATAL_ERROR "another check caught it than the one that it "
                        "names:\n${output}")
  endif()
endif()
