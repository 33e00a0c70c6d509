// The switch between a thread's own stack and a fiber's: callee-saved registers go to the stack that is left,
// the stack pointer changes, and the other stack's registers come back. No system call. Sanitizers are told
// of every switch.
#define _GNU_SOURCE
#include "fiber.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define APUS_ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define APUS_TSAN 1
#endif
#endif

#ifdef APUS_ASAN
#include <sanitizer/common_interface_defs.h>
#include <sanitizer/lsan_interface.h>
#endif
#ifdef APUS_TSAN
#include <sanitizer/tsan_interface.h>
#endif

enum { COLOR_PAGES = 127, COLOR_LINES = 31 };

struct apus_fiber {
    void *stack_pointer;   // of the fiber while it is parked
    void *resumer_pointer; // of the resumer while the fiber runs
    char *mapping;
    size_t mapping_bytes;
    size_t page_bytes;
    apus_fiber_entry *entry;
    void *argument;
    int is_done;
#ifdef APUS_ASAN
    void *fake_stack;
    void *resumer_fake_stack;
    const void *resumer_bottom;
    size_t resumer_bytes;
#endif
#ifdef APUS_TSAN
    void *tsan_fiber;
    void *tsan_resumer;
#endif
};

// Saves the callee-saved registers on the current stack, stores its pointer in *from and goes on at `to`.
void apus_fiber_switch(void **from, void *to);

#if defined(__x86_64__)
__asm__(
    ".text\n"
    ".globl apus_fiber_switch\n"
    ".type apus_fiber_switch,@function\n"
    "apus_fiber_switch:\n"
    "  pushq %rbp\n"
    "  pushq %rbx\n"
    "  pushq %r12\n"
    "  pushq %r13\n"
    "  pushq %r14\n"
    "  pushq %r15\n"
    "  subq $8, %rsp\n"
    "  stmxcsr (%rsp)\n"
    "  fnstcw 4(%rsp)\n"
    "  movq %rsp, (%rdi)\n"
    "  movq %rsi, %rsp\n"
    "  ldmxcsr (%rsp)\n"
    "  fldcw 4(%rsp)\n"
    "  addq $8, %rsp\n"
    "  popq %r15\n"
    "  popq %r14\n"
    "  popq %r13\n"
    "  popq %r12\n"
    "  popq %rbx\n"
    "  popq %rbp\n"
    "  ret\n"
    ".size apus_fiber_switch,.-apus_fiber_switch\n"
    ".globl apus_fiber_begin\n"
    ".type apus_fiber_begin,@function\n"
    "apus_fiber_begin:\n"
    "  .cfi_startproc\n"
    "  .cfi_undefined rip\n"
    "  movq %r12, %rdi\n"
    "  callq *%r13\n"
    "  ud2\n"
    "  .cfi_endproc\n"
    ".size apus_fiber_begin,.-apus_fiber_begin\n");
#elif defined(__aarch64__)
__asm__(
    ".text\n"
    ".globl apus_fiber_switch\n"
    ".type apus_fiber_switch,%function\n"
    "apus_fiber_switch:\n"
    "  sub sp, sp, #176\n"
    "  stp x19, x20, [sp, #0]\n"
    "  stp x21, x22, [sp, #16]\n"
    "  stp x23, x24, [sp, #32]\n"
    "  stp x25, x26, [sp, #48]\n"
    "  stp x27, x28, [sp, #64]\n"
    "  stp x29, x30, [sp, #80]\n"
    "  stp d8, d9, [sp, #96]\n"
    "  stp d10, d11, [sp, #112]\n"
    "  stp d12, d13, [sp, #128]\n"
    "  stp d14, d15, [sp, #144]\n"
    "  mrs x9, fpcr\n"
    "  str x9, [sp, #160]\n"
    "  mov x9, sp\n"
    "  str x9, [x0]\n"
    "  mov sp, x1\n"
    "  ldr x9, [sp, #160]\n"
    "  msr fpcr, x9\n"
    "  ldp x19, x20, [sp, #0]\n"
    "  ldp x21, x22, [sp, #16]\n"
    "  ldp x23, x24, [sp, #32]\n"
    "  ldp x25, x26, [sp, #48]\n"
    "  ldp x27, x28, [sp, #64]\n"
    "  ldp x29, x30, [sp, #80]\n"
    "  ldp d8, d9, [sp, #96]\n"
    "  ldp d10, d11, [sp, #112]\n"
    "  ldp d12, d13, [sp, #128]\n"
    "  ldp d14, d15, [sp, #144]\n"
    "  add sp, sp, #176\n"
    "  ret\n"
    ".size apus_fiber_switch,.-apus_fiber_switch\n"
    ".globl apus_fiber_begin\n"
    ".type apus_fiber_begin,%function\n"
    "apus_fiber_begin:\n"
    "  .cfi_startproc\n"
    "  .cfi_undefined x30\n"
    "  mov x0, x19\n"
    "  blr x20\n"
    "  brk #1\n"
    "  .cfi_endproc\n"
    ".size apus_fiber_begin,.-apus_fiber_begin\n");
#else
#error "fibers exist for x86_64 and arm64"
#endif

void apus_fiber_begin(void);

static void arrived_on_fiber(apus_fiber *fiber) {
#ifdef APUS_ASAN
    __sanitizer_finish_switch_fiber(fiber->fake_stack, &fiber->resumer_bottom, &fiber->resumer_bytes);
#else
    (void)fiber;
#endif
}

