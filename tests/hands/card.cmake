# A card is a bug to find: a step with one line changed. cards/N.txt says which.
#
#   cmake -D card=N [-D change_only=1] -P card.cmake       (and the paths below)
#
# Copies the step to build/cards/N, changes the line there, builds the program
# and shows how it misbehaves; or, with `change_only`, only changes the line.
set(file ${source}/tests/hands/cards/${card}.txt)
file(STRINGS ${file} lines)
foreach(line IN LISTS lines)
  if(line MATCHES "^(step|file|old|new|memory|arguments|look|test): ?(.*)$")
    set(${CMAKE_MATCH_1} "${CMAKE_MATCH_2}")
  endif()
endforeach()

set(folder ${build}/cards/${card}/${step})
file(REMOVE_RECURSE ${folder})
file(COPY ${source}/${step} DESTINATION ${build}/cards/${card}
     FILES_MATCHING PATTERN "*.h" PATTERN "*.cpp" PATTERN "sketch*" EXCLUDE)
file(READ ${folder}/${file} text)
string(FIND "${text}" "${old}" first)
string(FIND "${text}" "${old}" last REVERSE)
if(first EQUAL -1 OR NOT first EQUAL last)
  message(FATAL_ERROR "card ${card} no longer fits: ${step}/${file} must have "
                      "this line once: ${old}")
endif()
string(REPLACE "${old}" "${new}" text "${text}")
file(WRITE ${folder}/${file} "${text}")
if(change_only)
  return()
endif()

set(sources ${folder}/main.cpp ${folder}/fetch.cpp)
if(EXISTS ${folder}/event_loop.cpp)
  list(APPEND sources ${folder}/event_loop.cpp)
endif()
if(NOT memory STREQUAL "yes")
  set(sanitize "")
endif()
separate_arguments(flags UNIX_COMMAND "${sanitize} ${flags}")
separate_arguments(arguments UNIX_COMMAND "${arguments}")
execute_process(
  COMMAND ${compiler} -std=c++20 -g -O0 -w ${flags} -I${source}
          -DSTEP_NAME="${step}" ${sources} ${library} -pthread
          -o ${folder}/${step}
  RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "card ${card} doesn't compile")
endif()
string(REPLACE ";" " " shown "${arguments}")
message("$ ${step} ${shown}")
execute_process(COMMAND ${folder}/${step} ${arguments} TIMEOUT 20
                RESULT_VARIABLE status)
message("(exit status: ${status})\n\n"
        "One line of ${step} is changed here. ${look}\n"
        "Which line would you suspect? Then turn the card over: "
        "tests/hands/cards/${card}.txt")
