/* store/log/state.c - what an open archive says of itself. The numbers are those of the last COMMIT: what a writer has
 * appended since does not exist yet for anybody else. */
#include "store/log/state.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void state_note_damage(Store *store, const char *format, ...)
{
	if (store->damage.code != ST_OK)
		return; /* the first damage is the one that is named */
	va_list args;
	char text[sizeof store->damage.text];
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	err_set(&store->damage, ST_CORRUPT, "%s", text);
}

const char *store_dir(const Store *store)
{
	return store->dir;
}

void store_state(Store *store, StoreState *out)
{
	*out = (StoreState){0};
	pthread_rwlock_rdlock(&store->lock);
	const Committed *c = &store->committed;
	out->tree_size = c->tree_size;
	out->root = c->root;
	out->objects = c->objects;
	out->bytes_original = c->bytes_original;
	for (size_t i = 0; i < store->segment_count && store->segments[i]->id <= c->segment; i++) {
		out->segments++;
		out->bytes_stored += store->segments[i]->end;
	}
	pthread_rwlock_unlock(&store->lock);
	if (out->tree_size == 0)
		hash_of((Str){"", 0}, &out->root);
}

uint64_t store_tree_size(Store *store)
{
	pthread_rwlock_rdlock(&store->lock);
	uint64_t size = store->committed.tree_size;
	pthread_rwlock_unlock(&store->lock);
	return size;
}

Status store_damage(Store *store, Err *out)
{
	pthread_rwlock_rdlock(&store->lock);
	Err damage = store->damage;
	pthread_rwlock_unlock(&store->lock);
	return damage.code == ST_OK ? ST_OK : err_set(out, damage.code, "%s", damage.text);
}

Status state_check_writable(const Store *store, Err *err)
{
	char reason[80];
	if (!store->writer.not_writable)
		return ST_OK;
	return err_set(
		err, ST_READ_ONLY,
		"%.120s/LOCK cannot be opened for writing: %s; reading goes on. To write, mount its disk for writing, "
		"or run hoso as the owner",
		store->dir, strerror_r(store->writer.not_writable, reason, sizeof reason));
}
