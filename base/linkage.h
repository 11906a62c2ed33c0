/* base/linkage.h - C linkage for headers that C++ files include too (the Xapian wrapper, oracles in tests):
 * C_LINKAGE_BEGIN before the first declaration, C_LINKAGE_END behind the last. AT_LEAST stands in a parameter such as
 * `char out[AT_LEAST 11]` for C's `static`, which C++ does not have. Nothing to own, no errors. */
#ifndef BASE_LINKAGE_H
#define BASE_LINKAGE_H

#ifdef __cplusplus
#define C_LINKAGE_BEGIN extern "C" {
#define C_LINKAGE_END }
#define AT_LEAST
#else
#define C_LINKAGE_BEGIN
#define C_LINKAGE_END
#define AT_LEAST static
#endif

#endif
