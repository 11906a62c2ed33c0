/* indexer/extract/confine.h - what an extracting process takes from itself before it reads a byte of a document.
 *
 *   confine_fork → in the child: confine_resources → confine_files → confine_calls → read
 *
 * Each layer is tried and none is needed by another: where the kernel, or whoever started us, refuses one, the others
 * hold. What holds is known (ConfinedLayers) and told by extract_confinement.
 *
 * Units    as the names say
 * Owns     nothing
 * Errors   none: a layer that is refused is missing in the set
 * Threads  for the extracting process, which has one
 */
#ifndef INDEXER_EXTRACT_CONFINE_H
#define INDEXER_EXTRACT_CONFINE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* One bit a layer; their names and what is missing without them: confine.c. */
typedef enum {
	LAYER_NO_NEW_PRIVILEGES,
	LAYER_CAPABILITIES,
	LAYER_USER,
	LAYER_PROCESSES,
	LAYER_MOUNTS,
	LAYER_NETWORK,
	LAYER_LANDLOCK,
	LAYER_CALLS,
	LAYER_COUNT
} ConfinedLayer;
typedef uint32_t ConfinedLayers;

typedef struct {
	const char *name;    /* "landlock" */
	const char *without; /* what a subverted extractor may do where it is missing; for the operator */
} ConfinedLayerText;

const ConfinedLayerText *confine_layer_text(ConfinedLayer layer);

/* As fork: the child is the first process of namespaces of its own, as many as are granted (held_out, in the child).
 * process_out, in the parent: a descriptor of the child that can be read when it has ended. */
pid_t confine_fork(int *process_out, ConfinedLayers *held_out);
/* Limits of the kernel on processor time, memory, files; a low priority. */
void confine_resources(uint64_t cpu_seconds, uint64_t memory_mib);
/* A file system of programs and libraries only, read-only; Landlock over that, and over the document on descriptor 0.
 * For the first process of the namespaces. */
ConfinedLayers confine_files(ConfinedLayers namespaces);
/* No privileges, no processes, and only the system calls that a reader needs; may_exec: also one to become a program.
 * The last layer: nothing can be set up after it. */
ConfinedLayers confine_calls(bool may_exec);

#endif
