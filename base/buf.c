/* base/buf.c - capacity doubles, so appending is O(1) on average. Numbers are written byte by byte, so that the
 * formats on disk do not depend on the machine. Base64 is that of RFC 4648. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void buf_done(Buf *b)
{
	free(b->data);
	*b = (Buf){0};
}

bool buf_reserve(Buf *b, size_t more)
{
	if (b->failed)
		return false;
	if (b->data && b->capacity - b->len >= more)
		return true;
	size_t wanted, doubled = b->capacity ? b->capacity * 2 : 64;
	if (__builtin_add_overflow(b->len, more, &wanted)) {
		b->failed = true;
		return false;
	}
	if (wanted < doubled)
		wanted = doubled;
	char *grown = realloc(b->data, wanted);
	if (!grown) {
		b->failed = true;
		return false;
	}
	b->data = grown;
	b->capacity = wanted;
	return true;
}

char *buf_extend(Buf *b, size_t more)
{
	if (!buf_reserve(b, more))
		return NULL;
	char *at = b->data + b->len;
	b->len += more;
	return at;
}

void buf_add(Buf *b, const void *bytes, size_t len)
{
	if (len && buf_reserve(b, len)) {
		memcpy(b->data + b->len, bytes, len);
		b->len += len;
	}
}

void buf_add_str(Buf *b, Str s)
{
	buf_add(b, s.ptr, s.len);
}

void buf_add_zero_terminated(Buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void buf_add_char(Buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_add_u64(Buf *b, uint64_t value)
{
	char digits[20], *end = digits + sizeof digits, *at = end;
	do
		*--at = (char)('0' + value % 10);
	while (value /= 10);
	buf_add(b, at, (size_t)(end - at));
}

void buf_printf(Buf *b, const char *format, ...)
{
	char small[256];
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int len = vsnprintf(small, sizeof small, format, args);
	if (len < 0)
		b->failed = true;
	else if ((size_t)len < sizeof small)
		buf_add(b, small, (size_t)len);
	else if (buf_reserve(b, (size_t)len + 1))
		b->len += (size_t)vsnprintf(b->data + b->len, (size_t)len + 1, format, again);
	va_end(again);
	va_end(args);
}

void buf_add_hex(Buf *b, const void *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *in = bytes;
	char *out = buf_extend(b, len * 2);
	for (size_t i = 0; out && i < len; i++) {
		out[2 * i] = digits[in[i] >> 4];
		out[2 * i + 1] = digits[in[i] & 15];
	}
}

static const char base64_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void buf_add_base64(Buf *b, const void *bytes, size_t len)
{
	const uint8_t *in = bytes;
	char *out = buf_extend(b, (len + 2) / 3 * 4);
	if (!out)
		return;
	for (; len >= 3; len -= 3, in += 3, out += 4) {
		uint32_t v = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];
		for (int i = 0; i < 4; i++)
			out[i] = base64_alphabet[v >> (18 - 6 * i) & 63];
	}
	if (len) {
		uint32_t v = (uint32_t)in[0] << 16 | (len == 2 ? (uint32_t)in[1] << 8 : 0);
		out[0] = base64_alphabet[v >> 18];
		out[1] = base64_alphabet[v >> 12 & 63];
		out[2] = len == 2 ? base64_alphabet[v >> 6 & 63] : '=';
		out[3] = '=';
	}
}

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool buf_add_base64_decoded(Buf *b, Str s)
{
	size_t padding = 0, start = b->len;
	if (s.len % 4)
		return false;
	while (padding < 2 && padding < s.len && s.ptr[s.len - 1 - padding] == '=')
		padding++;
	size_t digits = s.len - padding;
	char *out = buf_extend(b, s.len / 4 * 3);
	if (!out)
		return s.len == 0;
	uint32_t value = 0;
	size_t used = 0;
	for (size_t i = 0; i < digits; i++) {
		int v = base64_value(s.ptr[i]);
		if (v < 0) {
			b->len = start;
			return false;
		}
		value = value << 6 | (uint32_t)v;
		if (i % 4 == 3) {
			out[used++] = (char)(value >> 16);
			out[used++] = (char)(value >> 8);
			out[used++] = (char)value;
		}
	}
	uint32_t spare = padding == 1 ? value & 3 : padding == 2 ? value & 15 : 0;
	if (spare) { /* bits that no encoder sets */
		b->len = start;
		return false;
	}
	if (padding == 1) {
		out[used++] = (char)(value >> 10);
		out[used++] = (char)(value >> 2);
	} else if (padding == 2) {
		out[used++] = (char)(value >> 4);
	}
	b->len = start + used;
	return true;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool hex_decode(Str hex, void *out, size_t out_len)
{
	uint8_t *bytes = out;
	if (hex.len != out_len * 2)
		return false;
	for (size_t i = 0; i < hex.len; i++)
		if (hex_value(hex.ptr[i]) < 0)
			return false;
	for (size_t i = 0; i < out_len; i++)
		bytes[i] = (uint8_t)(hex_value(hex.ptr[2 * i]) << 4 | hex_value(hex.ptr[2 * i + 1]));
	return true;
}

void buf_add_varint(Buf *b, uint64_t value)
{
	uint8_t bytes[10];
	size_t n = 0;
	for (; value >= 0x80; value >>= 7)
		bytes[n++] = (uint8_t)(value | 0x80);
	bytes[n++] = (uint8_t)value;
	buf_add(b, bytes, n);
}

bool varint_read(const uint8_t **at, const uint8_t *end, uint64_t *out)
{
	uint64_t value = 0;
	const uint8_t *p = *at;
	for (unsigned shift = 0; p < end && shift < 64; shift += 7) {
		uint8_t byte = *p++;
		if (shift == 63 && byte > 1)
			return false;
		value |= (uint64_t)(byte & 0x7F) << shift;
		if (byte < 0x80) {
			*out = value;
			*at = p;
			return true;
		}
	}
	return false;
}
