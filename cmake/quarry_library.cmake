# quarry_library(<folder> PUBLIC <libs> PRIVATE <libs> ALONE <files>): the static library quarry_<folder> made of
# every .cc in that folder except main.cc; those named ALONE are compiled by themselves (quarry_units.cmake). Includes are written from the project root.
add_library(quarry_warnings INTERFACE)
target_compile_options(quarry_warnings INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Wno-missing-field-initializers -Werror)
# It warns of what is initialized where a sanitizer's calls stand in between; without them it does not.
if(QUARRY_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  target_compile_options(quarry_warnings INTERFACE -Wno-maybe-uninitialized)
endif()

# UndefinedBehaviorSanitizer watches the folders that read foreign bytes and calculate; of the others it would find what
# AddressSanitizer or a test finds, and takes a fifth of their compiling (the preset fuzz watches all, with every check).
# The checks left out take as long to compile as all the code and find what shows otherwise: a null pointer and one beyond
# an object stop the program when they are used, nothing here is called through a wrong type, and where the index takes
# bytes for numbers, it asserts that they lie well (index/aligned.h).
if(QUARRY_SANITIZE MATCHES undefined AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  set(QUARRY_CHEAPER_CHECKS -fno-sanitize=null,alignment,object-size,pointer-overflow,vptr)
  foreach(folder retrieval generation eval server app)
    set(QUARRY_CHEAPER_CHECKS_${folder} -fno-sanitize=undefined)
  endforeach()
endif()

# Under the sanitizers these folders take less time to run as they are than they would take to optimise; addresses are
# checked by calls there.
set(QUARRY_PLAIN_FOLDERS server app)

function(quarry_library folder)
  cmake_parse_arguments(ARG "" "" "PUBLIC;PRIVATE;ALONE" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cc)
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
  add_library(quarry_${folder} STATIC ${sources})
  quarry_units(quarry_${folder} ${ARG_ALONE})
  if(DEFINED QUARRY_CHEAPER_CHECKS_${folder})
    target_compile_options(quarry_${folder} PRIVATE ${QUARRY_CHEAPER_CHECKS_${folder}})
  else()
    target_compile_options(quarry_${folder} PRIVATE ${QUARRY_CHEAPER_CHECKS})
  endif()
  if(CMAKE_BUILD_TYPE STREQUAL Debug AND folder IN_LIST QUARRY_PLAIN_FOLDERS)
    target_compile_options(quarry_${folder} PRIVATE -O0)
    if(QUARRY_SANITIZE MATCHES address AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
      target_compile_options(quarry_${folder} PRIVATE --param asan-instrumentation-with-call-threshold=0)
    endif()
  endif()
  target_include_directories(quarry_${folder} PUBLIC ${CMAKE_SOURCE_DIR})
  # Third-party headers warn; theirs are silenced as SYSTEM by the imported targets.
  target_link_libraries(quarry_${folder} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE} quarry_warnings)
endfunction()
