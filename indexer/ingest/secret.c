/* indexer/ingest/secret.c - the gate for state secrets. Every spelling comes down to one table: folded (no accents,
 * lower case), without blanks and punctuation, "T Ố I  M Ậ T", "[TỐI MẬT]" and "Tối mật A2" all begin with "toimat".
 *
 *   a member whose name says secrecy   any of its values names a level, and no word before it takes that back
 *   any other member                   a value that is a stamp of two words in capitals
 *   a text                             a column of a line in its head, or in the head of a page, is a stamp
 *
 * A lone MẬT (secret) differs from MẶT (face) and MẤT (lost) by its marks alone, and as a word it is everywhere (bảo
 * mật, mật khẩu): in a text it is a stamp only in capitals, with its own letter, alone in its column. */
#include "indexer/ingest/secret.h"

#include "base/utf8.h"
#include "tokenizer/fold.h"

enum {
	STAMP_LINES = 15, /* the stamp stands in the head of a record, … */
	PAGE_LINES = 3,   /* … or of a page */
	STAMP_HEAD_BYTES = 64 << 10,
	PAGE_HEAD_BYTES = 2 << 10,
	STAMP_MAX_BYTES = 160,
	VALUE_MAX_BYTES = 400, /* so much of a member's value is looked at */
	DEPTH_MAX = 64,
};

Status secret_refuse(const char *by, Err *err)
{
	return err_set(err, ST_FORBIDDEN, "a secret record, by %s" SECRET_NOT_TAKEN, by);
}

/* ---- the table of spellings, squeezed -------------------------------------------------------------------------- */

static const char *const levels[] = {"tuyetmat", "toimat", "mat", NULL};
/* In a member only: in a text they are words of other people's papers. */
static const char *const foreign_levels[] = {"topsecret", "secret", "confidential", NULL};

/* What stands before a level in a text, and is part of the name of a member that holds one. */
static const char *const labels[] = {"mucdobaomat", "dobaomat", "mucbaomat", "capdomat", "mucdomat", "chedomat",
				     "loaimat",     "daumat",   "mucmat",    "capmat",   "domat",    NULL};
static const char *const names[] = {"secrecy",        "securitylevel", "secretlevel", "securityclass",
				    "classification", "confidential",  "secret",      NULL};
/* These are a name only as a whole: they are parts of other words. */
static const char *const whole_names[] = {"security", "baomat", NULL};
/* A column of a level's own name, with a cross in it. */
static const char *const level_names[] = {"mat", "toimat", "tuyetmat", "issecret", "topsecret", NULL};
static const char *const denials[] = {"khong", "khongco", "0", "no", "false", "n", NULL};
static const char *const no_names[] = {"secretar", "lydomat", "secretkey", NULL};

/* Members that hold the access of TT 05/2025, and its code for "mật". */
static const char *const access_names[] = {"access", "mucdotiepcan", "chedosudung", "tiepcan", "mode", NULL};
static const char *const access_codes[] = {"03", "3", "03mat", "3mat", "mat03", "mat3", NULL};

/* What a stamp is joined with in one column. */
static const char *const urgencies[] = {"hoatochengio", "hoatoc", "thuongkhan", "khan", NULL};
/* What stands beside a stamp when the two columns of a letterhead were read as one line. */
static const char *const letterhead[] = {"CỘNG HÒA ", "CỘNG HOÀ ", "ĐẢNG CỘNG SẢN", "Độc lập",
					 "Số ",       "Số:",       "SỐ:",           NULL};

static bool starts_with_one_of(Str s, const char *const *table, size_t *len_out)
{
	for (; *table; table++)
		if (str_starts(s, str_from(*table))) {
			*len_out = strlen(*table);
			return true;
		}
	return false;
}

static bool is_one_of(Str s, const char *const *table)
{
	while (*table && !str_eq(s, str_from(*table)))
		table++;
	return *table;
}

