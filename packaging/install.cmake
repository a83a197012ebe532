# What is installed, and the Debian package of it: `cpack --config build/release/CPackConfig.cmake -G DEB`.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)  # the program and help_files are all that is needed
set(QUARRY_HELP ${CMAKE_BINARY_DIR}/help)
# The manual page and the completions, by the program that was built.
add_custom_command(OUTPUT ${QUARRY_HELP}/quarry.1.gz DEPENDS quarry
  COMMAND ${CMAKE_COMMAND} -E make_directory ${QUARRY_HELP}
  COMMAND sh -c "cd '${QUARRY_HELP}' && for shell in bash zsh fish; do '$<TARGET_FILE:quarry>' completion $shell > quarry.$shell || exit 1; done && '$<TARGET_FILE:quarry>' man > quarry.1 && gzip -9nf quarry.1"
  VERBATIM)
add_custom_target(help_files DEPENDS ${QUARRY_HELP}/quarry.1.gz)

install(TARGETS quarry RUNTIME DESTINATION bin)
install(FILES ${QUARRY_HELP}/quarry.1.gz DESTINATION share/man/man1)
install(FILES ${QUARRY_HELP}/quarry.bash DESTINATION share/bash-completion/completions RENAME quarry)
install(FILES ${QUARRY_HELP}/quarry.zsh DESTINATION share/zsh/vendor-completions RENAME _quarry)
install(FILES ${QUARRY_HELP}/quarry.fish DESTINATION share/fish/vendor_completions.d)
install(FILES LICENSE DESTINATION share/doc/quarry RENAME copyright)
install(FILES model/data/NOTICE.md DESTINATION share/doc/quarry RENAME NOTICE.data.md)
# docs/index.md is the page to begin at: the links of README.md are those of the repository.
install(FILES CHANGELOG.md DESTINATION share/doc/quarry)
install(DIRECTORY docs/ DESTINATION share/doc/quarry/docs PATTERN pictures EXCLUDE PATTERN plots EXCLUDE)
install(FILES packaging/quarry.service DESTINATION /usr/lib/systemd/system COMPONENT service)
install(FILES packaging/quarry.yaml DESTINATION /etc/quarry COMPONENT service)

set(CPACK_PACKAGE_NAME quarry)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "The Quarry maintainers <quarry@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "search and cited answers from your documents")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, ca-certificates")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "poppler-utils")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_SOURCE_DIR}/packaging/debian/postinst
  ${CMAKE_SOURCE_DIR}/packaging/debian/prerm ${CMAKE_SOURCE_DIR}/packaging/debian/postrm
  ${CMAKE_SOURCE_DIR}/packaging/debian/conffiles)
include(CPack)
