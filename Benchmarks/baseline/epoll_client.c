// The least an HTTP load generator can do: a request prepared once, N connections on one epoll descriptor,
// and response bytes counted against a length learned from the first response. Nothing is parsed. tools/bench
// builds it and compares Apus with it, closed loop (as fast as the server answers) and open loop (--rate:
// deadlines k/rate from one start, released by a timerfd over a pool of connections). Times are nanoseconds
// of CLOCK_MONOTONIC.
//
//   epoll_client [--connections N] [--duration SECONDS | --requests N] [--rate PER_SECOND] [--json] URL
//   URL: http://IP:PORT/PATH

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { READ_BUFFER_BYTES = 64 * 1024, EVENTS_PER_WAIT = 1024, REQUEST_BYTES_MAX = 2048 };
enum { NS_PER_S = 1000000000 };

struct connection {
    int descriptor;
    int64_t bytes_left;    // of the response in flight; 0 when idle
    int64_t scheduled_ns;  // open loop: when the request should have started
    int64_t sent_ns;       // open loop: when it did
};

struct options {
    int connections;
    double duration_s;
    int64_t requests_max;  // 0: no limit
    int64_t rate;          // 0: closed loop
    bool json;
    struct sockaddr_in address;
    char request[REQUEST_BYTES_MAX];
    size_t request_bytes;
};

struct run {
    struct options options;
    struct connection *connections;
    int epoll;
    int64_t response_bytes;
    int64_t sent, done, dropped;
    int64_t start_ns, end_ns;
    // Open loop: one entry per request, and the stack of idle connections.
    int64_t *service_ns, *response_ns, *lateness_ns;
    int *idle;
    int idle_count;
};

static char read_buffer[READ_BUFFER_BYTES];

static void fail(const char *what) {
    fprintf(stderr, "epoll_client: %s%s%s\n", what, errno ? ": " : "", errno ? strerror(errno) : "");
    exit(1);
}

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

static int connect_to(const struct options *options) {
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    if (descriptor < 0) fail("socket");
    const struct sockaddr *address = (const struct sockaddr *)&options->address;
    if (connect(descriptor, address, sizeof options->address)) fail("connect");
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return descriptor;
}

// One blocking request tells how long every response is: head and Content-Length.
static int64_t learn_response_bytes(const struct options *options) {
    int descriptor = connect_to(options);
    ssize_t written = write(descriptor, options->request, options->request_bytes);
    if (written != (ssize_t)options->request_bytes) fail("write");
    size_t count = 0;
    char *head_end = NULL;
    while (!head_end) {
        ssize_t n = read(descriptor, read_buffer + count, READ_BUFFER_BYTES - 1 - count);
        if (n <= 0) fail("the first response ended before its head did");
        count += (size_t)n;
        read_buffer[count] = 0;
        head_end = strstr(read_buffer, "\r\n\r\n");
    }
    errno = 0;
    if (strncmp(read_buffer, "HTTP/1.1 200", 12)) fail("the first response is not a 200");
    const char *length = strcasestr(read_buffer, "\r\ncontent-length:");
    if (!length || length > head_end) fail("the first response has no Content-Length");
    close(descriptor);
    return (head_end + 4 - read_buffer) + strtoll(length + 17, NULL, 10);
}

static void send_request(struct run *run, struct connection *c) {
    ssize_t n = write(c->descriptor, run->options.request, run->options.request_bytes);
    if (n != (ssize_t)run->options.request_bytes) fail("a request did not fit the socket's buffer");
    c->bytes_left = run->response_bytes;
    run->sent++;
}

// Returns true when the response in flight is complete.
static bool receive(struct connection *c) {
    ssize_t n = read(c->descriptor, read_buffer, READ_BUFFER_BYTES);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (n <= 0) fail("the server closed a connection");
    c->bytes_left -= n;
    errno = 0;
    if (c->bytes_left < 0) fail("a response was longer than the first");
    return c->bytes_left == 0;
}

