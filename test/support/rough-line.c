/*
 * A bad line between two network namespaces: what `tc netem` does, also on kernels without it. Each end is a TUN device;
 * packets that enter one come out of the other, late, not all of them, and no faster than the line is.
 *
 * rough-line NAMESPACE INNER OUTER: makes the device INNER in that namespace and OUTER here, and says "ready".
 * Then on standard input, one setting a line, for each way alike: loss PERCENT, delay MS, rate BITS_PER_SECOND (0: any),
 * down 0|1, noudp 0|1, only PORT and also PORT (nothing but these two gets through; 0: everything does); and nat PUBLIC PRIVATE: from inside, PRIVATE (IPv4, out here) is reached as PUBLIC and by no other way.
 * It ends with its standard input, and its devices with it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* What waits at the slow end of a line before more is dropped: 300 ms of it, as in a small router. */
#define QUEUE_SECONDS 0.3
#define SLOTS 8192
#define PACKET 2048

struct packet { double due; int length; char bytes[PACKET]; };
/* `sent_at`: when the last packet let into the line has left its slow end. */
struct way { int from, to, outwards; unsigned first, last; double sent_at; struct packet *ring; };

static double loss, delay_s, rate, down, noudp, only, also;
static struct in_addr public, private;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int tun(const char *name) {
  struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
  int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
  if (fd < 0) fail("/dev/net/tun");
  strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  if (ioctl(fd, TUNSETIFF, &request) < 0) fail(name);
  return fd;
}

/* The device stays where it was made, so the process may go back. */
static int tun_in(const char *namespace, const char *name) {
  char path[256];
  snprintf(path, sizeof path, "/run/netns/%s", namespace);
  int here = open("/proc/self/ns/net", O_RDONLY), there = open(path, O_RDONLY);
  if (there < 0 || setns(there, CLONE_NEWNET) < 0) fail(path);
  int fd = tun(name);
  if (setns(here, CLONE_NEWNET) < 0) fail("setns");
  return fd;
}

static unsigned word(const char *at) { return (unsigned char)at[0] << 8 | (unsigned char)at[1]; }

/* A checksum after the address `was` has become `is` (RFC 1624). */
static void sum_again(char *at, const char *was, const char *is) {
  unsigned sum = ~word(at) & 0xffff;
  for (int n = 0; n < 4; n += 2) sum += (~word(was + n) & 0xffff) + word(is + n);
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  at[0] = ~sum >> 8;
  at[1] = ~sum;
}

/* What the router in front of PRIVATE does. Whether the packet may go on. */
static int translate(char *packet, int outwards) {
  const struct in_addr *was = outwards ? &public : &private, *is = outwards ? &private : &public;
  /* Whom it is for, or whom it is from. */
  char *address = packet + (outwards ? 16 : 12), *rest = packet + (packet[0] & 15) * 4;
  if (public.s_addr == 0) return 1;
  if (outwards && !memcmp(address, &private, 4)) return 0;
  if (memcmp(address, was, 4)) return 1;
  sum_again(packet + 10, (const char *)was, (const char *)is);
  if (packet[9] == IPPROTO_TCP) sum_again(rest + 16, (const char *)was, (const char *)is);
  if (packet[9] == IPPROTO_UDP && word(rest + 6)) sum_again(rest + 6, (const char *)was, (const char *)is);
  memcpy(address, is, 4);
  return 1;
}

/* Whether a firewall lets only some ports through, and this packet (IPv4) has none of them. */
static int barred(const char *packet) {
  const char *rest = packet + (packet[0] & 15) * 4;
  unsigned from = word(rest), to = word(rest + 2);
  return only && from != only && to != only && from != also && to != also;
}

static void take(struct way *way) {
  for (;;) {
    struct packet *packet = &way->ring[way->last % SLOTS];
    packet->length = read(way->from, packet->bytes, PACKET);
    if (packet->length <= 0) return;
    double at = now(), start = way->sent_at > at ? way->sent_at : at;
    /* The protocol of an IPv4 packet. */
    if (noudp && packet->bytes[9] == IPPROTO_UDP) continue;
    if (barred(packet->bytes)) continue;
    if (!translate(packet->bytes, way->outwards)) continue;
    if (down || drand48() * 100 < loss || way->last - way->first == SLOTS - 1) continue;
    if (rate > 0 && start - at > QUEUE_SECONDS) continue;
    way->sent_at = start + (rate > 0 ? packet->length * 8 / rate : 0);
    packet->due = way->sent_at + delay_s;
    way->last++;
  }
}

/* Until when nothing is due. */
static double give(struct way *way, double wake) {
  while (way->first != way->last) {
    struct packet *packet = &way->ring[way->first % SLOTS];
    if (packet->due > now()) return packet->due < wake ? packet->due : wake;
    /* Refused while the device at the other end is not up: then it is lost, as on any line. */
    if (!down && write(way->to, packet->bytes, packet->length) < 0) errno = 0;
    way->first++;
  }
  return wake;
}

static void set(const char *line) {
  char name[16], first[16], second[16];
  double value = 0;
  if (sscanf(line, "nat %15s %15s", first, second) == 2) {
    inet_pton(AF_INET, first, &public);
    inet_pton(AF_INET, second, &private);
  } else if (sscanf(line, "%15s %lf", name, &value) != 2) return;
  if (!strcmp(name, "loss")) loss = value;
  if (!strcmp(name, "delay")) delay_s = value / 1000;
  if (!strcmp(name, "rate")) rate = value;
  if (!strcmp(name, "down")) down = value;
  if (!strcmp(name, "noudp")) noudp = value;
  if (!strcmp(name, "only")) only = value;
  if (!strcmp(name, "also")) also = value;
  printf("%s", line);
  fflush(stdout);
}

int main(int count, char **words) {
  if (count != 4) return 2;
  int inner = tun_in(words[1], words[2]), outer = tun(words[3]);
  struct way ways[2] = { { .from = inner, .to = outer, .outwards = 1 }, { .from = outer, .to = inner } };
  for (int n = 0; n < 2; n++) ways[n].ring = malloc(SLOTS * sizeof(struct packet));
  /* Unbuffered: what stdio held back, poll would not tell of. */
  setvbuf(stdin, NULL, _IONBF, 0);
  puts("ready");
  fflush(stdout);
  srand48(1);
  struct pollfd watched[3] = { { inner, POLLIN, 0 }, { outer, POLLIN, 0 }, { 0, POLLIN, 0 } };
  for (;;) {
    double wake = now() + 1;
    for (int n = 0; n < 2; n++) wake = give(&ways[n], wake);
    double wait = wake - now();
    struct timespec time = { wait < 0 ? 0 : (long)wait, wait < 0 ? 0 : (long)((wait - (long)wait) * 1e9) };
    if (ppoll(watched, 3, &time, NULL) < 0) fail("poll");
    for (int n = 0; n < 2; n++) if (watched[n].revents & POLLIN) take(&ways[n]);
    if (watched[2].revents) {
      char line[64];
      if (!fgets(line, sizeof line, stdin)) return 0;
      set(line);
    }
  }
}