static bool has_one_of(Str s, const char *const *table)
{
	while (*table && str_find(s, str_from(*table)) < 0)
		table++;
	return *table;
}

/* Letters and digits of the folded form: "Độ  MẬT:" gives "domat". Out of memory is caught by the caller: buf_ok. */
static void squeeze(Str value, Buf *out)
{
	Buf folded = {0};
	fold_text(value, &folded);
	for (size_t i = 0; i < folded.len; i++) {
		char c = folded.data[i];
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			buf_add_char(out, c);
	}
	out->failed |= folded.failed;
	buf_done(&folded);
}

/* "A2", "khan", "banso1": what may follow a level. */
static bool is_tail(Str s)
{
	size_t len;
	if (starts_with_one_of(s, urgencies, &len) && len == s.len)
		return true;
	if (str_starts(s, STR("banso")) && s.len < 10)
		return true;
	size_t at = s.len && s.ptr[0] >= 'a' && s.ptr[0] <= 'd';
	at += at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9';
	return at == s.len;
}

typedef enum { LEVEL_NONE, LEVEL_LONE, LEVEL_CLEAR } Level; /* lone: the one word, without its label */

/* Of a whole squeezed column or value. */
static Level level_of(Str s, bool foreign)
{
	size_t len = 0;
	bool labelled = starts_with_one_of(s, labels, &len);
	s = str_slice(s, labelled ? len : 0, s.len);
	if (starts_with_one_of(s, urgencies, &len))
		s = str_slice(s, len, s.len);
	if (!starts_with_one_of(s, levels, &len) && !(foreign && starts_with_one_of(s, foreign_levels, &len)))
		return LEVEL_NONE;
	if (!is_tail(str_slice(s, len, s.len)))
		return LEVEL_NONE;
	return len == 3 && !labelled ? LEVEL_LONE : LEVEL_CLEAR;
}

/* Has it an m, an a with any marks and a t in a row? What has not is not folded. */
static bool may_say_secret(Str s)
{
	enum { BYTES_BETWEEN = 12 };
	for (size_t i = 0; i < s.len; i++) {
		if ((s.ptr[i] | 0x20) != 'm')
			continue;
		for (size_t k = i + 1; k < s.len && k - i <= BYTES_BETWEEN; k++) {
			uint8_t c = (uint8_t)s.ptr[k];
			if ((c | 0x20) == 't')
				return true;
			if (c < 0x80 && (c | 0x20) != 'a' && c != ' ')
				break;
		}
	}
	return false;
}

/* A lone MẬT needs its letter: MẶT, MẮT and MẤT are other words. As recognised without some or all marks, it is one. */
static bool has_own_letter(Str s)
{
	static const char *const vowels[] = {
		"\u1EAC", "\u00C2\u0323", "\u1EA0\u0302", "A\u0302\u0323", "A\u0323\u0302", "\u00C2", "\u1EA0", "A",
		"\u1EAD", "\u00E2\u0323", "\u1EA1\u0302", "a\u0302\u0323", "a\u0323\u0302", "\u00E2", "\u1EA1", "a"};
	Buf joined = {0};
	bool found = false;
	for (size_t i = 0, width; i < s.len; i += width ? width : 1) {
		uint32_t c;
		width = utf8_decode(s.ptr + i, s.len - i, &c);
		bool is_blank = c <= ' ' || c == 0xA0 || c == 0xAD || (c >= 0x2000 && c <= 0x200F) || c == 0x2060 ||
				c == 0xFEFF;
		if (width && !is_blank)
			buf_add(&joined, s.ptr + i, width);
	}
	for (size_t i = 0; i < joined.len && !found; i++)
		for (size_t k = 0; (joined.data[i] | 0x20) == 'm' && k < sizeof vowels / sizeof vowels[0]; k++) {
			Str rest = str_slice(buf_str(&joined), i + 1, joined.len);
			size_t len = strlen(vowels[k]);
			found |= str_starts(rest, str_from(vowels[k])) && len < rest.len &&
				 (rest.ptr[len] | 0x20) == 't';
		}
	found |= !buf_ok(&joined);
	buf_done(&joined);
	return found;
}

