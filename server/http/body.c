/* server/http/body.c - a body begins in memory when it is known to be short, else in its file; one of unknown length
 * moves there once it has grown. The file is mapped for those who read it whole: nobody else can reach it, so it does
 * not shrink under them. */
#include "server/http/body.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

static Status promise(Body *body, uint64_t bytes, Err *err)
{
	Status st = budget_reserve_disk(body->budget, bytes, err);
	if (st == ST_OK)
		body->promised += bytes;
	return st;
}

static void give_memory_back(Body *body)
{
	buf_done(&body->memory);
	budget_give_memory(body->budget, body->held);
	body->held = 0;
}

static Status write_piece(Body *body, const char *bytes, size_t len, Err *err)
{
	Status st =
		body->promised < len ? promise(body, len > BODY_CHUNKED_STEP ? len : BODY_CHUNKED_STEP, err) : ST_OK;
	if (st == ST_OK)
		st = file_write(body->fd, bytes, len, "the received body", err);
	if (st != ST_OK)
		return st;
	body->promised -= len;
	budget_return_disk(body->budget, len);
	return ST_OK;
}

/* What is in memory moves into the file. */
static Status open_file(Body *body, Err *err)
{
	const char *dir = store_dir(body->budget->store);
	body->fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (body->fd < 0)
		return err_errno(err, errno, "make a temporary file in %s", dir);
	Status st = body->memory.len ? write_piece(body, body->memory.data, body->memory.len, err) : ST_OK;
	give_memory_back(body);
	return st;
}

Status body_begin(Body *out, Budget *budget, uint64_t expected, Err *err)
{
	*out = (Body){.budget = budget, .fd = -1};
	uint64_t memory = expected && expected < BODY_MEMORY_MAX ? expected : BODY_MEMORY_MAX;
	if (expected <= BODY_MEMORY_MAX && budget_take_memory(budget, memory)) {
		out->held = memory;
		return ST_OK;
	}
	Status st = expected ? promise(out, expected, err) : ST_OK;
	return st == ST_OK ? open_file(out, err) : st;
}

Status body_add(Body *body, const char *bytes, size_t len, Err *err)
{
	Status st = ST_OK;
	body->len += len;
	if (body->fd < 0 && body->len > body->held)
		st = open_file(body, err);
	if (st == ST_OK && body->fd >= 0)
		return write_piece(body, bytes, len, err);
	if (st == ST_OK && (buf_add(&body->memory, bytes, len), !buf_ok(&body->memory)))
		st = err_no_memory(err);
	return st;
}

Status body_end(Body *body, bool as_file, Err *err)
{
	if (!body->budget)
		return ST_OK;
	Status st = as_file && body->fd < 0 ? open_file(body, err) : ST_OK;
	budget_return_disk(body->budget, body->promised);
	body->promised = 0;
	if (st != ST_OK || body->fd < 0)
		return st;
	if (as_file)
		return lseek(body->fd, 0, SEEK_SET) < 0 ? err_errno(err, errno, "rewind the received body") : ST_OK;
	void *map = mmap(NULL, (size_t)body->len, PROT_READ, MAP_PRIVATE, body->fd, 0);
	if (map == MAP_FAILED)
		return err_errno(err, errno, "map the received body");
	body->map = map;
	return ST_OK;
}

Str body_bytes(const Body *body)
{
	return body->map ? (Str){body->map, (size_t)body->len} : buf_str(&body->memory);
}

int body_take_file(Body *body)
{
	int fd = body->budget ? body->fd : -1;
	body->fd = -1;
	return fd;
}

void body_done(Body *body)
{
	if (!body->budget)
		return;
	if (body->map)
		munmap(body->map, (size_t)body->len);
	close_quietly(body->fd);
	budget_return_disk(body->budget, body->promised);
	give_memory_back(body);
	*body = (Body){0};
}
