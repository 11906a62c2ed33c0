/* indexer/ingest/secret.c - the gate for state secrets. Words are compared without accents, but for a stamp of one
 * word: MẬT (secret) differs from MẶT (face) and MẤT (lost) by its marks alone. A stamp is a column of one of the first
 * lines, in capitals, with or without a frame of stars or brackets. */
#include "indexer/ingest/secret.h"

#include "tokenizer/fold.h"

enum {
	STAMP_LINES = 15, /* the stamp stands in the head of a record */
	STAMP_HEAD_BYTES = 64 << 10,
	STAMP_MAX_BYTES = 60,
};

static bool fold_is(Str value, const char *const *wanted)
{
	Buf folded = {0};
	bool found = false;
	fold_text(value, &folded);
	for (; *wanted && !found; wanted++)
		found = str_eq(buf_str(&folded), str_from(*wanted));
	buf_done(&folded);
	return found;
}

static const char *const levels[] = {"mat",         "toi mat",         "tuyet mat",
				     "do mat: mat", "do mat: toi mat", "do mat: tuyet mat",
				     "secret",      "top secret",      NULL};

/* Stars, brackets and rules around a stamp. */
static Str strip_frame(Str s)
{
	static const char frame[] = " \t\r\f*[](){}<>|-_.,:;=+~\"'#";
	while (s.len && s.ptr[0] && strchr(frame, s.ptr[0]))
		s = str_slice(s, 1, s.len);
	while (s.len && s.ptr[s.len - 1] && strchr(frame, s.ptr[s.len - 1]))
		s.len--;
	return s;
}

Status secret_refuse(const char *by, Err *err)
{
	return err_set(err, ST_FORBIDDEN, "a secret record, by %s: not taken", by);
}

Status secret_check_fields(const Record *record, Err *err)
{
	static const char *const access_levels[] = {"mat", "03", "03 mat", "toi mat", "tuyet mat", NULL};
	if (fold_is(strip_frame(record_text(record, RF_SECRECY)), levels))
		return secret_refuse("its secrecy field", err);
	if (fold_is(strip_frame(record_text(record, RF_ACCESS)), access_levels))
		return secret_refuse("its access field", err);
	return ST_OK;
}

/* A lone MẬT needs its letter: MẶT, MẮT and MẤT are other words. As recognised without some or all marks, it is one. */
static bool is_lone_stamp(Str s)
{
	static const char *const spellings[] = {
		"M\u1EACT",        "M\u00C2\u0323T", "M\u1EA0\u0302T", "MA\u0302\u0323T",
		"MA\u0323\u0302T", "M\u00C2T",       "M\u1EA0T",       "MAT"};
	for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++)
		if (str_eq(s, str_from(spellings[i])))
			return true;
	return false;
}

static bool is_stamp(Str column)
{
	static const char *const stamps[] = {"toi mat", "tuyet mat", "do mat: toi mat", "do mat: tuyet mat", NULL};
	static const char *const labelled[] = {"do mat: mat", "do mat: toi mat", "do mat: tuyet mat", "do mat mat",
					       NULL};
	Str s = strip_frame(column);
	if (s.len == 0 || s.len > STAMP_MAX_BYTES)
		return false;
	if (is_lone_stamp(s) || fold_is(s, labelled))
		return true;
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] >= 'a' && s.ptr[i] <= 'z')
			return false; /* stamps are in capitals */
	return fold_is(s, stamps);
}

/* A line of a letterhead holds two columns: they stand apart by a tab or three blanks. */
static bool is_apart(Str line, size_t at)
{
	return line.ptr[at] == '\t' || line.ptr[at] == '\f' ||
	       (line.len - at >= 3 && memcmp(line.ptr + at, "   ", 3) == 0);
}

/* Nearly all lines are one column; no branch, so that the compiler can look at many bytes at once. */
static bool may_have_columns(Str line)
{
	const char *p = line.ptr;
	unsigned found = 0;
	for (size_t i = 0; i + 2 < line.len; i++)
		found |= (unsigned)(p[i] == '\t') | (unsigned)(p[i] == '\f') |
			 ((unsigned)(p[i] == ' ') & (unsigned)(p[i + 1] == ' ') & (unsigned)(p[i + 2] == ' '));
	for (size_t i = line.len < 2 ? 0 : line.len - 2; i < line.len; i++)
		found |= (unsigned)(p[i] == '\t') | (unsigned)(p[i] == '\f');
	return found;
}

static bool has_stamp(Str line)
{
	size_t start = 0;
	if (!may_have_columns(line))
		return is_stamp(line);
	for (size_t at = 0; at <= line.len; at++) {
		if (at < line.len && !is_apart(line, at))
			continue;
		if (is_stamp(str_slice(line, start, at)))
			return true;
		start = at + 1;
	}
	return false;
}

Status secret_check_text(Str text, Err *err)
{
	Str line, head = str_slice(text, 0, STAMP_HEAD_BYTES);
	for (int lines = 0; lines < STAMP_LINES && str_split(&head, '\n', &line);) {
		if (str_trim(line).len == 0)
			continue;
		if (has_stamp(line))
			return secret_refuse("a stamp in its text", err);
		lines++;
	}
	return ST_OK;
}