/* ---- members ---------------------------------------------------------------------------------------------------- */

/* Words that take back the level behind them, and words that may stand between. */
static bool takes_back(Str word)
{
	static const char *const words[] = {"khong", "chua", "giai", "bao", "non", "not", "het", "phi", NULL};
	return is_one_of(word, words);
}

static bool stands_between(Str word)
{
	static const char *const words[] = {"bi",    "toi", "tuyet", "do",   "muc",  "co",   "phai",
					    "thuoc", "la",  "dau",   "dong", "loai", "danh", NULL};
	return is_one_of(word, words);
}

/* "Tài liệu độ Mật" names a level; "không mật", "đã giải mật", "bảo mật" do not. */
static bool has_level_word(Str folded)
{
	static const char *const words[] = {"mat", "secret", "confidential", NULL};
	bool taken_back = false;
	for (size_t at = 0; at < folded.len;) {
		size_t start = at;
		while (at < folded.len && ((folded.ptr[at] >= 'a' && folded.ptr[at] <= 'z') ||
					   (folded.ptr[at] >= '0' && folded.ptr[at] <= '9')))
			at++;
		Str word = str_slice(folded, start, at);
		if (!word.len) {
			taken_back = taken_back && (folded.ptr[at] == ' ' || folded.ptr[at] == '-');
			at++;
		} else if (is_one_of(word, words)) {
			if (!taken_back)
				return true;
			taken_back = false;
		} else if (takes_back(word)) {
			taken_back = true;
		} else if (!stands_between(word)) {
			taken_back = false;
		}
	}
	return false;
}

static bool value_names_level(Str value)
{
	Buf squeezed = {0}, folded = {0};
	value = str_slice(value, 0, utf8_cut(value, VALUE_MAX_BYTES));
	squeeze(value, &squeezed);
	fold_text(value, &folded);
	bool found = !buf_ok(&squeezed) || !buf_ok(&folded) || level_of(buf_str(&squeezed), true) != LEVEL_NONE ||
		     has_level_word(buf_str(&folded));
	buf_done(&squeezed);
	buf_done(&folded);
	return found;
}

static bool value_names_access(Str value)
{
	Buf squeezed = {0};
	squeeze(str_slice(value, 0, utf8_cut(value, VALUE_MAX_BYTES)), &squeezed);
	bool found = !buf_ok(&squeezed) || is_one_of(buf_str(&squeezed), access_codes);
	buf_done(&squeezed);
	return found || value_names_level(value);
}

typedef enum { NAME_OTHER, NAME_SECRECY, NAME_LEVEL, NAME_ACCESS } NameKind;

/* Most names are of no interest and need not be folded. */
static bool may_matter(Str name)
{
	static const char *const parts[] = {"sec", "cla", "con", "acc", "mod", "ti", "ch", NULL};
	char small[24];
	size_t len = 0;
	if (may_say_secret(name))
		return true;
	for (; len < name.len && len < sizeof small; len++)
		small[len] =
			name.ptr[len] >= 'A' && name.ptr[len] <= 'Z' ? (char)(name.ptr[len] | 0x20) : name.ptr[len];
	return len == sizeof small || has_one_of((Str){small, len}, parts);
}

