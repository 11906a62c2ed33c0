/* store/care/verify_frame.c - one frame against what it says: its place in the order, its body's hash, its leaf in the
 * tree, its commit's root, its footer's list.
 */
#include "store/care/verify_frame.h"

#include "store/format/payload.h"
#include "store/log/body.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

void verify_report(Verification *v, uint64_t offset, uint64_t sequence, const char *format, ...)
{
	VerifyFinding finding = {.offset = offset, .sequence = sequence};
	va_list args;
	va_start(args, format);
	vsnprintf(finding.text, sizeof finding.text, format, args);
	va_end(args);
	snprintf(finding.segment, sizeof finding.segment, "%s", v->file ? v->file->name : "");
	v->report->findings++;
	if (v->found)
		v->found(v->ctx, &finding);
}

/* ---- bodies -------------------------------------------------------------------------------------------------------
 */

static void check_chunked(Verification *v, const Frame *frame, const ObjectDescriptor *object)
{
	Err err = {0};
	Sha256 sum;
	Hash hash;
	Status st = ST_OK;
	char *space = arena_alloc(&v->arena, STORE_CHUNK_BYTES);
	sha256_begin(&sum);
	for (uint64_t at = 0; space && st == ST_OK && at < object->size_bytes; at += STORE_CHUNK_BYTES) {
		uint64_t left = object->size_bytes - at;
		size_t part = left < STORE_CHUNK_BYTES ? (size_t)left : STORE_CHUNK_BYTES;
		st = store_object_read(v->store, &object->hash, at, space, part, &err);
		if (st == ST_OK)
			sha256_add(&sum, space, part);
	}
	sha256_end(&sum, &hash);
	if (st != ST_OK)
		verify_report(v, frame->offset, UINT64_MAX, "an object of %" PRIu64 " bytes cannot be read: %.120s",
			      object->size_bytes, err.text);
	else if (!hash_eq(&hash, &object->hash))
		verify_report(v, frame->offset, UINT64_MAX, "an object of %" PRIu64 " bytes does not have its SHA-256",
			      object->size_bytes);
}

static void check_object(Verification *v, const Frame *frame)
{
	ObjectDescriptor object;
	Err err = {0};
	Str body;
	Hash hash;
	v->report->objects++;
	if (!object_descriptor_get(frame->descriptor, &object)) {
		verify_report(v, frame->offset, UINT64_MAX, "an object's descriptor makes no sense");
		return;
	}
	if (v->quick || (frame->header.flags & FRAME_DESTROYED))
		return;
	if (object.chunk_count) {
		check_chunked(v, frame, &object);
		return;
	}
	if (body_read(v->store, SEE_COMMITTED, v->segment, frame, &v->arena, &body, &err) != ST_OK) {
		verify_report(v, frame->offset, UINT64_MAX, "an object cannot be read: %.140s", err.text);
		return;
	}
	hash_of(body, &hash);
	if (body.len != object.size_bytes || !hash_eq(&hash, &object.hash))
		verify_report(v, frame->offset, UINT64_MAX, "an object does not have its SHA-256");
}

static void check_payload(Verification *v, const Frame *frame, const LeafDescriptor *leaf)
{
	Err err = {0};
	Str payload, metadata;
	Hash hash;
	const ObjectRef *objects;
	size_t count;
	if (body_read(v->store, SEE_COMMITTED, v->segment, frame, &v->arena, &payload, &err) != ST_OK) {
		verify_report(v, frame->offset, leaf->sequence, "its payload cannot be read: %.140s", err.text);
		return;
	}
	hash_of(payload, &hash);
	if (payload.len != leaf->payload_bytes || !hash_eq(&hash, &leaf->payload_hash)) {
		verify_report(v, frame->offset, leaf->sequence, "its payload is not the one its descriptor names");
		return;
	}
	if (payload_get(payload, &v->arena, &objects, &count, &metadata, &err) != ST_OK) {
		verify_report(v, frame->offset, leaf->sequence, "%.160s", err.text);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		uint64_t size;
		if (store_object_size(v->store, &objects[i].hash, &size, &err) != ST_OK)
			verify_report(v, frame->offset, leaf->sequence, "its object %zu (%.15s) is not there: %.100s",
				      i + 1, objects[i].role, err.text);
		else if (size != objects[i].size_bytes)
			verify_report(v, frame->offset, leaf->sequence, "its object %zu (%.15s) has another size",
				      i + 1, objects[i].role);
	}
}

