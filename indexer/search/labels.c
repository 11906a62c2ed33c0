/* indexer/search/labels.c - the one table of labels: tiers of hits, then what is said of names, then reasons of number
 * variants. */
#include "indexer/search/labels.h"

static const struct {
	const char *code, *text[2]; /* by Language */
} labels[LABEL_COUNT] = {
	[LABEL_NONE] = {"", {"", ""}},
	[LABEL_NUMBER] = {"number", {"đúng số ký hiệu", "record number"}},
	[LABEL_PHRASE] = {"phrase", {"đúng cụm từ", "phrase"}},
	[LABEL_PHRASE_WITHOUT_ACCENTS] = {"phrase-without-accents",
					  {"đúng cụm từ khi bỏ dấu", "phrase without accents"}},
	[LABEL_ALL_WORDS] = {"all-words", {"đủ các từ", "all words"}},
	[LABEL_WITHOUT_ACCENTS] = {"without-accents", {"khớp khi bỏ dấu", "matches without accents"}},
	[LABEL_SOME_WORDS] = {"some-words", {"có một số từ", "some of the words"}},
	[LABEL_FIELDS] = {"fields", {"theo điều kiện lọc", "by the filters"}},
	[LABEL_SINCE] = {"since", {"từ", "since"}},
	[LABEL_UNTIL] = {"until", {"đến", "until"}},
	[LABEL_NO_YEAR] = {"no-year",
			   {"cùng số và ký hiệu, một trong hai không ghi năm",
			    "same number and notation, the year is missing in one of them"}},
	[LABEL_NO_CV] = {"no-cv",
			 {"cùng số khi bỏ chữ CV (công văn)",
			  "same number when the letters CV (công văn) are left out"}},
	[LABEL_OTHER_AGENCY] = {"other-agency",
				{"cùng số và loại văn bản, khác cơ quan", "same number and type, another agency"}},
	[LABEL_OTHER_ORDER] = {"other-order",
			       {"cùng số và các cơ quan, khác thứ tự", "same number and agencies, in another order"}},
	[LABEL_OTHER_NOTATION] = {"other-notation",
				  {"cùng số và năm, khác ký hiệu", "same number and year, another notation"}},
};

const char *search_label_code(SearchLabel label)
{
	return labels[label].code;
}

const char *search_label_text(SearchLabel label, Language language)
{
	return labels[label].text[language];
}
