// llhttp for Swift: the parser as it is, and access to fields that llhttp has no function for.
#pragma once
#include <llhttp.h>
#include <string.h>

static inline int apus_llhttp_has_length(const llhttp_t *p) { return (p->flags & F_CONTENT_LENGTH) != 0; }
static inline int apus_llhttp_has_coding(const llhttp_t *p) { return (p->flags & F_TRANSFER_ENCODING) != 0; }
static inline int apus_llhttp_is_chunked(const llhttp_t *p) { return (p->flags & F_CHUNKED) != 0; }