static void check_leaf(Verification *v, const Frame *frame)
{
	LeafDescriptor leaf;
	Hash hash;
	v->report->leaves++;
	if (!leaf_descriptor_get(frame->descriptor, &leaf) || leaf.sequence != frame->header.sequence) {
		verify_report(v, frame->offset, frame->header.sequence, "a descriptor makes no sense");
		v->tree_broken = true;
		return;
	}
	merkle_leaf(frame->descriptor, &hash);
	if (leaf.sequence != v->next_sequence) {
		verify_report(v, frame->offset, leaf.sequence, "record %" PRIu64 " stands where %" PRIu64 " should",
			      leaf.sequence, v->next_sequence);
		v->tree_broken = true;
		v->next_sequence = leaf.sequence;
	}
	v->next_sequence++;
	if (!v->tree_broken) {
		frontier_append(&v->frontier, &hash, NULL, NULL);
		if (v->frontier.size == v->signed_last.tree_size)
			frontier_root(&v->frontier, &v->signed_now);
		if (v->frontier.size == v->mark.tree_size)
			frontier_root(&v->frontier, &v->marked_now);
	}
	if (!v->quick && !(frame->header.flags & FRAME_DESTROYED))
		check_payload(v, frame, &leaf);
}

static void check_commit(Verification *v, const Frame *frame)
{
	CommitDescriptor commit;
	Hash root;
	if (!commit_descriptor_get(frame->descriptor, &commit)) {
		verify_report(v, frame->offset, UINT64_MAX, "a commit makes no sense");
		return;
	}
	frontier_root(&v->frontier, &root);
	if (!v->tree_broken && (commit.tree_size != v->frontier.size || !hash_eq(&root, &commit.root))) {
		verify_report(v, frame->offset, UINT64_MAX,
			      "the records do not give the root that the commit of %" PRIu64 " records names",
			      commit.tree_size);
		v->tree_broken = true;
	}
}

static void check_dictionary(Verification *v, const Frame *frame)
{
	Hash hash;
	hash_of(frame->stored, &hash);
	if (memcmp(hash.bytes, frame->descriptor.ptr, STORE_HASH_LEN) != 0)
		verify_report(v, frame->offset, UINT64_MAX, "a dictionary does not have its SHA-256");
}

/* ---- order and footer ---------------------------------------------------------------------------------------------
 */

static void check_footer(Verification *v, const Frame *frame)
{
	FooterDescriptor footer;
	size_t frames = v->offsets.len / 4, leaves = v->leaf_ordinals.len / 4;
	if (!footer_descriptor_get(frame->descriptor, frame_seed(v->file->seed, frame->offset), &footer) ||
	    frame->stored.len != ((size_t)footer.frames + footer.leaves) * 4) {
		verify_report(v, frame->offset, UINT64_MAX, "the footer makes no sense");
		return;
	}
	if (footer.frames != frames || footer.leaves != leaves ||
	    memcmp(frame->stored.ptr, v->offsets.data, frames * 4) != 0 ||
	    (leaves && memcmp(frame->stored.ptr + frames * 4, v->leaf_ordinals.data, leaves * 4) != 0))
		verify_report(v, frame->offset, UINT64_MAX, "the footer does not list the frames that are there");
}

static void note_place(Buf *list, uint32_t value)
{
	uint8_t bytes[4];
	put_le32(bytes, value);
	buf_add(list, bytes, sizeof bytes);
}

void verify_frame(Verification *v, const Frame *frame)
{
	v->report->frames++;
	arena_reset(&v->arena);
	if (frame->header.ordinal != v->next_ordinal)
		verify_report(v, frame->offset, UINT64_MAX, "frame %" PRIu32 " stands where %" PRIu32 " should",
			      frame->header.ordinal, v->next_ordinal);
	v->next_ordinal = frame->header.ordinal + 1;
	switch ((FrameType)frame->header.type) {
	case FRAME_OBJECT:
		check_object(v, frame);
		break;
	case FRAME_LEAF:
		check_leaf(v, frame);
		note_place(&v->leaf_ordinals, frame->header.ordinal);
		break;
	case FRAME_COMMIT:
		check_commit(v, frame);
		break;
	case FRAME_DICT:
		check_dictionary(v, frame);
		break;
	case FRAME_FOOTER:
		check_footer(v, frame);
		return;
	case FRAME_CHUNK:
	case FRAME_MARK:
		break;
	}
	note_place(&v->offsets, (uint32_t)(frame->offset / FRAME_ALIGN));
}
