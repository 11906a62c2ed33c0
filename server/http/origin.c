/* server/http/origin.c - a host is split into name and port, each read to its last byte: "127.0.0.1.nip.io",
 * "localhost:80@evil" and "[::1]evil" begin well and are not ours. */
#include "server/http/origin.h"

static bool port_is_valid(Str port)
{
	uint64_t number;
	return port.len && port.len <= 5 && str_to_u64(port, &number) && number >= 1 && number <= 65535;
}

/* "name" or "name:port"; the name of an IPv6 address keeps its brackets. */
static bool split_host(Str host, Str *name)
{
	ptrdiff_t bracket = str_find_char(host, ']'), colon = str_find_char(host, ':');
	size_t end = host.len;
	if (host.len && host.ptr[0] == '[') {
		if (bracket < 0)
			return false;
		end = (size_t)bracket + 1;
	} else if (colon >= 0) {
		end = (size_t)colon;
	}
	*name = str_slice(host, 0, end);
	if (end == host.len)
		return name->len > 0;
	return host.ptr[end] == ':' && port_is_valid(str_slice(host, end + 1, host.len));
}

/* 127.0.0.0/8 as four decimal numbers without leading zeros. */
static bool is_loopback_v4(Str name)
{
	Str part;
	size_t count = 0;
	while (str_split(&name, '.', &part)) {
		uint64_t number;
		bool plain = part.len && part.len <= 3 && (part.len == 1 || part.ptr[0] != '0');
		if (!plain || !str_to_u64(part, &number) || number > 255 || (count == 0 && number != 127))
			return false;
		count++;
	}
	return count == 4;
}

static bool is_loopback(Str name)
{
	return str_eq_nocase(name, STR("localhost")) || str_eq(name, STR("[::1]")) || is_loopback_v4(name);
}

static bool is_listed(Str name, Str names)
{
	Str allowed;
	while (str_split(&names, ',', &allowed))
		if (str_eq_nocase(str_trim(allowed), name))
			return true;
	return false;
}

bool host_is_ours(Str host, Str names)
{
	Str name;
	return split_host(host, &name) && (is_loopback(name) || is_listed(name, names));
}

bool origin_is_ours(Str origin, Str host, Str names)
{
	Str name, http = STR("http://"), https = STR("https://");
	if (!split_host(host, &name))
		return false;
	if (str_starts(origin, http))
		return str_eq_nocase(str_slice(origin, http.len, origin.len), host);
	return str_starts(origin, https) && is_listed(name, names) &&
	       str_eq_nocase(str_slice(origin, https.len, origin.len), host);
}