static NameKind kind_of_name(Str name)
{
	NameKind kind = NAME_OTHER;
	Buf squeezed = {0};
	if (!may_matter(name))
		return NAME_OTHER;
	squeeze(str_slice(name, 0, utf8_cut(name, VALUE_MAX_BYTES)), &squeezed);
	Str s = buf_str(&squeezed);
	if (has_one_of(s, no_names))
		kind = NAME_OTHER;
	else if (level_of(s, false) == LEVEL_CLEAR ||
		 (is_one_of(s, level_names) && (s.len > 3 || has_own_letter(name))))
		kind = NAME_LEVEL;
	else if (!buf_ok(&squeezed) || is_one_of(s, whole_names) || has_one_of(s, labels) || has_one_of(s, names))
		kind = NAME_SECRECY;
	else if (is_one_of(s, access_names))
		kind = NAME_ACCESS;
	buf_done(&squeezed);
	return kind;
}

/* Under "Tối mật" a cross says it, or any other word that does not deny it. */
static bool value_is_cross(Str value)
{
	Buf squeezed = {0};
	squeeze(str_slice(value, 0, utf8_cut(value, VALUE_MAX_BYTES)), &squeezed);
	bool found = !buf_ok(&squeezed) || (squeezed.len && !is_one_of(buf_str(&squeezed), denials));
	buf_done(&squeezed);
	return found;
}

static bool value_is_secret(NameKind name, Str value)
{
	switch (name) {
	case NAME_SECRECY:
		return value_names_level(value);
	case NAME_LEVEL:
		return value_is_cross(value);
	case NAME_ACCESS:
		return value_names_access(value);
	case NAME_OTHER:
		break;
	}
	return false;
}

/* ---- members within members: canonical JSON, as the record reader writes it ------------------------------------- */

static bool is_capital_stamp(Str value);
static bool is_stamp(Str column, bool *after_label);

typedef struct {
	char closer;
	bool at_name;   /* the next string is a member's name */
	bool has_level; /* {"value":"Mật","name":"Độ mật"}: the two in any order */
	bool has_name;
	NameKind of_all;   /* of everything in it */
	NameKind of_value; /* of the value that comes next */
} Nest;

/* What stands between quotes or commas, without its escapes; the end is cut off. */
static Str read_scalar(const char **at, const char *end, char *text)
{
	size_t len = 0;
	bool quoted = **at == '"';
	const char *p = *at + quoted;
	for (; p < end && (quoted ? *p != '"' : !strchr(",]}", *p)); p++) {
		if (quoted && *p == '\\' && p + 1 < end)
			p++;
		if (len < VALUE_MAX_BYTES)
			text[len++] = *p;
	}
	*at = p + (quoted && p < end);
	return (Str){text, len};
}

/* "Độ mật", "Mức độ khẩn, độ mật"; not "không có độ mật". */
static bool is_name_in_value(Str value)
{
	Buf squeezed = {0};
	squeeze(value, &squeezed);
	Str s = buf_str(&squeezed);
	bool found = false;
	for (size_t i = 0; labels[i] && !found; i++)
		found = str_ends(s, str_from(labels[i]));
	found = found && !has_one_of(s, no_names) && !str_starts(s, STR("khong")) && !str_starts(s, STR("chua"));
	buf_done(&squeezed);
	return found;
}

static bool is_secret_value(Nest *nest, Str value)
{
	NameKind kind = nest->of_value ? nest->of_value : nest->of_all;
	nest->of_value = NAME_OTHER;
	if (value_is_secret(kind, value))
		return true;
	if (nest->closer == '}' && value.len < STAMP_MAX_BYTES && may_say_secret(value)) {
		bool is_name = is_name_in_value(value);
		nest->has_level |= is_name ? nest->has_name : value_names_level(value); /* "Độ mật": "Độ mật" */
		nest->has_name |= is_name;
	}
	return (nest->has_name && nest->has_level) || is_capital_stamp(value);
}

