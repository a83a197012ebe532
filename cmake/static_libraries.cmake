# -DQUARRY_STATIC=ON: third-party libraries and the compiler's own go into the program; glibc alone stays shared.
# Debian has archives of most. packaging/static_libraries.sh builds libzip, highway and prometheus-cpp; spdlog is
# taken as headers.
option(QUARRY_STATIC "Link everything but glibc statically" OFF)
set(QUARRY_STATIC_PREFIX ${CMAKE_SOURCE_DIR}/build/static-libraries CACHE PATH "Made by packaging/static_libraries.sh")
if(QUARRY_STATIC)
  set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
  set(OPENSSL_USE_STATIC_LIBS ON)
  set(BLA_STATIC ON)
  list(PREPEND CMAKE_PREFIX_PATH ${QUARRY_STATIC_PREFIX})
  set(ENV{PKG_CONFIG_PATH} ${QUARRY_STATIC_PREFIX}/lib/pkgconfig)
endif()

# After all libraries were found: those whose packages know shared libraries only, and what archives need themselves.
macro(quarry_link_statically)
  set(QUARRY_SPDLOG spdlog::spdlog)
  if(QUARRY_STATIC)
    set(QUARRY_SPDLOG spdlog::spdlog_header_only)
    set_target_properties(spdlog::spdlog_header_only PROPERTIES
      INTERFACE_LINK_LIBRARIES "Threads::Threads;fmt::fmt-header-only")
    # Of rocksdb; of faiss and OpenBLAS; of the compiler; of yaml-cpp's target.
    foreach(name snappy lz4 zstd bz2 gflags lapack blas gfortran quadmath gomp yaml-cpp)
      find_library(static_${name} ${name} REQUIRED PATHS ${CMAKE_CXX_IMPLICIT_LINK_DIRECTORIES})
    endforeach()
    set_target_properties(OpenMP::OpenMP_CXX PROPERTIES INTERFACE_LINK_LIBRARIES ${static_gomp})
    set_target_properties(pugixml::pugixml PROPERTIES INTERFACE_LINK_LIBRARIES pugixml::static)
    set_target_properties(yaml-cpp PROPERTIES
      IMPORTED_LOCATION_NONE ${static_yaml-cpp} IMPORTED_LOCATION ${static_yaml-cpp})
    set_target_properties(faiss PROPERTIES INTERFACE_LINK_LIBRARIES "OpenMP::OpenMP_CXX;${static_lapack};${static_blas}")
    set_property(TARGET PkgConfig::rocksdb APPEND PROPERTY INTERFACE_LINK_LIBRARIES
      ${static_snappy} ${static_lz4} ${static_zstd} ${static_bz2} ${static_gflags})
    set_property(TARGET PkgConfig::openblas APPEND PROPERTY INTERFACE_LINK_LIBRARIES
      ${static_gfortran} ${static_quadmath})
    set_property(TARGET ICU::uc APPEND PROPERTY INTERFACE_LINK_LIBRARIES ICU::data)
    add_link_options(-static-libstdc++ -static-libgcc)
  endif()
endmacro()
