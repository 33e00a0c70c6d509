// QuickJS for Swift: the library's header, and functions for what it offers as macros.
#ifndef APUS_CQUICKJS_SHIM_H
#define APUS_CQUICKJS_SHIM_H

#include <malloc.h>
#include <math.h>
#include <stdlib.h>
#include <quickjs/quickjs.h>

static inline JSValue apus_js_undefined(void) { return JS_UNDEFINED; }
static inline JSValue apus_js_null(void) { return JS_NULL; }
static inline JSValue apus_js_exception(void) { return JS_EXCEPTION; }
static inline JSValue apus_js_bool(int value) { return JS_MKVAL(JS_TAG_BOOL, value != 0); }
static inline JSValue apus_js_int(int32_t value) { return JS_MKVAL(JS_TAG_INT, value); }
static inline int apus_js_tag(JSValue value) { return JS_VALUE_GET_TAG(value); }
static inline int32_t apus_js_get_int(JSValue value) { return JS_VALUE_GET_INT(value); }
static inline double apus_js_get_float(JSValue value) { return JS_VALUE_GET_FLOAT64(value); }
static inline void *apus_js_pointer(JSValue value) { return JS_VALUE_GET_PTR(value); }

// A module's value, borrowed from the engine's list of modules.
static inline JSValue apus_js_module(void *module) { return JS_MKPTR(JS_TAG_MODULE, module); }

// The message is data, never a format.
static inline JSValue apus_js_throw_type_error(JSContext *ctx, const char *message) {
    return JS_ThrowTypeError(ctx, "%s", message);
}
static inline JSValue apus_js_throw_range_error(JSContext *ctx, const char *message) {
    return JS_ThrowRangeError(ctx, "%s", message);
}
static inline JSValue apus_js_throw_reference_error(JSContext *ctx, const char *message) {
    return JS_ThrowReferenceError(ctx, "%s", message);
}
static inline JSValue apus_js_throw_syntax_error(JSContext *ctx, const char *message) {
    return JS_ThrowSyntaxError(ctx, "%s", message);
}

// Entries of function lists; the union's members have no names Swift could use.
static inline JSCFunctionListEntry apus_js_entry_function(const char *name, int length, JSCFunction *function) {
    JSCFunctionListEntry entry = JS_CFUNC_DEF(name, (uint8_t)length, function);
    return entry;
}
static inline JSCFunctionListEntry apus_js_entry_magic(const char *name, int length, JSCFunctionMagic *function,
                                                       int16_t magic) {
    JSCFunctionListEntry entry = JS_CFUNC_MAGIC_DEF(name, (uint8_t)length, function, magic);
    return entry;
}
static inline JSCFunctionListEntry apus_js_entry_getset(
    const char *name, JSValue (*getter)(JSContext *, JSValueConst, int),
    JSValue (*setter)(JSContext *, JSValueConst, JSValueConst, int), int16_t magic, int is_enumerable) {
    JSCFunctionListEntry entry = JS_CGETSET_MAGIC_DEF(name, getter, setter, magic);
    if (is_enumerable) entry.prop_flags |= JS_PROP_ENUMERABLE;
    return entry;
}
static inline JSCFunctionListEntry apus_js_entry_string(const char *name, const char *text) {
    JSCFunctionListEntry entry = JS_PROP_STRING_DEF(name, text, JS_PROP_C_W_E);
    return entry;
}
static inline JSCFunctionListEntry apus_js_entry_int(const char *name, int32_t value) {
    JSCFunctionListEntry entry = JS_PROP_INT32_DEF(name, value, JS_PROP_C_W_E);
    return entry;
}
static inline JSValue apus_js_magic_function(JSContext *ctx, JSCFunctionMagic *function, const char *name,
                                             int length, int magic) {
    return JS_NewCFunctionMagic(ctx, function, name, length, JS_CFUNC_generic_magic, magic);
}
static inline JSValue apus_js_constructor(JSContext *ctx, JSCFunctionMagic *function, const char *name, int length,
                                          int magic) {
    return JS_NewCFunctionMagic(ctx, function, name, length, JS_CFUNC_constructor_magic, magic);
}

// Memory of a runtime, taken from what the runtimes of one thread share.
typedef struct apus_js_heap {
    int64_t *left_bytes;
    int64_t used_bytes;
    // Asked when that is not enough for a request: 1 allows it, after more was found or for whoever must unwind.
    int (*exhausted)(void *owner, size_t bytes);
    void *owner;
} apus_js_heap;

static inline int apus_js_may_allocate(JSMallocState *state, size_t bytes) {
    apus_js_heap *heap = (apus_js_heap *)state->opaque;
    if (*heap->left_bytes > 0 && bytes <= (size_t)*heap->left_bytes) return 1;
    return heap->exhausted(heap->owner, bytes);
}
static inline void apus_js_account(JSMallocState *state, size_t before, size_t after) {
    state->malloc_size += after - before;
    apus_js_heap *heap = (apus_js_heap *)state->opaque;
    heap->used_bytes += (int64_t)after - (int64_t)before;
    *heap->left_bytes += (int64_t)before - (int64_t)after;
}
static inline void *apus_js_malloc(JSMallocState *state, size_t bytes) {
    if (!apus_js_may_allocate(state, bytes)) return NULL;
    void *block = malloc(bytes);
    if (!block) return NULL;
    state->malloc_count++;
    apus_js_account(state, 0, malloc_usable_size(block));
    return block;
}
static inline void apus_js_free(JSMallocState *state, void *block) {
    if (!block) return;
    state->malloc_count--;
    apus_js_account(state, malloc_usable_size(block), 0);
    free(block);
}
static inline void *apus_js_realloc(JSMallocState *state, void *block, size_t bytes) {
    if (!block) return bytes ? apus_js_malloc(state, bytes) : NULL;
    if (!bytes) {
        apus_js_free(state, block);
        return NULL;
    }
    size_t before = malloc_usable_size(block);
    if (bytes > before && !apus_js_may_allocate(state, bytes - before)) return NULL;
    void *moved = realloc(block, bytes);
    if (moved) apus_js_account(state, before, malloc_usable_size(moved));
    return moved;
}
static inline size_t apus_js_usable_size(const void *block) { return malloc_usable_size((void *)block); }

// A runtime whose memory is `heap`'s, which outlives it.
static inline JSRuntime *apus_js_new_runtime(apus_js_heap *heap) {
    static const JSMallocFunctions functions = {apus_js_malloc, apus_js_free, apus_js_realloc, apus_js_usable_size};
    return JS_NewRuntime2(&functions, heap);
}

#endif
