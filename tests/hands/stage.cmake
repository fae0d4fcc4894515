# Builds and runs one file of the lesson that somebody types:
#
#   cmake -D name=scratch -P stage.cmake      tests/hands/mine/scratch.cpp
#   cmake -D name=2_1 -P stage.cmake          a stage of it, from stepN/stages
#
# Where there is no scratch.cpp, it begins one; it overwrites none.
if(name STREQUAL "scratch")
  set(text ${source}/tests/hands/mine/scratch.cpp)
  if(NOT EXISTS ${text})
    file(WRITE ${text}
         "#include \"common/demo/sketch.h\"\n\nint main() {\n}\n")
    message("Type into tests/hands/mine/scratch.cpp; then the same command "
            "again runs it.")
  endif()
else()
  string(REGEX REPLACE "_.*" "" step ${name})
  set(text ${source}/tests/hands/step${step}/stages/stage_${name}.cpp)
  message("To go on from here: cp tests/hands/step${step}/stages/"
          "stage_${name}.cpp tests/hands/mine/scratch.cpp")
endif()
file(MAKE_DIRECTORY ${build}/hands)
set(program ${build}/hands/stage_${name})
separate_arguments(flags UNIX_COMMAND "${flags}")
execute_process(
  COMMAND ${compiler} -std=c++20 -g -O0 -Wall -Wextra ${flags} -I${source}
          ${text} ${library} -pthread -o ${program}
  RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "it doesn't compile yet")
endif()
execute_process(COMMAND ${program} TIMEOUT 20 RESULT_VARIABLE status)
if(NOT status STREQUAL 0)
  message(FATAL_ERROR "it ended badly: ${status}")
endif()
