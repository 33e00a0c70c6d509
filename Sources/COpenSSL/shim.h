// What of OpenSSL Swift cannot import: function-like macros and variadic functions, each behind an inline
// function of its own. Everything used here exists in OpenSSL 3.0 and later. Imported by TLS and Codec as
// module COpenSSL.
#pragma once
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/provider.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>

// The context.

static inline int apus_ctx_set_version_min(SSL_CTX *ctx, int version) {
    return (int)SSL_CTX_set_min_proto_version(ctx, version);
}
static inline int apus_ctx_set_version_max(SSL_CTX *ctx, int version) {
    return (int)SSL_CTX_set_max_proto_version(ctx, version);
}
static inline int apus_ctx_set_groups(SSL_CTX *ctx, const char *list) {
    return (int)SSL_CTX_set1_groups_list(ctx, list);
}
static inline void apus_ctx_session_cache_off(SSL_CTX *ctx) {
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
}
static inline void apus_ctx_set_mode(SSL_CTX *ctx, long mode) { SSL_CTX_set_mode(ctx, mode); }
static inline int apus_ctx_add_chain(SSL_CTX *ctx, X509 *certificate) {
    return (int)SSL_CTX_add1_chain_cert(ctx, certificate);
}

// Options whose constants are macros with casts.
static inline uint64_t apus_op_no_ticket(void) { return (uint64_t)SSL_OP_NO_TICKET; }
static inline uint64_t apus_op_legacy_server_connect(void) { return (uint64_t)SSL_OP_LEGACY_SERVER_CONNECT; }

// A session.

static inline int apus_set_server_name(SSL *ssl, const char *name) {
    return (int)SSL_set_tlsext_host_name(ssl, name);
}
static inline const SSL_CIPHER *apus_current_cipher(const SSL *ssl) { return SSL_get_current_cipher(ssl); }
static inline int apus_cipher_count(const STACK_OF(SSL_CIPHER) *stack) {
    return stack ? sk_SSL_CIPHER_num(stack) : 0;
}
static inline const SSL_CIPHER *apus_cipher_at(const STACK_OF(SSL_CIPHER) *stack, int index) {
    return sk_SSL_CIPHER_value(stack, index);
}
static inline X509 *apus_peer_certificate(const SSL *ssl) { return SSL_get0_peer_certificate(ssl); }
// Handshakes of this session after its first.
static inline long apus_renegotiations(SSL *ssl) { return SSL_total_renegotiations(ssl); }

// A BIO of our own.

static inline void apus_bio_retry_read(BIO *bio) {
    BIO_clear_retry_flags(bio);
    BIO_set_retry_read(bio);
}
static inline size_t apus_bio_memory(BIO *bio, const char **start) {
    char *found = NULL;
    long length = BIO_get_mem_data(bio, &found);
    *start = found;
    return length > 0 ? (size_t)length : 0;
}

// Errors.

static inline int apus_error_library(unsigned long code) { return ERR_GET_LIB(code); }
static inline int apus_error_reason(unsigned long code) { return ERR_GET_REASON(code); }

// Certificates.

static inline STACK_OF(X509) *apus_x509_stack(void) { return sk_X509_new_null(); }
static inline int apus_x509_push(STACK_OF(X509) *stack, X509 *certificate) {
    return sk_X509_push(stack, certificate);
}
static inline void apus_x509_stack_free(STACK_OF(X509) *stack) { sk_X509_pop_free(stack, X509_free); }
static inline int apus_names_count(const STACK_OF(X509_NAME) *stack) {
    return stack ? sk_X509_NAME_num(stack) : 0;
}
static inline X509_NAME *apus_names_at(const STACK_OF(X509_NAME) *stack, int index) {
    return sk_X509_NAME_value(stack, index);
}
static inline EVP_PKEY *apus_ec_key(const char *curve) { return EVP_EC_gen(curve); }

// Adds an extension in OpenSSL's configuration notation ("DNS:a,IP:127.0.0.1"). Returns 1, or 0 with an error
// queued.
static inline int apus_add_extension(X509 *certificate, X509 *issuer, int nid, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    if (extension == NULL) return 0;
    int added = X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return added;
}

static inline int apus_general_names_count(const GENERAL_NAMES *names) {
    return names ? sk_GENERAL_NAME_num(names) : 0;
}
static inline const GENERAL_NAME *apus_general_name_at(const GENERAL_NAMES *names, int index) {
    return sk_GENERAL_NAME_value(names, index);
}
// Memory OpenSSL handed out.
static inline void apus_free(void *memory) { OPENSSL_free(memory); }

// The salt's length in the parameters of an RSA-PSS signature; -1 when they cannot be read.
static inline long apus_pss_salt_bytes(const X509_ALGOR *algorithm) {
    int type = 0;
    const void *value = NULL;
    X509_ALGOR_get0(NULL, &type, &value, algorithm);
    if (type != V_ASN1_SEQUENCE) return -1;
    RSA_PSS_PARAMS *parameters =
        (RSA_PSS_PARAMS *)ASN1_item_unpack((const ASN1_STRING *)value, ASN1_ITEM_rptr(RSA_PSS_PARAMS));
    if (parameters == NULL) return -1;
    long salt = parameters->saltLength ? ASN1_INTEGER_get(parameters->saltLength) : 20;
    RSA_PSS_PARAMS_free(parameters);
    return salt;
}