static bool has_secret_member(Str json)
{
	char text[VALUE_MAX_BYTES];
	Nest nests[DEPTH_MAX + 1] = {{0}};
	size_t depth = 0;
	const char *at = json.ptr, *end = at + json.len;
	while (at && at < end) {
		Nest *nest = &nests[depth];
		if (*at == '{' || *at == '[') {
			if (depth == DEPTH_MAX)
				return true; /* deeper than the record reader goes */
			NameKind kind = nest->of_value ? nest->of_value : nest->of_all;
			nest->of_value = NAME_OTHER;
			nests[++depth] =
				(Nest){.closer = *at == '{' ? '}' : ']', .at_name = *at == '{', .of_all = kind};
			at++;
		} else if (*at == '}' || *at == ']') {
			depth -= depth > 0;
			at++;
		} else if (*at == ',') {
			nest->at_name = nest->closer == '}';
			at++;
		} else if (*at == ':' || (uint8_t)*at <= ' ') {
			at++;
		} else if (nest->at_name) {
			nest->of_value = kind_of_name(read_scalar(&at, end, text));
			nest->at_name = false;
		} else if (is_secret_value(nest, read_scalar(&at, end, text))) {
			return true;
		}
	}
	return false;
}

Status secret_check_fields(const Record *record, Err *err)
{
	static const RecordFieldId nested[] = {RF_EXTRA, RF_LOCATION, RF_RELATIONS};
	bool after_label = false;
	if (record_text(record, RF_SECRECY).len && value_names_level(record_text(record, RF_SECRECY)))
		return secret_refuse("its secrecy field", err);
	if (record_text(record, RF_URGENCY).len && value_names_level(record_text(record, RF_URGENCY)))
		return secret_refuse("its urgency field", err); /* NĐ 30 has one column for both */
	if (record_text(record, RF_ACCESS).len && value_names_access(record_text(record, RF_ACCESS)))
		return secret_refuse("its access field", err);
	for (size_t i = 0; i < sizeof nested / sizeof nested[0]; i++)
		if (has_secret_member(record_text(record, nested[i])))
			return secret_refuse("one of its members", err);
	for (int id = 0; id < RF_COUNT; id++) {
		const FieldValue *field = &record->fields[id];
		bool found = record_fields[id].kind != FIELD_JSON && is_capital_stamp(field->text);
		for (size_t i = 0; i < field->count && !found; i++)
			found = is_capital_stamp(field->items[i]);
		if (found)
			return secret_refuse("a stamp in one of its fields", err);
	}
	if (is_stamp(record_text(record, RF_SUBJECT), &after_label) ||
	    is_stamp(record_text(record, RF_TITLE), &after_label))
		return secret_refuse("a stamp in its subject", err);
	return ST_OK;
}

/* ---- texts ------------------------------------------------------------------------------------------------------ */

static bool is_capital(Str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] >= 'a' && s.ptr[i] <= 'z')
			return false;
	return true;
}

/* "Tối mật" alone in its column is a stamp as well, "tối mật" the end of a sentence. */
static bool begins_small(Str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (((s.ptr[i] | 0x20) >= 'a' && (s.ptr[i] | 0x20) <= 'z') || (uint8_t)s.ptr[i] >= 0x80)
			return s.ptr[i] >= 'a' && s.ptr[i] <= 'z';
	return true;
}

static Level level_of_column(Str column, bool *is_label_out)
{
	Buf squeezed = {0};
	squeeze(column, &squeezed);
	Level level = buf_ok(&squeezed) ? level_of(buf_str(&squeezed), false) : LEVEL_CLEAR;
	*is_label_out = buf_ok(&squeezed) && is_one_of(buf_str(&squeezed), labels);
	buf_done(&squeezed);
	return level;
}

static bool is_plain_stamp(Str column)
{
	bool is_label;
	if (!column.len || column.len > STAMP_MAX_BYTES || !may_say_secret(column))
		return false;
	Level level = level_of_column(column, &is_label);
	return level == LEVEL_LONE ? is_capital(column) && has_own_letter(column)
				   : level == LEVEL_CLEAR && !begins_small(column);
}

static bool is_capital_stamp(Str value)
{
	bool is_label;
	return value.len && value.len <= STAMP_MAX_BYTES && is_capital(value) && may_say_secret(value) &&
	       level_of_column(value, &is_label) == LEVEL_CLEAR;
}

