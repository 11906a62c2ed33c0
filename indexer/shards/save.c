/* indexer/shards/save.c - first the disk, then the snapshot: what searches see is never ahead of what a restart finds.
 */
#include "indexer/shards/save.h"

#include "indexer/shards/current.h"

Status follower_save(Follower *f, Err *err)
{
	Status st = manifest_save(f->index->dir.text, f->index->store, &f->manifest, err);
	return st == ST_OK ? index_reload(f->index, true, err) : st;
}
