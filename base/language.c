/* base/language.c - names of languages as they stand in addresses and options (ISO 639-1). */
#include "base/language.h"

Status language_parse(Str name, Language *out, Err *err)
{
	if (!str_eq(name, STR("vi")) && !str_eq(name, STR("en")))
		return err_set(err, ST_INVALID, "lang: '%.*s' is neither vi nor en",
			       (int)(name.len > 40 ? 40 : name.len), name.ptr);
	*out = str_eq(name, STR("en")) ? LANGUAGE_EN : LANGUAGE_VI;
	return ST_OK;
}
