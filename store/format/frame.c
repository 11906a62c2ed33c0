/* store/format/frame.c - a frame is believed only as a whole: magic, format, the header's sum, every length within what
 * its type allows, then the content's sum and the zero padding. The limits come before any length is used, so that a
 * damaged length never makes a reader allocate or skip. */
#include "store/format/frame.h"

#include "store/format/hash.h"

#define FRAME_MAGIC 0x31524668u /* "hFR1" */
static const char SEGMENT_MAGIC[8] = "HOSOSEG\n", TRAILER_MAGIC[8] = "HOSOEND\n";

uint32_t segment_seed(const uint8_t archive_id[static ARCHIVE_ID_LEN], uint32_t segment, uint32_t generation)
{
	uint8_t bytes[ARCHIVE_ID_LEN + 8];
	memcpy(bytes, archive_id, ARCHIVE_ID_LEN);
	put_le32(bytes + ARCHIVE_ID_LEN, segment);
	put_le32(bytes + ARCHIVE_ID_LEN + 4, generation);
	return crc32c(0, bytes, sizeof bytes);
}

uint32_t frame_seed(uint32_t segment_seed_value, uint64_t offset)
{
	uint8_t bytes[8];
	put_le64(bytes, offset);
	return crc32c(segment_seed_value, bytes, sizeof bytes);
}

/* ---- frame header ---------------------------------------------------------------------------------------------- */

void frame_header_put(FrameHeader *h, uint32_t seed, const void *content, uint8_t out[static FRAME_HEADER_LEN])
{
	h->content_crc = crc32c(seed, content, (size_t)frame_content_len(h));
	put_le32(out, FRAME_MAGIC);
	out[4] = h->type;
	out[5] = ARCHIVE_FORMAT;
	out[6] = h->codec;
	out[7] = h->flags;
	put_le32(out + 8, h->ordinal);
	put_le32(out + 12, h->dict_ordinal);
	put_le64(out + 16, h->sequence);
	put_le64(out + 24, h->batch);
	put_le32(out + 32, h->descriptor_len);
	put_le32(out + 36, h->annex_len);
	put_le32(out + 40, h->stored_len);
	put_le32(out + 44, h->raw_len);
	put_le32(out + 48, h->content_crc);
	h->header_crc = crc32c(seed, out, 52);
	put_le32(out + 52, h->header_crc);
}

/* What a frame of each type may hold at most. */
static const struct {
	uint32_t descriptor_min, descriptor_max, annex_max, raw_max;
} frame_limits[] = {
	[FRAME_OBJECT] = {OBJECT_DESCRIPTOR_LEN, OBJECT_DESCRIPTOR_LEN, 0, 64 << 20},
	[FRAME_CHUNK] = {CHUNK_DESCRIPTOR_LEN, CHUNK_DESCRIPTOR_LEN, 0, STORE_CHUNK_BYTES},
	[FRAME_LEAF] = {LEAF_FIXED_LEN, LEAF_FIXED_LEN + STORE_ID_MAX, ANNEX_MAX, PAYLOAD_MAX},
	[FRAME_COMMIT] = {COMMIT_DESCRIPTOR_LEN, COMMIT_DESCRIPTOR_LEN, 0, 0},
	[FRAME_DICT] = {DICT_DESCRIPTOR_LEN, DICT_DESCRIPTOR_LEN, 0, DICT_BYTES_MAX},
	[FRAME_MARK] = {0, 0, 0, 0},
	[FRAME_FOOTER] = {FOOTER_FIXED_LEN, DESCRIPTOR_MAX, 0, 1u << 30},
};

static bool lengths_are_allowed(const FrameHeader *h)
{
	if (h->type == 0 || h->type >= sizeof frame_limits / sizeof frame_limits[0])
		return false;
	if (h->descriptor_len < frame_limits[h->type].descriptor_min ||
	    h->descriptor_len > frame_limits[h->type].descriptor_max)
		return false;
	if (h->annex_len > frame_limits[h->type].annex_max || h->raw_len > frame_limits[h->type].raw_max)
		return false;
	if (h->stored_len > h->raw_len || h->codec > CODEC_LZ4_DICT || (h->flags & ~FRAME_DESTROYED))
		return false;
	if (h->flags & FRAME_DESTROYED)
		return h->stored_len == 0 && h->codec == CODEC_RAW;
	return h->codec == CODEC_RAW ? h->stored_len == h->raw_len : h->stored_len < h->raw_len;
}

