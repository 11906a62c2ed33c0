/* indexer/extract/recogniser.c - an order goes out and its answer comes in at the same time, so that neither side waits
 * for the other with a full pipe. After PAGES_EACH pages the process is replaced: what it may have leaked goes with it.
 * A page whose process ends is tried once more in a fresh one: the end may have been the fault of the page before, or
 * of somebody who ends processes. */
#include "indexer/extract/recogniser.h"

#include "base/file.h"
#include "indexer/extract/process.h"
#include "indexer/extract/tesseract.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAGES_EACH = 400, START_WALL_MS = 60 * 1000, LOOK_MS = 200 };

struct Recogniser {
	ProcessTalk talk;
	bool is_running;
	unsigned pages; /* of this process */
	char label[48];
};

void page_text_done(PageText *text)
{
	page_words_done(&text->words);
	buf_done(&text->lines);
}

/* ---- talking --------------------------------------------------------------------------------------------------- */

typedef struct {
	Str parts[2]; /* still to be sent */
	Buf *in;
	bool has_head;
	size_t wanted; /* of the answer, once its head is there */
} Exchange;

static bool send_some(int fd, Exchange *x)
{
	Str *part = x->parts[0].len ? &x->parts[0] : &x->parts[1];
	ssize_t sent = send(fd, part->ptr, part->len, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (sent > 0)
		*part = str_slice(*part, (size_t)sent, part->len);
	return sent > 0 || errno == EAGAIN || errno == EINTR;
}

/* False: it ended, or what it says is no answer. */
static bool read_some(int fd, Exchange *x)
{
	RecogniseAnswer head;
	enum { STEP_BYTES = 64 << 10 };
	if (!buf_reserve(x->in, STEP_BYTES))
		return false;
	ssize_t got = read(fd, x->in->data + x->in->len, STEP_BYTES);
	if (got <= 0)
		return got < 0 && errno == EINTR;
	x->in->len += (size_t)got;
	if (!x->has_head && x->in->len >= sizeof head) {
		memcpy(&head, x->in->data, sizeof head);
		x->has_head = true;
		x->wanted = sizeof head + head.size_bytes;
		if (head.magic != RECOGNISE_MAGIC || head.size_bytes > RECOGNISE_ANSWER_MAX)
			return false;
	}
	return !x->has_head || x->in->len <= x->wanted;
}

static bool is_answered(const Exchange *x)
{
	return x->has_head && x->in->len == x->wanted && !x->parts[0].len && !x->parts[1].len;
}

/* Sends what is to be sent and collects the answer behind its head. ST_INVALID: the process ended. */
static Status exchange(Recogniser *r, Exchange *x, unsigned wall_ms, const Deadline *until, Err *err)
{
	Deadline own = deadline_in(wall_ms, NULL);
	buf_clear(x->in);
	while (!is_answered(x)) {
		bool sends = x->parts[0].len || x->parts[1].len, ok = true;
		struct pollfd fds[2] = {{.fd = r->talk.out_fd, .events = POLLIN},
					{.fd = sends ? r->talk.in_fd : -1, .events = POLLOUT}};
		if (deadline_passed(until))
			return err_set(err, ST_BUSY, "there was no time left to recognise the page");
		if (deadline_passed(&own))
			return err_set(err, ST_LIMIT, "the page took too long to recognise");
		if (poll(fds, 2, (int)deadline_left_ms(&own, deadline_left_ms(until, LOOK_MS))) < 0 && errno != EINTR)
			return err_errno(err, errno, "wait for the recogniser");
		if (fds[1].revents)
			ok = send_some(r->talk.in_fd, x);
		if (fds[0].revents)
			ok = read_some(r->talk.out_fd, x) && ok;
		if (!buf_ok(x->in))
			return err_no_memory(err);
		if (!ok)
			return err_set(err, ST_INVALID, "the recogniser ended");
	}
	return ST_OK;
}

/* ---- the process ----------------------------------------------------------------------------------------------- */

static void end(Recogniser *r)
{
	if (r->is_running)
		process_talk_end(&r->talk);
	r->is_running = false;
}

/* Why it did not start stands in the last line on its standard error, behind what the library says. */
static Status explain_start(Recogniser *r, Err *err)
{
	char said[1000];
	process_talk_kill(&r->talk); /* so that reading ends, whatever it still does */
	size_t len = 0;
	for (ssize_t got = 1; got > 0 && len<sizeof said - 1; len += got> 0 ? (size_t)got : 0)
		got = read(r->talk.message_fd, said + len, sizeof said - 1 - len);
	Str text = str_trim((Str){said, len});
	ptrdiff_t end;
	while ((end = str_find_char(text, '\n')) >= 0)
		text = str_slice(text, (size_t)end + 1, text.len);
	return err_set(err, ST_UNSUPPORTED, "%.*s", text.len ? (int)text.len : 31,
		       text.len ? text.ptr : "recognition does not start here");
}

static Status start(Recogniser *r, const Deadline *until, Err *err)
{
	static const ExtractLimits limits = {.cpu_seconds = PAGES_EACH * 60, .memory_mib = 2048};
	Buf in = {0};
	Exchange hello = {.in = &in};
	Status st = process_talk_begin("recognise", &limits, &r->talk, err);
	if (st != ST_OK)
		return st;
	r->is_running = true;
	r->pages = 0;
	st = exchange(r, &hello, START_WALL_MS, until, err);
	if (st == ST_INVALID)
		st = explain_start(r, err);
	if (st == ST_OK) {
		Str label = str_slice(buf_str(&in), sizeof(RecogniseAnswer), in.len);
		snprintf(r->label, sizeof r->label, "%.*s", STR_ARG(str_slice(label, 0, sizeof r->label - 1)));
	} else {
		end(r);
	}
	buf_done(&in);
	return st;
}

Status recogniser_open(Recogniser **out, Err *err)
{
	Recogniser *r = calloc(1, sizeof *r);
	Status st = r ? start(r, NULL, err) : err_no_memory(err);
	if (st == ST_OK)
		*out = r;
	else
		free(r);
	return st;
}

void recogniser_close(Recogniser *recogniser)
{
	if (recogniser)
		end(recogniser);
	free(recogniser);
}

const char *recogniser_label(const Recogniser *recogniser)
{
	return recogniser->label;
}

/* ---- a page ---------------------------------------------------------------------------------------------------- */

static Status try_page(Recogniser *r, const PageImage *page, const Deadline *until, PageText *out, Err *err)
{
	RecogniseOrder order = {RECOGNISE_MAGIC, page->width, page->height, page->dpi};
	PageText text = {0};
	Exchange x = {.parts = {{(const char *)&order, sizeof order}, page->pixels}, .in = &text.lines};
	if (r->is_running && r->pages >= PAGES_EACH)
		end(r);
	Status st = r->is_running ? ST_OK : start(r, until, err);
	if (st == ST_OK)
		st = exchange(r, &x, RECOGNISE_WALL_MS, until, err);
	if (st == ST_OK)
		st = page_words_parse(str_slice(buf_str(&text.lines), sizeof(RecogniseAnswer), text.lines.len),
				      &text.words, err);
	r->pages++;
	if (st != ST_OK) {
		end(r);
		page_text_done(&text);
		return st;
	}
	*out = text;
	return ST_OK;
}

Status recogniser_read(Recogniser *recogniser, const PageImage *page, const Deadline *until, PageText *out, Err *err)
{
	Status st = try_page(recogniser, page, until, out, err);
	return st == ST_INVALID ? try_page(recogniser, page, until, out, err) : st;
}
