/* store/proof/proof_json.c - the last signed checkpoint serves as long as the leaf is in its tree; only a newer leaf
 * makes a new signature.
 */
#include "store/proof/proof_json.h"

#include "store/proof/checkpoint.h"
#include "store/proof/proof.h"

static Status read_size(ProofAnchor *anchor, Err *err)
{
	Checkpoint checkpoint;
	Status st = checkpoint_parse(buf_str(&anchor->text), &checkpoint, err);
	if (st == ST_OK)
		anchor->tree_size = checkpoint.tree_size;
	return st;
}

Status proof_anchor(Store *store, uint64_t sequence, ProofAnchor *out, Err *err)
{
	ProofAnchor anchor = {0};
	Err missing;
	bool covers = store_checkpoint_last(store, &anchor.text, &missing) == ST_OK &&
		      read_size(&anchor, &missing) == ST_OK && anchor.tree_size > sequence;
	Status st = ST_OK;
	if (!covers) {
		buf_clear(&anchor.text);
		st = store_checkpoint(store, &anchor.text, err);
		if (st == ST_OK)
			st = read_size(&anchor, err);
	}
	if (st == ST_OK)
		*out = anchor;
	else
		buf_done(&anchor.text);
	return st;
}

Status proof_write_entry_json(Store *store, const Entry *entry, const ProofAnchor *anchor, JsonOut *j, Err *err)
{
	Arena arena = {0};
	Proof proof;
	Status st = store_prove_inclusion(store, entry->sequence, anchor->tree_size, &arena, &proof, err);
	if (st != ST_OK)
		goto done;
	jout_open(j, '{');
	jout_field_str(j, entry->kind == ENTRY_CASE ? "code" : "id", entry->key);
	jout_field_u64(j, "version", entry->version);
	jout_field_u64(j, "sequence", entry->sequence);
	jout_field_u64(j, "tree_size", anchor->tree_size);
	jout_key(j, "descriptor");
	jout_base64(j, entry->descriptor.ptr, entry->descriptor.len);
	jout_key(j, "payload");
	jout_base64(j, entry->payload.ptr, entry->payload.len);
	jout_key(j, "path");
	jout_open(j, '[');
	for (size_t i = 0; i < proof.count; i++)
		jout_hex(j, proof.path[i].bytes, sizeof proof.path[i].bytes);
	jout_close(j, ']');
	jout_field_str(j, "checkpoint", buf_str(&anchor->text));
	jout_close(j, '}');
done:
	arena_done(&arena);
	return st;
}

Status proof_write_json(Store *store, uint64_t sequence, const ProofAnchor *anchor, JsonOut *j, Err *err)
{
	Arena arena = {0};
	Entry entry;
	Status st = store_entry(store, sequence, &arena, &entry, err);
	if (st == ST_OK)
		st = proof_write_entry_json(store, &entry, anchor, j, err);
	arena_done(&arena);
	return st;
}
