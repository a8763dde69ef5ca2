/* confine.h - takes from the calling process what a decoder does not need. Private to
 * the room and its tests. */
#ifndef LK_SCAN_CONFINE_H
#define LK_SCAN_CONFINE_H

#include <stdbool.h>
#include <stddef.h>

/**
 * lk_confine:
 * @keep: the one descriptor that stays open, 3 or more; 0, 1 and 2 become /dev/null
 * @memory: bytes the process may map beyond what it has now
 *
 * For a child just forked. Afterwards it can compute, allocate up to @memory and talk
 * through @keep; opening anything fails with EACCES, and any other way out (sockets,
 * processes, signals to others) ends it with SIGSYS. There is no way back.
 *
 * Returns: NULL, or the name of what this system refused
 */
const char *lk_confine(int keep, size_t memory);

#endif