/* "TỐI MẬT CỘNG HÒA XÃ HỘI …", "Số: 15/QĐ-UBND  MẬT": the two columns of a letterhead in one. */
static bool has_stamp_beside_letterhead(Str column)
{
	bool in_head = false;
	for (size_t i = 0; letterhead[i]; i++) {
		ptrdiff_t at = str_find(column, str_from(letterhead[i]));
		in_head |= at == 0;
		if (at > 0 && is_plain_stamp(str_slice(column, 0, (size_t)at)))
			return true;
	}
	for (size_t at = column.len, blanks = 0; in_head && at > 0 && blanks < 8; at--)
		if (column.ptr[at - 1] == ' ' && ++blanks && is_capital(str_slice(column, at, column.len)) &&
		    is_plain_stamp(str_slice(column, at, column.len)))
			return true;
	return false;
}

/* "[MẬT] Báo cáo …" */
static bool has_stamp_in_brackets(Str column)
{
	static const char openers[] = "[(", closers[] = "])";
	const char *opener = column.len ? strchr(openers, column.ptr[0]) : NULL;
	ptrdiff_t end = opener && *opener ? str_find_char(column, closers[opener - openers]) : -1;
	return end > 1 && is_capital(str_slice(column, 0, (size_t)end)) &&
	       is_plain_stamp(str_slice(column, 1, (size_t)end));
}

/* after_label: the column before was "Độ mật" alone. */
static bool is_stamp(Str column, bool *after_label)
{
	bool is_label = false, was_label = *after_label;
	column = str_trim(column);
	if (!column.len)
		return false;
	*after_label = false;
	if (!may_say_secret(column))
		return false;
	if (column.len <= STAMP_MAX_BYTES) {
		Level level = level_of_column(column, &is_label);
		*after_label = is_label;
		if (was_label && level != LEVEL_NONE)
			return true;
	}
	return is_plain_stamp(column) || has_stamp_in_brackets(column) || has_stamp_beside_letterhead(column);
}

/* A line of a letterhead holds two columns: they stand apart by a tab or three blanks. */
static bool is_apart(Str line, size_t at)
{
	return line.ptr[at] == '\t' || line.ptr[at] == '\f' || line.ptr[at] == '|' ||
	       (line.len - at >= 3 && memcmp(line.ptr + at, "   ", 3) == 0);
}

static bool has_stamp(Str line, bool *after_label)
{
	size_t start = 0;
	if (!may_say_secret(line)) {
		*after_label = false;
		return false;
	}
	if (is_plain_stamp(line)) /* letters far apart are no columns */
		return true;
	for (size_t at = 0; at <= line.len; at++) {
		if (at < line.len && !is_apart(line, at))
			continue;
		if (is_stamp(str_slice(line, start, at), after_label))
			return true;
		start = at + 1;
	}
	return false;
}

static bool head_has_stamp(Str head, int lines_max)
{
	Str line;
	bool after_label = false;
	for (int lines = 0; lines < lines_max && str_split(&head, '\n', &line);) {
		if (str_trim(line).len == 0)
			continue;
		if (has_stamp(line, &after_label))
			return true;
		lines++;
	}
	return false;
}

Status secret_check_text(Str text, Err *err)
{
	if (head_has_stamp(str_slice(text, 0, STAMP_HEAD_BYTES), STAMP_LINES))
		return secret_refuse("a stamp in its text", err);
	for (ptrdiff_t at; text.len && (at = str_find_char(text, '\f')) >= 0;) {
		text = str_slice(text, (size_t)at + 1, text.len);
		if (head_has_stamp(str_slice(text, 0, PAGE_HEAD_BYTES), PAGE_LINES))
			return secret_refuse("a stamp on one of its pages", err);
	}
	return ST_OK;
}
