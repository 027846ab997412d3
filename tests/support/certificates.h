/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and certificates for tests, made on the spot in a temporary folder: a CA, and what it signs.
 */
#ifndef TELLTALE_TESTS_CERTIFICATES_H
#define TELLTALE_TESTS_CERTIFICATES_H

#include "expect.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#define CERTIFICATES_PATH_MAX 128

struct authority {
    char folder[64];
    EVP_PKEY *key;
    X509 *certificate;
    long serial;
};

/* `name` in the folder; the text is `out`'s. */
static inline const char *certificates_path(const struct authority *a, const char *name,
                                            char out[CERTIFICATES_PATH_MAX])
{
    (void)snprintf(out, CERTIFICATES_PATH_MAX, "%s/%s", a->folder, name);
    return out;
}

static inline void certificates_write(const struct authority *a, const char *name, X509 *x,
                                      EVP_PKEY *key)
{
    char path[CERTIFICATES_PATH_MAX];
    FILE *f = fopen(certificates_path(a, name, path), "we");
    assert_non_null(f);
    if (x) {
        assert_int_equal(PEM_write_X509(f, x), 1);
    }
    if (key) {
        assert_int_equal(PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL), 1);
    }
    assert_int_equal(fclose(f), 0);
}

static inline void certificates_extend(X509 *x, int kind, const char *value)
{
    X509_EXTENSION *e = X509V3_EXT_nconf_nid(NULL, NULL, kind, value);
    assert_non_null(e);
    assert_int_equal(X509_add_ext(x, e, -1), 1);
    X509_EXTENSION_free(e);
}

static inline X509 *certificates_new(struct authority *a, EVP_PKEY *key, const char *common_name,
                                     long valid_s)
{
    X509 *x = X509_new();
    X509_NAME *name = X509_get_subject_name(x);
    assert_int_equal(X509_set_version(x, 2), 1);
    assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(x), ++a->serial), 1);
    assert_non_null(X509_gmtime_adj(X509_getm_notBefore(x), -3600));
    assert_non_null(X509_gmtime_adj(X509_getm_notAfter(x), valid_s));
    assert_int_equal(X509_set_pubkey(x, key), 1);
    assert_int_equal(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                                (const unsigned char *)common_name, -1, -1, 0),
                     1);
    return x;
}

/* Makes a CA in a folder of its own, with its certificate in ca.pem. */
static inline void authority_init(struct authority *a)
{
    *a = (struct authority){.folder = "/tmp/telltale-test-XXXXXX"};
    assert_non_null(mkdtemp(a->folder));
    a->key = EVP_EC_gen("P-256");
    assert_non_null(a->key);
    a->certificate = certificates_new(a, a->key, "test authority", 3600);
    assert_int_equal(X509_set_issuer_name(a->certificate, X509_get_subject_name(a->certificate)),
                     1);
    certificates_extend(a->certificate, NID_basic_constraints, "critical,CA:TRUE");
    assert_true(X509_sign(a->certificate, a->key, EVP_sha256()) > 0);
    certificates_write(a, "ca.pem", a->certificate, NULL);
}

/* Makes NAME.pem and NAME.key; `alternative` is a subjectAltName, "DNS:localhost", or NULL. */
static inline void authority_sign(struct authority *a, const char *name, const char *alternative,
                                  long valid_s)
{
    char file[64];
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = certificates_new(a, key, name, valid_s);
    assert_int_equal(X509_set_issuer_name(x, X509_get_subject_name(a->certificate)), 1);
    if (alternative) {
        certificates_extend(x, NID_subject_alt_name, alternative);
    }
    assert_true(X509_sign(x, a->key, EVP_sha256()) > 0);
    (void)snprintf(file, sizeof file, "%s.pem", name);
    certificates_write(a, file, x, NULL);
    (void)snprintf(file, sizeof file, "%s.key", name);
    certificates_write(a, file, NULL, key);
    X509_free(x);
    EVP_PKEY_free(key);
}

/* Frees it; the files named (NULL at the end) and the folder go too. */
static inline void authority_fini(struct authority *a, const char *const *files)
{
    char path[CERTIFICATES_PATH_MAX];
    for (; *files; files++) {
        (void)unlink(certificates_path(a, *files, path));
    }
    (void)rmdir(a->folder);
    X509_free(a->certificate);
    EVP_PKEY_free(a->key);
}

#endif