static void open_connections(struct run *run) {
    run->connections = calloc((size_t)run->options.connections, sizeof *run->connections);
    run->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (!run->connections || run->epoll < 0) fail("epoll_create1");
    for (int i = 0; i < run->options.connections; i++) {
        struct connection *c = &run->connections[i];
        c->descriptor = connect_to(&run->options);
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)i};
        if (epoll_ctl(run->epoll, EPOLL_CTL_ADD, c->descriptor, &event)) fail("epoll_ctl");
    }
}

static void run_closed(struct run *run) {
    struct epoll_event events[EVENTS_PER_WAIT];
    const int64_t limit = run->options.requests_max ? run->options.requests_max : INT64_MAX;
    const int64_t end_ns = run->start_ns + (int64_t)(run->options.duration_s * NS_PER_S);
    for (int i = 0; i < run->options.connections && run->sent < limit; i++)
        send_request(run, &run->connections[i]);
    while (run->done < limit && now_ns() < end_ns) {
        int count = epoll_wait(run->epoll, events, EVENTS_PER_WAIT, 100);
        for (int i = 0; i < count; i++) {
            struct connection *c = &run->connections[events[i].data.u32];
            if (!receive(c)) continue;
            run->done++;
            if (run->sent < limit) send_request(run, c);
        }
    }
}

static void release_due(struct run *run, int64_t *next, int64_t total, int64_t now) {
    while (*next < total) {
        int64_t scheduled = run->start_ns + (int64_t)((__int128)*next * NS_PER_S / run->options.rate);
        if (scheduled > now) break;
        ++*next;
        if (run->idle_count == 0) {
            run->dropped++;
            continue;
        }
        struct connection *c = &run->connections[run->idle[--run->idle_count]];
        c->scheduled_ns = scheduled;
        c->sent_ns = now_ns();
        run->lateness_ns[run->sent] = c->sent_ns - scheduled;
        send_request(run, c);
    }
}

static void arm(int timer, int64_t at_ns) {
    struct itimerspec when = {.it_value = {.tv_sec = at_ns / NS_PER_S, .tv_nsec = at_ns % NS_PER_S}};
    if (timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL)) fail("timerfd_settime");
}

static void run_paced(struct run *run) {
    struct epoll_event events[EVENTS_PER_WAIT];
    const int64_t total = (int64_t)(run->options.duration_s * (double)run->options.rate);
    size_t bytes = (size_t)total * sizeof(int64_t);
    run->service_ns = malloc(bytes), run->response_ns = malloc(bytes), run->lateness_ns = malloc(bytes);
    run->idle = malloc((size_t)run->options.connections * sizeof *run->idle);
    if (!run->service_ns || !run->response_ns || !run->lateness_ns || !run->idle) fail("malloc");
    for (int i = run->options.connections - 1; i >= 0; i--) run->idle[run->idle_count++] = i;

    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = UINT32_MAX};
    if (timer < 0 || epoll_ctl(run->epoll, EPOLL_CTL_ADD, timer, &event)) fail("timerfd");
    int64_t next = 0, armed = -1;
    while (next < total || run->done < run->sent) {
        release_due(run, &next, total, now_ns());
        if (next < total && armed != next) {
            arm(timer, run->start_ns + (int64_t)((__int128)next * NS_PER_S / run->options.rate));
            armed = next;
        }
        int count = epoll_wait(run->epoll, events, EVENTS_PER_WAIT, 1000);
        int64_t now = now_ns();
        for (int i = 0; i < count; i++) {
            // Arming the timer again clears its readiness, so that its descriptor is never read.
            if (events[i].data.u32 == UINT32_MAX) continue;
            struct connection *c = &run->connections[events[i].data.u32];
            if (!receive(c)) continue;
            run->service_ns[run->done] = now - c->sent_ns;
            run->response_ns[run->done] = now - c->scheduled_ns;
            run->done++;
            run->idle[run->idle_count++] = (int)events[i].data.u32;
        }
    }
    close(timer);
}

