/* base/linkage.h - lets the C++ files (the Xapian wrapper, oracles in tests) use C headers. */
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
