# quarry_units(<target> [<file>...]): the sources of the target are compiled several at a time, as one unit:
# what they include is read once, which takes a third of the time. Names in the anonymous namespaces of one
# folder are therefore unique. Files named here stay by themselves: those that compile themselves several times
# over for other processors, or whose types hang on what they alone include.
#
# Which unit a file goes to hangs on its name alone, so that a new file changes one unit, all but once in eight. Those that take a library of
# many templates, each of which is compiled anew in every unit that uses it (6 s of nlohmann's JSON), share units of their
# own. Units include their files by paths from the project's root, so that a compiler cache knows them in every checkout
# (CMake's own UNITY_BUILD writes absolute ones).
option(QUARRY_UNITS "Compile several files at a time" ON)

# Sixteen take up to a quarter less time than eight where all is compiled, and longer where one file has changed.
set(QUARRY_FILES_PER_UNIT 8 CACHE STRING "How many files of a folder are compiled at a time")

set(QUARRY_INCLUDES_cli "app/cli_(groups|tree)\\.h")
string(CONCAT QUARRY_INCLUDES_json "<nlohmann/|app/json_line\\.h|/json_fields\\.h|model/(tokenizer|upstream)_json\\.h"
  "|(server|openapi|command)_testing\\.h|scripted_models\\.h|chat_upstream\\.h")

function(quarry_units target)
  if(NOT QUARRY_UNITS)
    return()
  endif()
  get_target_property(sources ${target} SOURCES)
  list(FILTER sources INCLUDE REGEX "\\.cc$")
  foreach(source IN LISTS sources)
    get_filename_component(name ${source} NAME)
    if(name IN_LIST ARGN)
      continue()
    endif()
    file(STRINGS ${source} includes REGEX "^#include")
    set(group plain)
    foreach(library cli json)
      if(group STREQUAL plain AND "${includes}" MATCHES "${QUARRY_INCLUDES_${library}}")
        set(group ${library})
      endif()
    endforeach()
    list(APPEND group_${group} ${source})
  endforeach()
  set(few 2)  # are no group
  foreach(group cli json)
    list(LENGTH group_${group} count)
    if(count LESS_EQUAL few)
      list(APPEND group_plain ${group_${group}})
      unset(group_${group})
    endif()
  endforeach()
  foreach(group plain cli json)
    list(LENGTH group_${group} count)
    math(EXPR units "(${count} + ${QUARRY_FILES_PER_UNIT} / 2) / ${QUARRY_FILES_PER_UNIT}")
    if(units EQUAL 0)
      set(units 1)
    endif()
    foreach(source IN LISTS group_${group})
      get_filename_component(name ${source} NAME)
      string(MD5 hash ${name})
      string(SUBSTRING ${hash} 0 6 hash)
      math(EXPR number "0x${hash} % ${units}")
      set(unit ${group}_${number})
      list(APPEND used ${unit})
      file(RELATIVE_PATH path ${CMAKE_SOURCE_DIR} ${source})
      string(APPEND unit_${unit} "#include \"${path}\"\n")
      set_property(SOURCE ${source} PROPERTY HEADER_FILE_ONLY ON)
    endforeach()
  endforeach()
  list(REMOVE_DUPLICATES used)
  foreach(unit IN LISTS used)
    set(file ${CMAKE_CURRENT_BINARY_DIR}/units/${target}_${unit}.cc)
    file(CONFIGURE OUTPUT ${file} CONTENT "${unit_${unit}}" @ONLY)
    target_sources(${target} PRIVATE ${file})
  endforeach()
  target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR})
  # A file of a unit looks like a header to the compiler, which warns of types that only it can see.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endfunction()