static int by_value(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

// Rank (n - 1) * p, interpolated between its neighbours, as k6 does. `values` must be sorted.
static double percentile_us(const int64_t *values, int64_t count, double p) {
    if (count == 0) return 0;
    double rank = p * (double)(count - 1);
    int64_t low = (int64_t)rank, high = low + 1 < count ? low + 1 : low;
    double low_ns = (double)values[low], high_ns = (double)values[high];
    return (low_ns + (high_ns - low_ns) * (rank - (double)low)) / 1000;
}

static void print_percentiles(const char *name, int64_t *values, int64_t count, bool json) {
    qsort(values, (size_t)count, sizeof *values, by_value);
    const char *form = json ? ",\"%s\":{\"p50_us\":%.1f,\"p95_us\":%.1f,\"p99_us\":%.1f,\"max_us\":%.1f}"
                            : "%-16s p50 %.1f us   p95 %.1f us   p99 %.1f us   max %.1f us\n";
    printf(form, name, percentile_us(values, count, 0.50), percentile_us(values, count, 0.95),
           percentile_us(values, count, 0.99), percentile_us(values, count, 1));
}

static void report(struct run *run) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double elapsed_s = (double)(run->end_ns - run->start_ns) / NS_PER_S;
    double user_us = (double)usage.ru_utime.tv_sec * 1e6 + (double)usage.ru_utime.tv_usec;
    double system_us = (double)usage.ru_stime.tv_sec * 1e6 + (double)usage.ru_stime.tv_usec;
    double requests = run->done ? (double)run->done : 1;
    bool json = run->options.json;
    const char *form = json ? "{\"requests\":%" PRId64 ",\"dropped\":%" PRId64 ",\"response_bytes\":%" PRId64
                              ",\"elapsed_s\":%.6f,\"user_us_per_request\":%.4f"
                              ",\"system_us_per_request\":%.4f"
                            : "requests %" PRId64 "   dropped %" PRId64 "   response %" PRId64
                              " bytes   elapsed %.3f s   CPU per request: user %.3f us, system %.3f us\n";
    printf(form, run->done, run->dropped, run->response_bytes, elapsed_s, user_us / requests,
           system_us / requests);
    if (run->options.rate) {
        print_percentiles("from_sent", run->service_ns, run->done, json);
        print_percentiles("from_scheduled", run->response_ns, run->done, json);
        print_percentiles("start_lateness", run->lateness_ns, run->sent, json);
    }
    if (json) printf("}\n");
}

static void parse_url(struct options *options, const char *url) {
    char host[64], path[1024] = "/";
    unsigned port;
    if (sscanf(url, "http://%63[0-9.]:%u%1023s", host, &port, path) < 2)
        fail("the URL must be http://IP:PORT/PATH");
    options->address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    if (inet_pton(AF_INET, host, &options->address.sin_addr) != 1)
        fail("the URL's host must be an IPv4 address");
    options->request_bytes = (size_t)snprintf(options->request, sizeof options->request,
                                              "GET %s HTTP/1.1\r\nHost: %s:%u\r\n\r\n", path, host, port);
}

static struct options parse_options(int argc, char **argv) {
    struct options options = {.connections = 100, .duration_s = 5};
    const char *url = NULL;
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (!strcmp(argv[i], "--json")) options.json = true;
        else if (!strcmp(argv[i], "--connections")) options.connections = atoi(value), i++;
        else if (!strcmp(argv[i], "--duration")) options.duration_s = atof(value), i++;
        else if (!strcmp(argv[i], "--requests")) options.requests_max = atoll(value), i++;
        else if (!strcmp(argv[i], "--rate")) options.rate = atoll(value), i++;
        else if (argv[i][0] != '-' && !url) url = argv[i];
        else fail("unknown option; see the top of epoll_client.c");
    }
    if (!url) fail("no URL given");
    if (options.connections < 1 || options.duration_s <= 0 || options.rate < 0 || options.requests_max < 0)
        fail("connections and duration must be positive, rate and requests not negative");
    if (options.requests_max && options.rate)
        fail("--requests is for the closed loop; give --duration with --rate");
    if (options.requests_max) options.duration_s = 3600;
    parse_url(&options, url);
    return options;
}

int main(int argc, char **argv) {
    struct run run = {.options = parse_options(argc, argv)};
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &files)) fail("setrlimit");
    }
    run.response_bytes = learn_response_bytes(&run.options);
    open_connections(&run);
    run.start_ns = now_ns();
    if (run.options.rate) run_paced(&run);
    else run_closed(&run);
    run.end_ns = now_ns();
    report(&run);
    return 0;
}
