// The floor of a script VU's initialisation: N runtimes with a context each, as the engine's library makes
// them, all kept alive. Prints {"contexts":N,"ns":…,"rss_kib":…}. tools/bench compares script VUs with it.
//
//   quickjs_bare N

#define _GNU_SOURCE
#include <quickjs/quickjs.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int main(int argc, char **argv) {
    long count = argc == 2 ? strtol(argv[1], NULL, 10) : 0;
    if (count < 1) {
        fprintf(stderr, "usage: quickjs_bare N\n");
        return 2;
    }
    int64_t start_ns = now_ns();
    for (long index = 0; index < count; index++) {
        JSRuntime *runtime = JS_NewRuntime();
        if (!runtime || !JS_NewContext(runtime)) {
            fprintf(stderr, "quickjs_bare: no memory for context %ld\n", index);
            return 1;
        }
    }
    int64_t taken_ns = now_ns() - start_ns;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"contexts\":%ld,\"ns\":%lld,\"rss_kib\":%ld}\n", count, (long long)taken_ns, usage.ru_maxrss);
    return 0;
}
