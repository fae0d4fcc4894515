# A stage compiles without a warning, prints what it should, and is at most 20
# lines to type away from the text before it; and so is the text after it.
if(name MATCHES "^[0-9]_[0-9]$")
  execute_process(
    COMMAND ${CMAKE_COMMAND} -D "source=${source}" -D "build=${build}"
            -D "compiler=${compiler}" -D "flags=${flags} -Werror"
            -D "library=${library}" -D name=${name}
            -P ${source}/tests/hands/stage.cmake
    OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${output}")
  endif()
  foreach(wanted IN LISTS prints)
    string(FIND "${output}" "${wanted}" found)
    if(found EQUAL -1)
      message(FATAL_ERROR "it should print '${wanted}':\n${output}")
    endif()
  endforeach()
endif()
execute_process(COMMAND diff -w ${before} ${text} OUTPUT_VARIABLE changes)
string(REGEX MATCHALL "\n>" added "\n${changes}")
list(LENGTH added lines)
if(lines GREATER 20 OR lines EQUAL 0)
  message(FATAL_ERROR "${lines} lines are to be typed from ${before} to ${text}")
endif()
