// libuv for Swift: casts between handle types, the variadic calls, and the one block that holds a socket's
// handle and requests side by side, so that a connection is a single allocation whose address Swift never has
// to take apart.
#pragma once
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <uv.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

typedef struct apus_socket {
  uv_tcp_t tcp;
  uv_connect_t connect;
  uv_write_t write;
  void *owner;
  const void *events;
  int fd; // -1 before it is first read from, and from its closing on
  int is_reading;
} apus_socket;

static inline uv_stream_t *apus_stream(apus_socket *s) { return (uv_stream_t *)&s->tcp; }
static inline uv_handle_t *apus_handle(apus_socket *s) { return (uv_handle_t *)&s->tcp; }
static inline apus_socket *apus_socket_of_stream(uv_stream_t *s) { return (apus_socket *)s; }
static inline apus_socket *apus_socket_of_handle(uv_handle_t *h) { return (apus_socket *)h; }
static inline apus_socket *apus_socket_of_connect(uv_connect_t *r) { return (apus_socket *)r->handle; }
static inline apus_socket *apus_socket_of_write(uv_write_t *r) { return (apus_socket *)r->handle; }
static inline void *apus_loop_data(const uv_loop_t *loop) { return loop->data; }

// From here on the descriptor is connected, and `apus_receive` and `apus_try_write` use it.
static inline int apus_read_start(apus_socket *s, uv_alloc_cb allocate, uv_read_cb read) {
  int status = uv_read_start(apus_stream(s), allocate, read);
  if (status != 0) return status;
  s->is_reading = 1;
  return uv_fileno(apus_handle(s), &s->fd);
}

static inline void apus_read_stop(apus_socket *s) {
  s->is_reading = 0;
  uv_read_stop(apus_stream(s));
}

// What has arrived: a number of bytes, 0 at the end of the stream, or a libuv error code.
static inline ssize_t apus_receive(apus_socket *s, void *bytes, size_t length) {
  ssize_t count;
  do count = recv(s->fd, bytes, length, MSG_DONTWAIT);
  while (count < 0 && errno == EINTR);
  if (count >= 0) return count;
  return errno == EAGAIN || errno == EWOULDBLOCK ? UV_EAGAIN : -errno;
}

// uv_try_write with `send`, which costs the kernel less than `write`. Without a descriptor, or behind bytes
// that are queued, libuv says what is to be said.
static inline ssize_t apus_try_write(apus_socket *s, const void *bytes, size_t length) {
  if (s->fd < 0 || s->tcp.write_queue_size != 0) {
    uv_buf_t buffer = {.base = (char *)bytes, .len = length};
    return uv_try_write(apus_stream(s), &buffer, 1);
  }
  ssize_t count;
  do count = send(s->fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (count < 0 && errno == EINTR);
  if (count >= 0) return count;
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS ? UV_EAGAIN : -errno;
}

static inline int apus_write(apus_socket *s, const void *bytes, size_t length, uv_write_cb done) {
  uv_buf_t buffer = {.base = (char *)bytes, .len = length};
  return uv_write(&s->write, (uv_stream_t *)&s->tcp, &buffer, 1, done);
}

// Closing without a FIN handshake: the peer sees a reset. For the fault routes of the embedded server.
static inline int apus_reset(apus_socket *s, uv_close_cb closed) {
  return uv_tcp_close_reset(&s->tcp, closed);
}

// A socket bound to a source address without reserving a port for it: the kernel then picks the port at
// connect time and may share it between destinations.
static inline int apus_bind_descriptor(int fd, const struct sockaddr *address) {
  int on = 1;
  if (setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on) != 0) return -errno;
  int is_v6 = address->sa_family == AF_INET6;
  socklen_t length = is_v6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
  return bind(fd, address, length) == 0 ? 0 : -errno;
}

static inline int apus_bind_source(apus_socket *s, const struct sockaddr *address) {
  uv_os_fd_t fd;
  int status = uv_fileno((const uv_handle_t *)&s->tcp, &fd);
  return status == 0 ? apus_bind_descriptor(fd, address) : status;
}

static inline int apus_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

static inline int apus_timerfd(void) { return timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC); }

// Arms the descriptor at an absolute time on the monotonic clock; 0 disarms. Arming anew also clears an
// expiry that was not read, so the descriptor never has to be read.
static inline int apus_timerfd_arm(int fd, int64_t at_ns) {
  struct itimerspec spec = {.it_value = {.tv_sec = at_ns / 1000000000, .tv_nsec = at_ns % 1000000000}};
  return timerfd_settime(fd, TFD_TIMER_ABSTIME, &spec, NULL);
}
