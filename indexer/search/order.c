/* indexer/search/order.c - the table of classes. */
#include "indexer/search/order.h"

#include "indexer/search/passage.h"

/* clang-format off */
const OrderClass order_classes[ORDER_CLASSES] = {
	{SOURCE_NUMBER,  SOURCE_NUMBER,  ORDER_UNPROVEN,     SOURCE_COUNT, LABEL_NUMBER},
	{SOURCE_LITERAL, SOURCE_LITERAL, PHRASE_LITERAL,     SOURCE_COUNT, LABEL_PHRASE},
	{SOURCE_LITERAL, SOURCE_PAIRS,   PHRASE_TYPED,       SOURCE_COUNT, LABEL_PHRASE},
	{SOURCE_LITERAL, SOURCE_PAIRS,   PHRASE_UNMARKED,    SOURCE_COUNT, LABEL_PHRASE_WITHOUT_ACCENTS},
	{SOURCE_LITERAL, SOURCE_PAIRS,   PHRASE_OTHER_MARKS, SOURCE_COUNT, LABEL_NONE},
	{SOURCE_LITERAL, SOURCE_TYPED,   PHRASE_NONE,        SOURCE_WORDS, LABEL_ALL_WORDS},
	{SOURCE_PAIRS,   SOURCE_PAIRS,   PHRASE_NONE,        SOURCE_ALL,   LABEL_NONE},
};
/* clang-format on */

SearchLabel order_label(size_t class, OrderSource source, bool marked)
{
	SearchLabel label = order_classes[class].label;
	if (label != LABEL_NONE)
		return label;
	return marked && source != SOURCE_LITERAL && source != SOURCE_TYPED ? LABEL_WITHOUT_ACCENTS : LABEL_ALL_WORDS;
}
