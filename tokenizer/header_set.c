/* tokenizer/header_set.c - the small steps that the readers of a letterhead share: set a field, copy a value, cut
 * punctuation off, know the national heading. */
#include "tokenizer/header_set.h"

void header_set(HeaderFields *out, HeaderFieldId id, Str value, double certainty, uint32_t start, uint32_t end)
{
	out->field[id] = (HeaderField){value, certainty, start, end};
}

Str header_keep(Arena *arena, const char *text, size_t len)
{
	Str copy = arena_copy(arena, (Str){text, len});
	return copy.ptr ? copy : STR("");
}

Str header_trim(Str s)
{
	while (s.len && strchr(" :.;,-_*\"'", s.ptr[s.len - 1]))
		s.len--;
	while (s.len && strchr(" :.;,-_*\"'", s.ptr[0]))
		s = str_slice(s, 1, s.len);
	return s;
}

bool header_is_national(Str folded)
{
	return str_find(folded, STR("cong hoa xa hoi")) >= 0 || str_find(folded, STR("chu nghia viet nam")) >= 0 ||
	       str_find(folded, STR("tu do - hanh")) >= 0 || str_starts(folded, STR("doc lap")) ||
	       str_find(folded, STR("viet nam dan chu cong hoa")) >= 0;
}
