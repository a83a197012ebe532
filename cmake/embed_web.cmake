# quarry_embed_web(<target>): the files of web/ as read-only data of the target, and the table of them
# that server/web_files.h declares.
function(quarry_embed_web target)
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/web/*.*)
  set(assembly "// Made by cmake/embed_web.cmake: the bytes of web/.\n  .section .rodata\n")
  set(declarations "")
  set(rows "")
  set(number 0)
  foreach(file IN LISTS files)
    get_filename_component(name ${file} NAME)
    set(symbol quarry_web_file_${number})
    string(APPEND assembly "  .global ${symbol}_begin\n  .global ${symbol}_end\n"
      "${symbol}_begin:\n  .incbin \"${file}\"\n${symbol}_end:\n  .byte 0\n")
    string(APPEND declarations
      "extern const char ${symbol}_begin[];\nextern const char ${symbol}_end[];\n")
    string(APPEND rows "    {\"${name}\", ${symbol}_begin, ${symbol}_end},\n")
    math(EXPR number "${number} + 1")
  endforeach()
  string(APPEND assembly
    "#if defined(__linux__) && defined(__ELF__)\n  .section .note.GNU-stack, \"\", %progbits\n#endif\n")
  string(CONCAT table "// Made by cmake/embed_web.cmake.\n\n#include \"server/web_files.h\"\n\n"
    "extern \"C\" {\n${declarations}}\n\nnamespace quarry::server {\n\n"
    "std::span<const WebFile> WebFiles() {\n  static const WebFile kFiles[] = {\n${rows}  };\n"
    "  return kFiles;\n}\n\n}  // namespace quarry::server\n")
  set(directory ${CMAKE_BINARY_DIR}/web)
  file(CONFIGURE OUTPUT ${directory}/web_files.S CONTENT "${assembly}" @ONLY)
  file(CONFIGURE OUTPUT ${directory}/web_files.cc CONTENT "${table}" @ONLY)
  target_sources(${target} PRIVATE ${directory}/web_files.S ${directory}/web_files.cc)
  set_source_files_properties(${directory}/web_files.S PROPERTIES OBJECT_DEPENDS "${files}")
endfunction()
