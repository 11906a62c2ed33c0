/* indexer/source/cms_in.c - OpenSSL reads the container's structure; its content is copied out, nothing is verified. */
#include "indexer/source/cms_in.h"

#include <openssl/pem.h> /* before cms.h, which declares its PEM functions only then */

#include <openssl/cms.h>
#include <openssl/err.h>

static CMS_ContentInfo *parse(Str bytes)
{
	Buf decoded = {0};
	BIO *from = BIO_new_mem_buf(bytes.ptr, (int)bytes.len);
	CMS_ContentInfo *cms = NULL;
	if (from && str_starts(bytes, STR("-----BEGIN ")))
		cms = PEM_read_bio_CMS(from, NULL, NULL, NULL);
	else if (from && bytes.ptr[0] == '\x30')
		cms = d2i_CMS_bio(from, NULL);
	BIO_free(from);
	if (!cms && bytes.ptr[0] == 'M') { /* base64 of DER begins so */
		for (size_t i = 0; i < bytes.len; i++)
			if (bytes.ptr[i] != '\n' && bytes.ptr[i] != '\r' && bytes.ptr[i] != ' ')
				buf_add_char(&decoded, bytes.ptr[i]);
		Buf der = {0};
		from = buf_ok(&decoded) && buf_add_base64_decoded(&der, buf_str(&decoded)) && der.len
			       ? BIO_new_mem_buf(der.data, (int)der.len)
			       : NULL;
		cms = from ? d2i_CMS_bio(from, NULL) : NULL;
		BIO_free(from);
		buf_done(&der);
	}
	buf_done(&decoded);
	ERR_clear_error();
	return cms;
}

Status cms_document(Str bytes, Buf *out, Err *err)
{
	if (bytes.len > CMS_BYTES_MAX)
		return err_set(err, ST_LIMIT, "a signed container of more than %d MiB", CMS_BYTES_MAX >> 20);
	CMS_ContentInfo *cms = bytes.len ? parse(bytes) : NULL;
	if (!cms)
		return err_set(err, ST_INVALID, "no signed container: its structure can't be read");
	int kind = OBJ_obj2nid(CMS_get0_type(cms));
	ASN1_OCTET_STRING **content = kind == NID_pkcs7_signed ? CMS_get0_content(cms) : NULL;
	Status st = ST_OK;
	if (kind == NID_pkcs7_enveloped || kind == NID_pkcs7_encrypted)
		st = err_set(err, ST_UNSUPPORTED, "an encrypted container: kept, not read");
	else if (kind != NID_pkcs7_signed)
		st = err_set(err, ST_UNSUPPORTED, "a container of another kind than signed data: kept, not read");
	else if (!content || !*content || ASN1_STRING_length(*content) <= 0)
		st = err_set(err, ST_UNSUPPORTED, "a signature without its document");
	else
		buf_add(out, ASN1_STRING_get0_data(*content), (size_t)ASN1_STRING_length(*content));
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	return st == ST_OK && !buf_ok(out) ? err_no_memory(err) : st;
}