// The first function on every fiber's stack.
static void run_fiber(void *argument) {
    apus_fiber *fiber = argument;
    arrived_on_fiber(fiber);
    fiber->entry(fiber->argument);
    fiber->is_done = 1;
#ifdef APUS_ASAN
    __sanitizer_start_switch_fiber(NULL, fiber->resumer_bottom, fiber->resumer_bytes);
#endif
#ifdef APUS_TSAN
    __tsan_switch_to_fiber(fiber->tsan_resumer, 0);
#endif
    apus_fiber_switch(&fiber->stack_pointer, fiber->resumer_pointer);
    abort();
}

static char *stack_bottom(const apus_fiber *fiber) { return fiber->mapping + fiber->page_bytes; }

// Mappings of one size lie at like addresses, and the hot ends of all stacks would fall into the same few
// sets of the translation cache. So each begins a different number of pages and lines below its mapping's
// end.
static size_t color_bytes(size_t page_bytes) {
    static _Atomic unsigned next;
    unsigned number = next++;
    return number % COLOR_PAGES * page_bytes + number % COLOR_LINES * 64;
}

apus_fiber *apus_fiber_create(size_t stack_bytes, apus_fiber_entry *entry, void *argument) {
    apus_fiber *fiber = calloc(1, sizeof *fiber);
    if (!fiber) return NULL;
    fiber->page_bytes = (size_t)sysconf(_SC_PAGESIZE);
    fiber->mapping_bytes = stack_bytes + (COLOR_PAGES + 2) * fiber->page_bytes;
    fiber->mapping = mmap(NULL, fiber->mapping_bytes, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (fiber->mapping == MAP_FAILED) {
        free(fiber);
        return NULL;
    }
    // A huge page would make every stack cost two megabytes at its first touch.
    madvise(fiber->mapping, fiber->mapping_bytes, MADV_NOHUGEPAGE);
    if (mprotect(fiber->mapping, fiber->page_bytes, PROT_NONE) != 0) {
        int reason = errno;
        munmap(fiber->mapping, fiber->mapping_bytes);
        free(fiber);
        errno = reason;
        return NULL;
    }
    fiber->entry = entry;
    fiber->argument = argument;
    char *top = fiber->mapping + fiber->mapping_bytes - color_bytes(fiber->page_bytes);
#if defined(__x86_64__)
    // What apus_fiber_switch takes back: control words, r15 r14 r13 r12 rbx rbp, the address to return to.
    // The entry is called with the stack aligned as the ABI wants it.
    uint64_t *frame = (uint64_t *)(top - 16) - 8;
    frame[0] = 0x1f80ull | 0x037full << 32;
    frame[1] = 0;
    frame[2] = 0;
    frame[3] = (uint64_t)(uintptr_t)run_fiber;
    frame[4] = (uint64_t)(uintptr_t)fiber;
    frame[5] = 0;
    frame[6] = 0;
    frame[7] = (uint64_t)(uintptr_t)apus_fiber_begin;
#elif defined(__aarch64__)
    uint64_t *frame = (uint64_t *)(top - 176 - 16);
    for (int index = 0; index < 22; index++) frame[index] = 0;
    frame[0] = (uint64_t)(uintptr_t)fiber;
    frame[1] = (uint64_t)(uintptr_t)run_fiber;
    frame[11] = (uint64_t)(uintptr_t)apus_fiber_begin;
#endif
    fiber->stack_pointer = frame;
#ifdef APUS_TSAN
    fiber->tsan_fiber = __tsan_create_fiber(0);
#endif
#ifdef APUS_ASAN
    __lsan_register_root_region(stack_bottom(fiber), fiber->mapping_bytes - fiber->page_bytes);
#endif
    return fiber;
}

void apus_fiber_resume(apus_fiber *fiber) {
#ifdef APUS_ASAN
    __sanitizer_start_switch_fiber(&fiber->resumer_fake_stack, stack_bottom(fiber),
                                   fiber->mapping_bytes - fiber->page_bytes);
#endif
#ifdef APUS_TSAN
    fiber->tsan_resumer = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(fiber->tsan_fiber, 0);
#endif
    apus_fiber_switch(&fiber->resumer_pointer, fiber->stack_pointer);
#ifdef APUS_ASAN
    __sanitizer_finish_switch_fiber(fiber->resumer_fake_stack, NULL, NULL);
#endif
}

void apus_fiber_park(apus_fiber *fiber) {
#ifdef APUS_ASAN
    __sanitizer_start_switch_fiber(&fiber->fake_stack, fiber->resumer_bottom, fiber->resumer_bytes);
#endif
#ifdef APUS_TSAN
    __tsan_switch_to_fiber(fiber->tsan_resumer, 0);
#endif
    apus_fiber_switch(&fiber->stack_pointer, fiber->resumer_pointer);
    arrived_on_fiber(fiber);
}

int apus_fiber_is_done(const apus_fiber *fiber) { return fiber->is_done; }

void apus_fiber_trim_current(apus_fiber *fiber, size_t kept_bytes) {
    char here;
    uintptr_t keep_from = (uintptr_t)&here - kept_bytes;
    keep_from &= ~(uintptr_t)(fiber->page_bytes - 1);
    char *bottom = stack_bottom(fiber);
    if (keep_from <= (uintptr_t)bottom) return;
    madvise(bottom, (size_t)(keep_from - (uintptr_t)bottom), MADV_DONTNEED);
}

void apus_fiber_free(apus_fiber *fiber) {
#ifdef APUS_ASAN
    __lsan_unregister_root_region(stack_bottom(fiber), fiber->mapping_bytes - fiber->page_bytes);
#endif
#ifdef APUS_TSAN
    __tsan_destroy_fiber(fiber->tsan_fiber);
#endif
    munmap(fiber->mapping, fiber->mapping_bytes);
    free(fiber);
}
