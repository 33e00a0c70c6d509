// Stackful coroutines for scripts: a function on a stack of its own that can be left in the middle (park) and
// gone on with later (resume). A fiber belongs to the thread that resumes it; nothing here is shared.
#ifndef APUS_FIBER_H
#define APUS_FIBER_H

#include <stddef.h>
#include <stdint.h>

typedef struct apus_fiber apus_fiber;
typedef void apus_fiber_entry(void *argument);

// Reserves `stack_bytes` of address space (a multiple of the page size, touched pages only cost memory) with
// an unmapped page below, and prepares `entry` to run on it. NULL when the system gives no more mappings;
// errno says why.
apus_fiber *apus_fiber_create(size_t stack_bytes, apus_fiber_entry *entry, void *argument);

// Runs the fiber until it parks or its entry returns. Never from the fiber itself.
void apus_fiber_resume(apus_fiber *fiber);

// Gives control back to whoever resumed the fiber. Only on the fiber.
void apus_fiber_park(apus_fiber *fiber);

// Whether the entry has returned: then the fiber must not be resumed again.
int apus_fiber_is_done(const apus_fiber *fiber);

// Gives the pages of the running fiber's stack back that lie more than `kept_bytes` below its stack pointer.
// Only on the fiber.
void apus_fiber_trim_current(apus_fiber *fiber, size_t kept_bytes);

// Frees a fiber that is done, or that never ran.
void apus_fiber_free(apus_fiber *fiber);

#endif
