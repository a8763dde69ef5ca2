/* confine.c - rlimits, no new privileges, seccomp. */
#include "scan/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <glib.h>
#include <seccomp.h>

/* The address sanitizer keeps terabytes of shadow mapped. */
#if defined(__SANITIZE_ADDRESS__)
#define LIMITS_MEMORY false
#else
#define LIMITS_MEMORY true
#endif

/* Everything that decoding was seen to need: memory, clocks, its own signals, and
 * reading and writing what is open already. */
static const int allowed[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(pread64),
    SCMP_SYS(close),
    SCMP_SYS(lseek),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(mmap),
    SCMP_SYS(munmap),
    SCMP_SYS(mprotect),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(futex),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getrandom),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(poll),
    SCMP_SYS(getrusage),
    SCMP_SYS(sysinfo),
    SCMP_SYS(uname),
};

/* Asked for by libraries that look for settings, fonts or a terminal: they take no for
 * an answer. */
static const int refused[] = {
    SCMP_SYS(open),       SCMP_SYS(openat),    SCMP_SYS(ioctl),
    SCMP_SYS(access),     SCMP_SYS(faccessat), SCMP_SYS(faccessat2),
    SCMP_SYS(stat),       SCMP_SYS(lstat),     SCMP_SYS(readlink),
    SCMP_SYS(readlinkat), SCMP_SYS(statfs),    SCMP_SYS(getcwd),
    SCMP_SYS(statx),      SCMP_SYS(prctl),     SCMP_SYS(prlimit64),
    SCMP_SYS(getdents64),
};

static bool
load_filter(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (filter == NULL) {
        return false;
    }
    bool fine = true;
    for (size_t i = 0; fine && i < G_N_ELEMENTS(allowed); i++) {
        fine = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0) == 0;
    }
    for (size_t i = 0; fine && i < G_N_ELEMENTS(refused); i++) {
        fine = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), refused[i], 0) == 0;
    }
    /* abort() and raise(): a signal to itself, nobody else. */
    fine = fine && seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                                    SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid())) == 0;
    fine = fine && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return fine;
}

static bool
limit(__rlimit_resource_t what, rlim_t most)
{
    struct rlimit old;
    if (getrlimit(what, &old) != 0) {
        return false;
    }
    rlim_t value = MIN(most, old.rlim_max);
    return setrlimit(what, &(struct rlimit){value, value}) == 0;
}

/** Bytes mapped now, from /proc/self/statm. */
static size_t
mapped_now(void)
{
    size_t pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file != NULL) {
        char line[128];
        if (fgets(line, sizeof line, file) != NULL) {
            pages = (size_t)strtoull(line, NULL, 10);
        }
        (void)fclose(file);
    }
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static bool
limit_all(size_t memory)
{
    size_t now = mapped_now();
    bool fine = !LIMITS_MEMORY || (now > 0 && limit(RLIMIT_AS, now + memory));
    return limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_CORE, 0) &&
           limit(RLIMIT_NOFILE, 16) && fine;
}

/** Handlers are the parent's business; Ctrl-C reaches the child, who must finish. */
static void
reset_signals(void)
{
    static const int ignored[] = {SIGINT,  SIGHUP,  SIGQUIT, SIGTSTP,
                                  SIGPIPE, SIGXFSZ, SIGTTOU, SIGTTIN};
    for (int i = 1; i < NSIG; i++) {
        (void)signal(i, SIG_DFL);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(ignored); i++) {
        (void)signal(ignored[i], SIG_IGN);
    }
    sigset_t none;
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/** The database, other scans, the terminal: nothing of the parent's stays in reach. */
static bool
close_others(int keep)
{
    int null = open("/dev/null", O_RDWR);
    bool fine = null >= 0;
    for (int i = 0; i <= 2; i++) {
        fine = fine && dup2(null, i) == i;
    }
    unsigned after = (unsigned)keep + 1;
    fine = fine && (keep <= 3 || close_range(3, (unsigned)keep - 1, 0) == 0);
    return fine && close_range(after, ~0U, 0) == 0;
}

const char *
lk_confine(int keep, size_t memory)
{
    reset_signals();
    if (!close_others(keep)) {
        return "close_range";
    }
    if (!limit_all(memory)) {
        return "setrlimit";
    }
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return "prctl";
    }
    return load_filter() ? NULL : "seccomp";
}
