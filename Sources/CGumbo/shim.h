#pragma once
#include <gumbo.h>

/* Node bodies are a union; these return the member a node of that kind has. */
static inline const GumboElement *_Nonnull apus_gumbo_element(const GumboNode *_Nonnull node)
{
    return &node->v.element;
}

static inline const GumboText *_Nonnull apus_gumbo_text(const GumboNode *_Nonnull node)
{
    return &node->v.text;
}

static inline const GumboDocument *_Nonnull apus_gumbo_document(const GumboNode *_Nonnull node)
{
    return &node->v.document;
}
