/* indexer/terms/facets.h - what answers are counted by: one row for each facet.
 *
 * A facet counts the values of one slot of the index (schema.h). A new facet is a row here, a slot in schema.h where
 * none holds the field yet, and nothing else: the query parameter, the answer and the labels are made from the row.
 *
 * The state of a text (text_state.h) is counted where it is not complete: what somebody has to look at.
 *
 * Shapes   name is what HTTP and the command line call it; value_bytes says which part of the value counts
 * Owns     nothing; the rows are constants
 * Errors   none
 * Threads  pure
 */
#ifndef INDEXER_TERMS_FACETS_H
#define INDEXER_TERMS_FACETS_H

#include "store/record/record.h"

/* Numbers of the index's value slots. They stand in every index, so a new one comes last. */
typedef enum { SLOT_ISSUED, SLOT_TYPE, SLOT_AGENCY, SLOT_FONDS, SLOT_TEXT_STATE, SLOT_COUNT } SchemaSlot;

typedef enum { FACET_TYPE, FACET_AGENCY, FACET_YEAR, FACET_FONDS, FACET_TEXT_STATE, FACET_COUNT } Facet;

typedef struct {
	const char *name;
	SchemaSlot slot;
	RecordFieldId field; /* whose value is in the slot */
	size_t value_bytes;  /* of the slot's value that are the facet's: 4 of a date are its year; 0: all */
	const char *label_vi, *label_en;
} FacetRow;
extern const FacetRow facet_rows[FACET_COUNT];

#endif
