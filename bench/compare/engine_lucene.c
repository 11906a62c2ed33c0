/* bench/compare/engine_lucene.c - Lucene by the programs in lucene/, compiled by bench/run; each runs in a JVM of its
 * own.
 *
 * lucene.Ask warms itself up, asks every list of questions and prints what it saw:
 *
 *   time KIND NANOSECONDS         one question asked once
 *   answer KIND NUMBER ID…        what it found for a question, the best first
 *   rate THREADS QUESTIONS-A-SECOND
 */
#include "bench/compare/compare.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static Status start(const char *dir, Err *err)
{
	(void)dir;
	if (!compare_options.lucene)
		return err_set(err, ST_NOT_FOUND, "no --lucene CLASSPATH was given");
	return ST_OK;
}

/* In the child: becomes Java. */
static Status build(const char *dir, Err *err)
{
	execlp("java", "java", "-Xmx1g", "-cp", compare_options.lucene, "lucene.Build", dir,
	       compare_options.lucene_one_field ? "one" : "both", (char *)NULL);
	return err_set(err, ST_NOT_FOUND, "java can't be run");
}

static Status read_answer(char *words, const Questions *q, Tally *tally, Err *err)
{
	static Found found;
	char *rest = NULL;
	const char *kind_word = strtok_r(words, " \n", &rest), *number_word = strtok_r(NULL, " \n", &rest);
	unsigned kind = kind_word ? (unsigned)atoi(kind_word) : ASK_KINDS;
	size_t number = number_word ? (size_t)atoi(number_word) : 0;
	if (kind >= ASK_KINDS || number >= q->of[kind].count)
		return err_set(err, ST_INTERNAL, "Lucene answers what was not asked");
	found.count = 0;
	for (const char *id; (id = strtok_r(NULL, " \n", &rest)) && found.count < DEPTH;)
		snprintf(found.ids[found.count++], ID_MAX, "%s", id);
	tally_answer(tally, (AskKind)kind, &q->of[kind].list[number], &found);
	return ST_OK;
}

static Status read_line(char *line, const Questions *q, Tally *tally, Figures *out, Err *err)
{
	unsigned kind, threads;
	unsigned long long ns;
	double rate;
	if (sscanf(line, "time %u %llu", &kind, &ns) == 2 && kind < ASK_KINDS)
		return tally_time(tally, (AskKind)kind, ns) ? ST_OK : err_no_memory(err);
	if (sscanf(line, "rate %u %lf", &threads, &rate) == 2 && threads >= 1 && threads <= 2)
		out->rate[threads - 1] = rate;
	else if (strncmp(line, "answer ", 7) == 0)
		return read_answer(line + 7, q, tally, err);
	return ST_OK;
}

static Status ask_outside(const char *dir, const Questions *q, Tally *tally, Figures *out, Err *err)
{
	char questions[4200], command[13000], *line = NULL;
	size_t capacity = 0;
	snprintf(questions, sizeof questions, "%s/questions.tsv", dir);
	Status st = questions_write(q, questions, err);
	if (st != ST_OK)
		return st;
	snprintf(command, sizeof command, "java -Xmx1g -cp '%s' lucene.Ask '%s' '%s' %s", compare_options.lucene, dir,
		 questions, compare_options.lucene_one_field ? "one" : "both");
	FILE *answers = popen(command, "r");
	if (!answers)
		return err_set(err, ST_IO, "java can't be run");
	while (st == ST_OK && getline(&line, &capacity, answers) > 0)
		st = read_line(line, q, tally, out, err);
	free(line);
	if (pclose(answers) != 0 && st == ST_OK)
		st = err_set(err, ST_INTERNAL, "lucene.Ask failed");
	return st;
}

const Engine engine_lucene = {
	.name = "Lucene", .start = start, .build = build, .made = "lucene", .ask_outside = ask_outside};
