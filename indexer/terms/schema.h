/* indexer/terms/schema.h - what stands in the index: the one place where terms get their bytes.
 *
 *   term                          from                        wdf     asked by
 *   quyen=quyên1                  a syllable with marks       count   quyền (exactly)
 *   quyen                         the same without marks      count   quyen: this and every "quyen=…"
 *   Bchinh quyen                  two tokens side by side,    count   "chính quyền", and every query of two words:
 *                                 folded                              nearness counts
 *   Schinh=chính2, SBchinh quyen  the subject once more       count   subject:chính
 *   A… G… W…                      agency, signer, keywords    count   agency:…, signer:…, keyword:…
 *   M15/2019/QD-UBND              a number said in the text   count   15/2019/QĐ-UBND, after the record itself
 *   D2019-03-12                   a date said in the text     count   12/3/2019
 *   K15/2019/QD-UBND              the record's own number     0       number:…, look-up
 *   K1 K2 K3 K4 …                 the number in parts         0       look-up of variants (record_number.h)
 *   C… / CM…                      own case numbers / said     0       look-up
 *   XTquyet dinh                  type, folded                0       type:…
 *   XA… XF… XC…                   agency, fonds, case file    0       agency=, fonds=, case=
 *   XY2019                        year of issue               0       năm:2019
 *   XR, XI<id>                    every record, its id        0       counting, id:…
 *   XH<64 hex digits>            SHA-256 of a file it holds    0       sha256=, holders of the same original
 *   XP<id>, XP15/2019/QD-UBND     what a relation names       0       related:…, relations seen from the other side
 *
 * Words of fields without a prefix of their own, and of the names of a record's files, stand in the body.
 *
 * The first line of a text, if it is short, is its heading: its words and pairs count as those of the subject.
 *
 * Folded syllables and words begin with a lower-case letter, a digit or a character beyond ASCII, so no prefix can be
 * taken for one. Positions are not kept: phrases of two are bigrams, longer ones are checked on the stored text.
 *
 *   slot 0  date of issue "20190312", "201903", "2019"     sort, from, to, the year facet
 *   slot 1  type, slot 2 agency, slot 3 fonds              as written, cut at SCHEMA_VALUE_MAX; facets (facets.h)
 *
 * Owns     nothing; terms are written into the caller's Buf
 * Errors   a Buf that could not grow (buf_ok)
 * Threads  pure
 */
#ifndef INDEXER_TERMS_SCHEMA_H
#define INDEXER_TERMS_SCHEMA_H

#include "base/buf.h"
#include "base/clock.h"
#include "indexer/terms/facets.h"
#include "store/format/hash.h"
#include "tokenizer/record_number.h"
#include "tokenizer/token.h"

enum {
	SCHEMA_VERSION = 6,    /* in the manifest; another one means: build anew */
	SCHEMA_TERM_MAX = 240, /* bytes; longer terms are cut */
	SCHEMA_VALUE_MAX = 80,
	SCHEMA_SUBJECT_WEIGHT =
		5, /* what a word of the subject or the heading counts for in the body; docs/decisions/0011, 0014 */
	SCHEMA_HEADING_MAX = 25, /* words of a text's first line, which then is its heading */
};

/* What a term begins with: which kind of term it is. The words of the body have no prefix. */
typedef enum {
	PREFIX_BODY, /* the prefixes of words come first: codes.h has numbers for their terms */
	PREFIX_AGENCY,
	PREFIX_SIGNER,
	PREFIX_SUBJECT,
	PREFIX_KEYWORD,
	PREFIX_OF_WORDS, /* how many those are */
	PREFIX_NUMBER = PREFIX_OF_WORDS,
	PREFIX_SAID_NUMBER,
	PREFIX_CASE_NUMBER,
	PREFIX_SAID_CASE_NUMBER,
	PREFIX_SAID_DATE,
	PREFIX_TYPE,
	PREFIX_WHOLE_AGENCY,
	PREFIX_FONDS,
	PREFIX_CASE,
	PREFIX_YEAR,
	PREFIX_ID,
	PREFIX_TEXT_STATE,
	PREFIX_RELATED,
	PREFIX_FILE,
	PREFIX_RECORD, /* every record has this term, nothing behind the prefix */
	PREFIX_COUNT
} TermPrefix;

enum {
	SCHEMA_PAIR = 'B',   /* between the prefix and the first token of a bigram */
	SCHEMA_MARKED = '=', /* between a folded syllable and the same with its marks */
};

/* How a field of the query language is asked. */
typedef enum {
	ASK_WORDS,   /* tokens under the prefix */
	ASK_WHOLE,   /* one boolean term of the folded value */
	ASK_EXACT,   /* one boolean term of the value as it is */
	ASK_NUMBER,  /* a record or case number */
	ASK_RELATED, /* the id or number that relations name */
	ASK_YEAR,    /* 2019 or 2015..2019 */
	ASK_DATE,    /* a lower or upper bound of the date of issue */
} SchemaAsk;

typedef struct {
	const char *name;    /* in queries, English */
	const char *name_vi; /* in queries, Vietnamese, folded and with '_' for blanks */
	SchemaAsk ask;
	TermPrefix prefix; /* of a date: none is used */
	const char *help_vi, *help_en, *example;
} SchemaField;
extern const SchemaField schema_fields[];
extern const size_t schema_field_count;
/* By English or Vietnamese name, with or without accents; NULL: no field has the name. */
const SchemaField *schema_field_by_name(Str name);

Str schema_prefix(TermPrefix prefix);
/* Terms. Each function sets *out (cut at SCHEMA_TERM_MAX) to the term's bytes. */
void schema_unigram(Buf *out, TermPrefix prefix, Str folded, Str key, bool marked);
void schema_bigram(Buf *out, TermPrefix prefix, Str folded_first, Str folded_second);
void schema_whole(Buf *out, TermPrefix prefix, Str value); /* value is folded and its blanks are made one */
void schema_exact(Buf *out, TermPrefix prefix, Str value);
/* An id, or a number however it is written, as relations name it. */
void schema_related(Buf *out, Str named);
/* A file, by its bytes. */
void schema_file(Buf *out, const Hash *sha256);
/* The four relaxed forms of a number, for look-up of variants: K1 … K4. */
enum { SCHEMA_NUMBER_FORMS = 4 };
void schema_number_form(Buf *out, const RecordNumber *number, unsigned form); /* empty: the number has no such form */
size_t schema_date_value(CivilDate date, char out[static 9]);                 /* "20190312"; 0: no date */

#endif
