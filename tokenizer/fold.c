/* tokenizer/fold.c - character by character: a Vietnamese letter gives its base letter, any other character its plain
 * and lower-case form. Combining marks are dropped, white space is written when the next character comes. */
#include "tokenizer/fold.h"
#include "tokenizer/letter.h"

static void add_other(Buf *out, uint32_t c)
{
	char text[8];
	uint32_t plain = char_plain(c);
	size_t len = plain >= 0x80 ? char_fold_latin(plain, text) : 0;
	if (!len)
		len = utf8_encode(char_lower(plain), text);
	buf_add(out, text, len);
}

void fold_text(Str in, Buf *out)
{
	const uint8_t *p = (const uint8_t *)(in.ptr ? in.ptr : ""), *end = p + in.len;
	size_t start = out->len;
	bool space = false;
	while (p < end) {
		unsigned width;
		uint32_t c = 0;
		Letter letter = letter_composed_at(p, end, &width);
		CharClass class = CHAR_LETTER;
		if (!letter) {
			width = (unsigned)utf8_decode((const char *)p, (size_t)(end - p), &c);
			class = width ? char_class(c) : CHAR_IGNORED;
		}
		p += width ? width : 1;
		if (class == CHAR_SPACE)
			space = true;
		if (class == CHAR_SPACE || class == CHAR_IGNORED || (c >= 0x300 && c < 0x370))
			continue;
		if (space && out->len > start)
			buf_add_char(out, ' ');
		space = false;
		if (letter)
			buf_add_char(out, letter_base(letter));
		else
			add_other(out, c);
	}
}
