# quarry_units(<target> [<file>...]): the sources of the target are compiled several at a time, as one unit:
# what they include is read once, which takes a third of the time. Names in the anonymous namespaces of one
# folder are therefore unique. Files named here stay by themselves: those that compile themselves several times
# over for other processors, or whose types hang on what they alone include.
#
# Which unit a file goes to hangs on its name alone, so that a new file changes one unit; those named after a library
# that is long to read (cli_: CLI11) are one of their own. Units include their
# files by paths from the project's root, so that a compiler cache knows them in every checkout (CMake's own
# UNITY_BUILD writes absolute ones).
option(QUARRY_UNITS "Compile several files at a time" ON)

set(QUARRY_FILES_PER_UNIT 8)

function(quarry_units target)
  if(NOT QUARRY_UNITS)
    return()
  endif()
  get_target_property(sources ${target} SOURCES)
  list(FILTER sources INCLUDE REGEX "\\.cc$")
  list(LENGTH sources count)
  # Rounded up to fours of units: the number changes seldom.
  math(EXPR units "(${count} + 4 * ${QUARRY_FILES_PER_UNIT} - 1) / (4 * ${QUARRY_FILES_PER_UNIT}) * 4")
  foreach(source IN LISTS sources)
    get_filename_component(name ${source} NAME)
    if(name IN_LIST ARGN)
      continue()
    endif()
    if(name MATCHES "^(cli_.*|command_line)\\.cc$")
      set(unit cli)
    else()
      string(MD5 hash ${name})
      string(SUBSTRING ${hash} 0 6 hash)
      math(EXPR unit "0x${hash} % ${units}")
    endif()
    list(APPEND used ${unit})
    file(RELATIVE_PATH path ${CMAKE_SOURCE_DIR} ${source})
    string(APPEND unit_${unit} "#include \"${path}\"\n")
    set_property(SOURCE ${source} PROPERTY HEADER_FILE_ONLY ON)
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
