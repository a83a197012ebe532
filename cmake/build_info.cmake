# quarry_build_info(<target>): what app/build_info.cc says of the build. The commit is looked up at every build, and
# only that file is compiled anew when it has changed.
if(CMAKE_SCRIPT_MODE_FILE)
  cmake_minimum_required(VERSION 3.25)
  execute_process(COMMAND git -C ${SOURCE} describe --always --dirty --abbrev=12 --exclude=*
    OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  if(failed OR NOT commit)
    set(commit unknown)
  endif()
  file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "#define QUARRY_COMMIT \"@commit@\"\n" @ONLY)
  return()
endif()

function(quarry_build_info target)
  set(header ${CMAKE_BINARY_DIR}/generated/app/commit.h)
  add_custom_target(quarry_commit BYPRODUCTS ${header} COMMENT "" COMMAND ${CMAKE_COMMAND}
    -D SOURCE=${CMAKE_SOURCE_DIR} -D OUTPUT=${header} -P ${CMAKE_SOURCE_DIR}/cmake/build_info.cmake)
  add_dependencies(${target} quarry_commit)
  set(build ${CMAKE_BUILD_TYPE})
  if(QUARRY_SANITIZE)
    string(APPEND build " with ${QUARRY_SANITIZE}")
  endif()
  set(linkage shared)
  if(QUARRY_STATIC)
    set(linkage static)
  endif()
  set(libraries "")
  foreach(pair rocksdb:${rocksdb_VERSION} faiss:${faiss_VERSION} openblas:${openblas_VERSION} icu:${ICU_VERSION}
          openssl:${OPENSSL_VERSION} boost:${Boost_VERSION_STRING} spdlog:${spdlog_VERSION} libzip:${libzip_VERSION}
          pugixml:${pugixml_VERSION} highway:${hwy_VERSION} yaml-cpp:${yaml-cpp_VERSION} zlib:${ZLIB_VERSION_STRING})
    if(NOT pair MATCHES ":$")
      string(REPLACE ":" " " pair ${pair})
      string(APPEND libraries "${comma}${pair}")
      set(comma ",")
    endif()
  endforeach()
  set_source_files_properties(${CMAKE_SOURCE_DIR}/app/build_info.cc PROPERTIES
    INCLUDE_DIRECTORIES ${CMAKE_BINARY_DIR}/generated
    COMPILE_DEFINITIONS "QUARRY_BUILD_TYPE=\"${build}\";QUARRY_LINKAGE=\"${linkage}\";QUARRY_LIBRARIES=\"${libraries}\"")
endfunction()
