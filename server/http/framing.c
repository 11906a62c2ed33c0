/* server/http/framing.c - one state a byte; the body of a known length is passed over in one step.
 *
 *   START ──► LINE ──► NAME ──► VALUE ──► (NAME …) ──► END ──► START        no body
 *                                                      ├─────► BODY ──► START
 *                                                      └─────► SIZE ──► CHUNK ──► CHUNK_END ──► (SIZE …)
 *                                                              └─ 0 ──► TRAILER … ──► START
 *
 * A line ends with CR LF, or with LF alone as RFC 9112 §2.2 allows a recipient; a CR that no LF follows is refused. The
 * headers that decide about the body are recognised by name; each may stand once, and never both.
 */
#include "server/http/framing.h"

#include "base/str.h"

enum { OTHER, LENGTH, ENCODING }; /* headers */
enum { START, LINE, NAME, VALUE, BODY, SIZE, SIZE_REST, CHUNK, CHUNK_END, TRAILER, TRAILER_LINE };

static bool is_token_char(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("!#$%&'*+-.^_`|~", c));
}

static bool is_text(unsigned char c)
{
	return c >= 0x20 && c != 0x7F;
}

static uint8_t header_of(const Framing *f)
{
	Str name = {f->name, f->name_len <= FRAMING_NAME_MAX ? f->name_len : 0};
	if (str_eq_nocase(name, STR("content-length")))
		return LENGTH;
	return str_eq_nocase(name, STR("transfer-encoding")) ? ENCODING : OTHER;
}

/* ---- the head -------------------------------------------------------------------------------------------------- */

static FramingResult start_byte(Framing *f, unsigned char c)
{
	if (c == '\r' || c == '\n') /* empty lines before a request; few, by the limit of a head */
		return FRAMING_GOOD;
	if (!is_token_char(c))
		return FRAMING_BAD;
	f->state = LINE;
	return FRAMING_GOOD;
}

static FramingResult name_byte(Framing *f, unsigned char c)
{
	if (c == ':' && f->name_len) {
		f->header = header_of(f);
		if (f->header != OTHER && (f->has_length || f->has_encoding))
			return FRAMING_BAD;
		f->has_length |= f->header == LENGTH;
		f->has_encoding |= f->header == ENCODING;
		f->value_at = 0;
		f->value_blank = false;
		f->state = VALUE;
		return FRAMING_GOOD;
	}
	if (!is_token_char(c))
		return FRAMING_BAD;
	if (f->name_len < FRAMING_NAME_MAX)
		f->name[f->name_len] = (char)c;
	if (f->name_len < UINT8_MAX)
		f->name_len++;
	return FRAMING_GOOD;
}

/* Digits, with blanks around them. */
static FramingResult length_byte(Framing *f, unsigned char c)
{
	if (c == ' ' || c == '\t') {
		f->value_blank |= f->value_at > 0;
		return FRAMING_GOOD;
	}
	if (c < '0' || c > '9' || f->value_blank)
		return FRAMING_BAD;
	if (f->length_left > (UINT64_MAX - 9) / 10)
		return FRAMING_LONG;
	f->length_left = f->length_left * 10 + (c - '0');
	f->value_at = 1;
	return FRAMING_GOOD;
}

static FramingResult encoding_byte(Framing *f, unsigned char c)
{
	static const char wanted[] = "chunked";
	if (c == ' ' || c == '\t') {
		f->value_blank |= f->value_at > 0;
		return FRAMING_GOOD;
	}
	if (f->value_blank || f->value_at >= sizeof wanted - 1 || (c | 0x20) != wanted[f->value_at])
		return FRAMING_BAD;
	f->value_at++;
	return FRAMING_GOOD;
}

static FramingResult value_byte(Framing *f, unsigned char c)
{
	if (!is_text(c) && c != '\t')
		return FRAMING_BAD;
	if (f->header == LENGTH)
		return length_byte(f, c);
	return f->header == ENCODING ? encoding_byte(f, c) : FRAMING_GOOD;
}

static FramingResult end_value(Framing *f)
{
	if ((f->header == LENGTH && f->value_at == 0) || (f->header == ENCODING && f->value_at != strlen("chunked")))
		return FRAMING_BAD;
	f->name_len = 0;
	f->state = NAME;
	return FRAMING_GOOD;
}

static void begin_request(Framing *f)
{
	*f = (Framing){.state = START};
}

static void end_head(Framing *f)
{
	uint64_t length = f->has_length ? f->length_left : 0;
	bool chunked = f->has_encoding;
	begin_request(f);
	f->length_left = length;
	if (chunked)
		f->state = SIZE;
	else if (length)
		f->state = BODY;
}

/* ---- chunks ---------------------------------------------------------------------------------------------------- */

static int hex_digit(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
}

static FramingResult size_byte(Framing *f, unsigned char c)
{
	int digit = hex_digit(c);
	if (digit < 0) {
		f->state = SIZE_REST;
		return f->value_at && (c == ';' || c == ' ' || c == '\t') ? FRAMING_GOOD : FRAMING_BAD;
	}
	if (f->length_left >> 56)
		return FRAMING_LONG;
	f->length_left = f->length_left << 4 | (unsigned)digit;
	f->value_at = 1;
	return FRAMING_GOOD;
}

