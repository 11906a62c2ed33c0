/* indexer/terms/facets.c - the table of facets. The year has no slot of its own: it is the beginning of the date of
 * issue, "20190312" or "2019". */
#include "indexer/terms/facets.h"

const FacetRow facet_rows[FACET_COUNT] = {
	[FACET_TYPE] = {"type", SLOT_TYPE, RF_TYPE, 0, "Loại văn bản", "Type"},
	[FACET_AGENCY] = {"agency", SLOT_AGENCY, RF_AGENCY, 0, "Cơ quan ban hành", "Issuing agency"},
	[FACET_YEAR] = {"year", SLOT_ISSUED, RF_ISSUED, 4, "Năm", "Year"},
	[FACET_FONDS] = {"fonds", SLOT_FONDS, RF_FONDS, 0, "Phông", "Fonds"},
	[FACET_TEXT_STATE] = {"text_state", SLOT_TEXT_STATE, RF_TEXT_STATE, 0, "Tình trạng văn bản",
			      "State of the text"},
};
