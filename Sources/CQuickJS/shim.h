// QuickJS for Swift: the library's header, and functions for what it offers as macros.
#ifndef APUS_CQUICKJS_SHIM_H
#define APUS_CQUICKJS_SHIM_H

#include <malloc.h>
#include <math.h>
#include <quickjs/quickjs.h>
#include <stddef.h>

static inline size_t apus_malloc_usable_size(void *block) { return malloc_usable_size(block); }

// Address space the allocator holds and nobody uses.
static inline size_t apus_malloc_kept(void) {
#if defined(__GLIBC__)
    return mallinfo2().fordblks;
#else
    return 0;
#endif
}

static inline JSValue apus_js_undefined(void) { return JS_UNDEFINED; }
static inline JSValue apus_js_null(void) { return JS_NULL; }
static inline JSValue apus_js_exception(void) { return JS_EXCEPTION; }
static inline JSValue apus_js_bool(int value) { return JS_MKVAL(JS_TAG_BOOL, value != 0); }
static inline JSValue apus_js_int(int32_t value) { return JS_MKVAL(JS_TAG_INT, value); }
static inline int apus_js_tag(JSValue value) { return JS_VALUE_GET_TAG(value); }
static inline int32_t apus_js_get_int(JSValue value) { return JS_VALUE_GET_INT(value); }
static inline double apus_js_get_float(JSValue value) { return JS_VALUE_GET_FLOAT64(value); }
// The value in a heap that lies `bytes` further on: itself, unless it is a block.
static inline JSValue apus_js_moved(JSValue value, ptrdiff_t bytes) {
    if (!JS_VALUE_HAS_REF_COUNT(value)) return value;
    return JS_MKPTR(JS_VALUE_GET_TAG(value), (char *)JS_VALUE_GET_PTR(value) + bytes);
}
static inline void *apus_js_pointer(JSValue value) { return JS_VALUE_GET_PTR(value); }

// A module's value, borrowed from the engine's list of modules.
static inline JSValue apus_js_module(void *module) { return JS_MKPTR(JS_TAG_MODULE, module); }

// The message is data, never a format.
static inline JSValue apus_js_throw_type_error(JSContext *ctx, const char *message) {
    return JS_ThrowTypeError(ctx, "%s", message);
}

// Entries of function lists; the union's members have no names Swift could use.
static inline JSCFunctionListEntry apus_js_entry_function(const char *name, int length,
                                                          JSCFunction *function) {
    JSCFunctionListEntry entry = JS_CFUNC_DEF(name, (uint8_t)length, function);
    return entry;
}
static inline JSCFunctionListEntry apus_js_entry_magic(const char *name, int length,
                                                       JSCFunctionMagic *function,
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
static inline JSValue apus_js_constructor(JSContext *ctx, JSCFunctionMagic *function, const char *name,
                                          int length,
                                          int magic) {
    return JS_NewCFunctionMagic(ctx, function, name, length, JS_CFUNC_constructor_magic, magic);
}
// The same for what may be called without `new`, too.
static inline JSValue apus_js_constructor_or_function(JSContext *ctx, JSCFunctionMagic *function,
                                                      const char *name, int length, int magic) {
    return JS_NewCFunctionMagic(ctx, function, name, length, JS_CFUNC_constructor_or_func_magic, magic);
}

#endif
