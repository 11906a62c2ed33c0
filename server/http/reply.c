/* server/http/reply.c - filling in a reply. Entity tags are the first half of a SHA-256: long enough that two contents
 * never share one by chance. */
#include "server/http/reply.h"

#include "store/format/hash.h"

void reply_header(Reply *reply, const char *name, Str value)
{
	if (reply->header_count < REPLY_HEADERS_MAX) {
		reply->headers[reply->header_count].name = name;
		reply->headers[reply->header_count++].value = value;
	}
}

void reply_json_begin(Reply *reply, JsonOut *j)
{
	reply->media = "application/json";
	jout_begin(j, &reply->body);
}

void reply_done(Reply *reply)
{
	buf_done(&reply->body);
	if (reply->source.read && reply->source.close)
		reply->source.close(reply->source.ctx);
	reply->source = (ReplySource){0};
}

Str reply_etag_of(Str seed, Arena *arena)
{
	Hash hash;
	Buf hex = {0};
	hash_of(seed, &hash);
	buf_add_char(&hex, '"');
	buf_add_hex(&hex, hash.bytes, 16);
	buf_add_char(&hex, '"');
	Str etag = arena_copy(arena, buf_str(&hex));
	buf_done(&hex);
	return etag;
}
