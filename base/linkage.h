/* base/linkage.h - C linkage for headers that C++ files include too (the Xapian wrapper, oracles in tests). Two macros:
 * C_LINKAGE_BEGIN before the first declaration, C_LINKAGE_END behind the last. Nothing to own, no errors. */
#ifndef BASE_LINKAGE_H
#define BASE_LINKAGE_H

#ifdef __cplusplus
#define C_LINKAGE_BEGIN extern "C" {
#define C_LINKAGE_END }
#else
#define C_LINKAGE_BEGIN
#define C_LINKAGE_END
#endif

#endif