bool frame_header_get(const uint8_t bytes[static FRAME_HEADER_LEN], uint32_t seed, FrameHeader *out)
{
	if (get_le32(bytes) != FRAME_MAGIC || bytes[5] != ARCHIVE_FORMAT ||
	    get_le32(bytes + 52) != crc32c(seed, bytes, 52))
		return false;
	FrameHeader h = {
		.type = bytes[4],
		.codec = bytes[6],
		.flags = bytes[7],
		.ordinal = get_le32(bytes + 8),
		.dict_ordinal = get_le32(bytes + 12),
		.sequence = get_le64(bytes + 16),
		.batch = get_le64(bytes + 24),
		.descriptor_len = get_le32(bytes + 32),
		.annex_len = get_le32(bytes + 36),
		.stored_len = get_le32(bytes + 40),
		.raw_len = get_le32(bytes + 44),
		.content_crc = get_le32(bytes + 48),
		.header_crc = get_le32(bytes + 52),
	};
	if (!lengths_are_allowed(&h))
		return false;
	*out = h;
	return true;
}

bool frame_content_ok(const FrameHeader *h, uint32_t seed, const uint8_t *content)
{
	size_t used = (size_t)h->descriptor_len + h->annex_len + h->stored_len, len = (size_t)frame_content_len(h);
	for (size_t i = used; i < len; i++)
		if (content[i])
			return false;
	return crc32c(seed, content, len) == h->content_crc;
}

void frame_split(const uint8_t *bytes, uint64_t offset, const FrameHeader *h, Frame *out)
{
	const char *at = (const char *)bytes + FRAME_HEADER_LEN;
	*out = (Frame){.header = *h, .offset = offset};
	out->descriptor = (Str){at, h->descriptor_len};
	out->annex = (Str){at + h->descriptor_len, h->annex_len};
	out->stored = (Str){at + h->descriptor_len + h->annex_len, h->stored_len};
}

/* ---- segment header and trailer -------------------------------------------------------------------------------- */

void segment_header_put(const SegmentHeader *h, uint8_t out[static SEGMENT_HEADER_LEN])
{
	memset(out, 0, SEGMENT_HEADER_LEN);
	memcpy(out, SEGMENT_MAGIC, 8);
	put_le16(out + 8, ARCHIVE_FORMAT);
	put_le16(out + 10, SEGMENT_HEADER_LEN);
	put_le32(out + 12, h->segment);
	memcpy(out + 16, h->archive_id, ARCHIVE_ID_LEN);
	put_le64(out + 32, h->first_sequence);
	put_le64(out + 40, h->created_ms);
	put_le32(out + 48, h->generation);
	put_le32(out + 60, crc32c(0, out, 60));
}

bool segment_header_get(const uint8_t bytes[static SEGMENT_HEADER_LEN], SegmentHeader *out)
{
	if (memcmp(bytes, SEGMENT_MAGIC, 8) != 0 || get_le16(bytes + 8) != ARCHIVE_FORMAT ||
	    get_le16(bytes + 10) != SEGMENT_HEADER_LEN || get_le32(bytes + 60) != crc32c(0, bytes, 60))
		return false;
	*out = (SegmentHeader){
		.segment = get_le32(bytes + 12),
		.first_sequence = get_le64(bytes + 32),
		.created_ms = get_le64(bytes + 40),
		.generation = get_le32(bytes + 48),
	};
	memcpy(out->archive_id, bytes + 16, ARCHIVE_ID_LEN);
	return true;
}

void segment_trailer_put(const SegmentTrailer *t, uint32_t seed, uint8_t out[static SEGMENT_TRAILER_LEN])
{
	memcpy(out, TRAILER_MAGIC, 8);
	put_le64(out + 8, t->footer_offset);
	put_le32(out + 16, t->segment);
	put_le32(out + 20, t->generation);
	put_le32(out + 24, 0);
	put_le32(out + 28, crc32c(seed, out, 28));
}

bool segment_trailer_get(const uint8_t bytes[static SEGMENT_TRAILER_LEN],
			 const uint8_t archive_id[static ARCHIVE_ID_LEN], uint32_t segment, uint64_t offset,
			 SegmentTrailer *out)
{
	uint32_t generation = get_le32(bytes + 20);
	uint32_t seed = frame_seed(segment_seed(archive_id, segment, generation), offset);
	if (memcmp(bytes, TRAILER_MAGIC, 8) != 0 || get_le32(bytes + 16) != segment || get_le32(bytes + 24) != 0 ||
	    get_le32(bytes + 28) != crc32c(seed, bytes, 28))
		return false;
	*out = (SegmentTrailer){get_le64(bytes + 8), segment, generation};
	return out->footer_offset >= SEGMENT_HEADER_LEN && out->footer_offset < offset &&
	       out->footer_offset % FRAME_ALIGN == 0;
}