static FramingResult end_size(Framing *f)
{
	if (!f->value_at)
		return FRAMING_BAD;
	f->state = f->length_left ? CHUNK : TRAILER;
	f->value_at = 0;
	f->line_bytes = 0;
	return FRAMING_GOOD;
}

/* ---- the stream ------------------------------------------------------------------------------------------------ */

/* The end of a line in the states that have lines. */
static FramingResult end_line(Framing *f)
{
	switch (f->state) {
	case START:
		return FRAMING_GOOD;
	case LINE:
		f->state = NAME;
		f->name_len = 0;
		return FRAMING_GOOD;
	case NAME: /* an empty line ends the head, a name without a colon is none */
		if (f->name_len)
			return FRAMING_BAD;
		end_head(f);
		return FRAMING_GOOD;
	case VALUE:
		return end_value(f);
	case SIZE:
	case SIZE_REST:
		return end_size(f);
	case CHUNK_END:
		f->state = SIZE;
		f->length_left = 0;
		return FRAMING_GOOD;
	case TRAILER:
		begin_request(f);
		return FRAMING_GOOD;
	case TRAILER_LINE:
		f->state = TRAILER;
		return f->value_at ? FRAMING_GOOD : FRAMING_BAD;
	default:
		return FRAMING_BAD;
	}
}

static FramingResult take_byte(Framing *f, unsigned char c)
{
	switch (f->state) {
	case START:
		return start_byte(f, c);
	case LINE:
		return is_text(c) ? FRAMING_GOOD : FRAMING_BAD;
	case NAME:
		return name_byte(f, c);
	case VALUE:
		return value_byte(f, c);
	case SIZE:
		return size_byte(f, c);
	case SIZE_REST:
		return is_text(c) || c == '\t' ? FRAMING_GOOD : FRAMING_BAD;
	case TRAILER:
		f->state = TRAILER_LINE;
		f->value_at = 0; /* 1 behind the colon */
		return is_token_char(c) ? FRAMING_GOOD : FRAMING_BAD;
	case TRAILER_LINE:
		if (f->value_at)
			return is_text(c) || c == '\t' ? FRAMING_GOOD : FRAMING_BAD;
		f->value_at = c == ':';
		return c == ':' || is_token_char(c) ? FRAMING_GOOD : FRAMING_BAD;
	default:
		return FRAMING_BAD;
	}
}

static FramingResult line_byte(Framing *f, unsigned char c)
{
	bool in_chunks = f->state >= SIZE;
	if (c == '\n') {
		/* chunks need their CR: a lone LF there is where servers disagree */
		if (in_chunks && !f->cr)
			return FRAMING_BAD;
		f->cr = false;
		return end_line(f);
	}
	if (f->cr)
		return FRAMING_BAD;
	if (c == '\r') {
		f->cr = true;
		return FRAMING_GOOD;
	}
	return take_byte(f, c);
}

/* Bytes of a request line or of a value that decides nothing: up to the first that is no text. */
static size_t skip_text(Framing *f, const char *bytes, size_t len)
{
	size_t at = 0;
	if (f->state != LINE && (f->state != VALUE || f->header != OTHER))
		return 0;
	while (at < len && is_text((unsigned char)bytes[at]) && f->head_bytes + at < FRAMING_HEAD_MAX)
		at++;
	f->head_bytes += at;
	return at;
}

/* How many bytes of a body of known length are at hand. */
static size_t skip_body(Framing *f, size_t len)
{
	size_t skipped = f->length_left < len ? (size_t)f->length_left : len;
	f->length_left -= skipped;
	if (f->length_left == 0) {
		if (f->state == BODY)
			begin_request(f);
		else
			f->state = CHUNK_END;
	}
	return skipped;
}

static FramingResult count_byte(Framing *f)
{
	if (f->state < BODY || f->state >= TRAILER)
		return ++f->head_bytes > FRAMING_HEAD_MAX ? FRAMING_LONG : FRAMING_GOOD;
	return ++f->line_bytes > FRAMING_CHUNK_LINE_MAX ? FRAMING_LONG : FRAMING_GOOD;
}

FramingResult framing_read(Framing *f, const char *bytes, size_t len, size_t *good_out)
{
	size_t good = 0; /* behind the last whole request or chunk */
	for (size_t i = 0; i < len;) {
		if (f->state == BODY || f->state == CHUNK) {
			i += skip_body(f, len - i);
			good = i;
			continue;
		}
		if (!f->cr && (i += skip_text(f, bytes + i, len - i)) == len)
			break;
		FramingResult result = count_byte(f);
		if (result == FRAMING_GOOD)
			result = line_byte(f, (unsigned char)bytes[i]);
		if (result != FRAMING_GOOD) {
			*good_out = good;
			return result;
		}
		i++;
		if (f->state == START || f->state == BODY)
			good = i;
	}
	*good_out = len;
	return FRAMING_GOOD;
}
