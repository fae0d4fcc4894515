# Whether the test that a card names fails, when it is linked with the change:
#
#   cmake -D program=FILE -D test=Suite.Name -P card_test.cmake
execute_process(COMMAND ${program} --gtest_filter=${test} TIMEOUT 60
                OUTPUT_VARIABLE output ERROR_VARIABLE output
                RESULT_VARIABLE status)
if(NOT output MATCHES "RUN      . ${test}")
  message(FATAL_ERROR "there is no test ${test}:\n${output}")
endif()
if(status EQUAL 0)
  message(FATAL_ERROR "${test} doesn't notice the change of this card")
endif()
