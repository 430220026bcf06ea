# One target per folder: tanhui_library(NAME SOURCES ... USES ... LINKS ...). USES names folders
# of ours whose headers appear in this folder's headers; LINKS stay private to its sources, so a
# library's types stop where the design says they stop.
add_library(tanhui_flags INTERFACE)
# -Wno-restrict, -Wno-array-bounds: g++ 12 sees overlaps and writes past the end in std::string's
# own operator+ that are not there (GCC bugs 105329 and 105651).
target_compile_options(tanhui_flags INTERFACE -Wall -Wextra -Werror -Wshadow -Wconversion
  -Wno-sign-conversion -Wno-restrict -Wno-array-bounds -Wnon-virtual-dtor -Wold-style-cast)
target_include_directories(tanhui_flags INTERFACE ${CMAKE_SOURCE_DIR})
if(TANHUI_SANITIZE)
  add_compile_options(-fsanitize=${TANHUI_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${TANHUI_SANITIZE})
  # Instrumented, g++ 12 no longer sees that absl's inlined vectors know which of their two storages
  # they use.
  target_compile_options(tanhui_flags INTERFACE -Wno-maybe-uninitialized)
endif()

# Entries are made on one thread and let go of on another, for which glibc's malloc takes a fifth of
# the time of an award. Sanitizers have their own.
add_library(tanhui_allocator INTERFACE)
if(NOT TANHUI_SANITIZE)
  target_link_libraries(tanhui_allocator INTERFACE jemalloc)
endif()

# Half the time of a build goes into parsing the headers of gRPC, protobuf and GoogleTest again for
# each source. tanhui_precompile(TARGET HEADERS...) parses them once for a target, and
# tanhui_precompiled_by(OWNER TARGETS...) lets others of the same flags use them. The sanitizer
# presets do without, so that a source that forgot an include is found there.
option(TANHUI_PRECOMPILE "Parse heavy headers once" ON)
# CMake would mark them all as system headers, and ours among them would get no warnings.
set(CMAKE_PCH_PROLOGUE "")
function(tanhui_precompile target)
  if(TANHUI_PRECOMPILE AND NOT TANHUI_SANITIZE)
    list(TRANSFORM ARGN REPLACE "^[^<].*" "${CMAKE_SOURCE_DIR}/\\0")
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
endfunction()
function(tanhui_precompiled_by owner)
  if(TANHUI_PRECOMPILE AND NOT TANHUI_SANITIZE)
    foreach(target IN LISTS ARGN)
      target_precompile_headers(${target} REUSE_FROM ${owner})
    endforeach()
  endif()
endfunction()

function(tanhui_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;USES;LINKS" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  target_link_libraries(${name} PUBLIC ${arg_USES} PRIVATE tanhui_flags ${arg_LINKS})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
endfunction()

function(tanhui_program name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE tanhui_flags tanhui_allocator ${arg_LINKS})
endfunction()

# A GoogleTest program, one CTest entry per program (labels group them for tests/run REGEX).
function(tanhui_test name)
  cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;LINKS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE tanhui_flags GTest::gtest GTest::gmock GTest::gtest_main
    ${arg_LINKS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT}
    ENVIRONMENT "TANHUI_BIN_DIR=${CMAKE_BINARY_DIR}/bin;TANHUI_SOURCE_DIR=${CMAKE_SOURCE_DIR}")
endfunction()

function(tanhui_benchmark name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE tanhui_flags tanhui_allocator benchmark::benchmark
    ${arg_LINKS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bench)
endfunction()
