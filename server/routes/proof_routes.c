/* server/routes/proof_routes.c - what an auditor takes away: a record's chain of proof, the signed tree head, the proof
 * that the tree only grew between two sizes. All of it can be checked without this server (cli/verifier/). */
#include "server/routes/handlers.h"

#include "store/proof/checkpoint.h"
#include "store/proof/proof.h"
#include "store/proof/proof_json.h"
#include "store/record/sealed.h"

Status get_record_proof(Request *r, Reply *reply, Err *err)
{
	ProofAnchor anchor = {0};
	uint64_t version, sequence;
	JsonOut j;
	Status st = request_number(r, "version", 0, 1, UINT32_MAX, &version, err);
	if (st == ST_OK)
		st = record_find(r->service->store, r->variables[0], (uint32_t)version, &sequence, err);
	if (st == ST_OK)
		st = proof_anchor(r->service->store, sequence, &anchor, err);
	if (st == ST_OK) {
		reply_json_begin(reply, &j);
		st = proof_write_json(r->service->store, sequence, &anchor, &j, err);
	}
	buf_done(&anchor.text);
	return st;
}

Status get_checkpoint(Request *r, Reply *reply, Err *err)
{
	reply->media = "text/plain; charset=utf-8";
	return store_checkpoint(r->service->store, &reply->body, err);
}

Status get_consistency(Request *r, Reply *reply, Err *err)
{
	Proof proof;
	uint64_t from, to, tree_size = store_tree_size(r->service->store);
	JsonOut j;
	Status st = request_number(r, "from", 0, 0, UINT64_MAX, &from, err);
	if (st == ST_OK)
		st = request_number(r, "to", tree_size, 0, UINT64_MAX, &to, err);
	if (st == ST_OK && (to > tree_size || from > to))
		st = err_set(err, ST_INVALID, "0 <= from <= to <= %llu, the size of the tree",
			     (unsigned long long)tree_size);
	if (st == ST_OK)
		st = store_prove_consistency(r->service->store, from, to, &r->arena, &proof, err);
	if (st != ST_OK)
		return st;
	reply_json_begin(reply, &j);
	jout_open(&j, '{');
	jout_field_u64(&j, "from", from);
	jout_field_u64(&j, "to", to);
	jout_key(&j, "path");
	jout_open(&j, '[');
	for (size_t i = 0; i < proof.count; i++)
		jout_hex(&j, proof.path[i].bytes, sizeof proof.path[i].bytes);
	jout_close(&j, ']');
	jout_close(&j, '}');
	return ST_OK;
}
