# hoso-verify checks proofs offline; on purpose it is linked with nothing of ours.
pkg_check_modules(VERIFY_CRYPTO REQUIRED IMPORTED_TARGET libcrypto)
pkg_check_modules(VERIFY_JANSSON REQUIRED IMPORTED_TARGET jansson)
add_executable(hoso-verify
  ${CMAKE_CURRENT_LIST_DIR}/hoso_verify.c ${CMAKE_CURRENT_LIST_DIR}/hoso_verify_package.c
  ${CMAKE_CURRENT_LIST_DIR}/hoso_verify_proof.c ${CMAKE_CURRENT_LIST_DIR}/hoso_verify_register.c
  ${CMAKE_CURRENT_LIST_DIR}/hoso_verify_zip.c)
target_link_libraries(hoso-verify PRIVATE PkgConfig::VERIFY_CRYPTO PkgConfig::VERIFY_JANSSON)
