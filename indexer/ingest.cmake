# The ingestion pipeline: what goes into the library indexer, and the libraries it needs. libarchive is used in
# package_in.c alone.
pkg_check_modules(LIBARCHIVE REQUIRED IMPORTED_TARGET libarchive)
pkg_check_modules(LIBXML2 REQUIRED IMPORTED_TARGET libxml-2.0)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(SECCOMP IMPORTED_TARGET libseccomp) # takes the network from extractors; without it a namespace does

set(INGEST_SOURCES
  ingest.c ingest_add.c ingest_complete.c ingest_folder.c ingest_group.c ingest_json.c ingest_manifest.c
  ingest_package.c ingest_secret.c
  source_bytes.c source_files.c source_json.c package_in.c
  extract.c extract_html.c extract_kind.c extract_lines.c extract_main.c extract_office.c extract_process.c)
set(INGEST_LIBS PkgConfig::LIBARCHIVE PkgConfig::LIBXML2 PkgConfig::JANSSON)
if(SECCOMP_FOUND)
  list(APPEND INGEST_LIBS PkgConfig::SECCOMP)
  set_source_files_properties(${CMAKE_CURRENT_LIST_DIR}/extract_main.c PROPERTIES COMPILE_DEFINITIONS HOSO_SECCOMP=1)
endif()
