/* Makes one system call of a program fail, fall short, or be its last.
 *
 * Preloaded before libc. The program arms it with faults_arm() for the calling thread; from then on
 * every call below is counted, and the one with the wanted number meets the fault. Nothing happens
 * to other threads or before arming.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { COUNT = 0, ERROR = 1, ERROR_FROM_HERE = 2, SHORT = 3, KILL_BEFORE = 4, KILL_AFTER = 5, KILL_HALFWAY = 6 };

static __thread int armed = 0;
static int mode = COUNT, wanted_error = 0;
static long wanted = 0, counter = 0;
static const char *hit = "";

void faults_arm(int new_mode, int error, long number) {
    mode = new_mode;
    wanted_error = error;
    wanted = number;
    counter = 0;
    hit = "";
    armed = 1;
}

long faults_disarm(void) {
    armed = 0;
    return counter;
}

const char *faults_hit(void) { return hit; }

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/* Whether this call is the one; in the mode that lasts, every later call of the same name is too. */
static int meets(const char *name) {
    if (!armed) return 0;
    counter++;
    if (counter == wanted) {
        hit = name;
        return mode != COUNT;
    }
    return mode == ERROR_FROM_HERE && *hit && strcmp(hit, name) == 0;
}

static int fails(void) { return mode == ERROR || mode == ERROR_FROM_HERE; }

#define REAL(type, name, parameters) \
    static type (*real) parameters = NULL; \
    if (!real) real = (type (*) parameters)dlsym(RTLD_NEXT, name)

#define WRAP(type, name, parameters, arguments) \
    type name parameters { \
        REAL(type, #name, parameters); \
        if (!meets(#name)) return real arguments; \
        if (mode == KILL_BEFORE || mode == KILL_HALFWAY) die(); \
        if (fails()) { errno = wanted_error; return (type)-1; } \
        type result = real arguments; \
        if (mode == KILL_AFTER) die(); \
        return result; \
    }

/* A transfer can also be cut short: half of it is done, and the caller learns it. */
#define WRAP_TRANSFER(name, parameters, arguments, halved) \
    ssize_t name parameters { \
        REAL(ssize_t, #name, parameters); \
        if (!meets(#name)) return real arguments; \
        if (mode == KILL_BEFORE) die(); \
        if (fails()) { errno = wanted_error; return -1; } \
        ssize_t result; \
        if (mode == SHORT || mode == KILL_HALFWAY) { \
            if (size > 1) size /= 2; \
            result = real halved; \
        } else { \
            result = real arguments; \
        } \
        if (mode == KILL_AFTER || mode == KILL_HALFWAY) die(); \
        return result; \
    }

WRAP_TRANSFER(read, (int fd, void *data, size_t size), (fd, data, size), (fd, data, size))
WRAP_TRANSFER(write, (int fd, const void *data, size_t size), (fd, data, size), (fd, data, size))
WRAP_TRANSFER(pread, (int fd, void *data, size_t size, off_t at), (fd, data, size, at), (fd, data, size, at))
WRAP_TRANSFER(pread64, (int fd, void *data, size_t size, off64_t at), (fd, data, size, at), (fd, data, size, at))
WRAP_TRANSFER(pwrite, (int fd, const void *data, size_t size, off_t at), (fd, data, size, at), (fd, data, size, at))
WRAP_TRANSFER(pwrite64, (int fd, const void *data, size_t size, off64_t at), (fd, data, size, at), (fd, data, size, at))

WRAP(int, fsync, (int fd), (fd))
WRAP(int, fdatasync, (int fd), (fd))
WRAP(int, rename, (const char *from, const char *to), (from, to))
WRAP(int, renameat, (int a, const char *from, int b, const char *to), (a, from, b, to))
WRAP(int, unlink, (const char *path), (path))
WRAP(int, unlinkat, (int fd, const char *path, int flags), (fd, path, flags))
WRAP(int, link, (const char *from, const char *to), (from, to))
WRAP(int, mkdir, (const char *path, mode_t bits), (path, bits))
WRAP(int, rmdir, (const char *path), (path))
WRAP(int, ftruncate, (int fd, off_t size), (fd, size))
WRAP(int, ftruncate64, (int fd, off64_t size), (fd, size))
WRAP(off_t, lseek, (int fd, off_t at, int whence), (fd, at, whence))
WRAP(off64_t, lseek64, (int fd, off64_t at, int whence), (fd, at, whence))
WRAP(int, chmod, (const char *path, mode_t bits), (path, bits))
WRAP(int, fchmod, (int fd, mode_t bits), (fd, bits))
WRAP(int, fchmodat, (int fd, const char *path, mode_t bits, int flags), (fd, path, bits, flags))
WRAP(int, chown, (const char *path, uid_t owner, gid_t group), (path, owner, group))
WRAP(int, fchown, (int fd, uid_t owner, gid_t group), (fd, owner, group))
WRAP(int, stat, (const char *path, void *status), (path, status))
WRAP(int, stat64, (const char *path, void *status), (path, status))
WRAP(int, lstat, (const char *path, void *status), (path, status))
WRAP(int, lstat64, (const char *path, void *status), (path, status))
WRAP(int, fstat, (int fd, void *status), (fd, status))
WRAP(int, fstat64, (int fd, void *status), (fd, status))
WRAP(int, fstatat, (int fd, const char *path, void *status, int flags), (fd, path, status, flags))
WRAP(int, fstatat64, (int fd, const char *path, void *status, int flags), (fd, path, status, flags))
WRAP(int, statvfs, (const char *path, void *status), (path, status))
WRAP(int, statvfs64, (const char *path, void *status), (path, status))
WRAP(int, access, (const char *path, int kind), (path, kind))
WRAP(int, faccessat, (int fd, const char *path, int kind, int flags), (fd, path, kind, flags))
WRAP(int, flock, (int fd, int operation), (fd, operation))
WRAP(ssize_t, readlink, (const char *path, char *buffer, size_t size), (path, buffer, size))
WRAP(ssize_t, listxattr, (const char *path, char *list, size_t size), (path, list, size))
WRAP(ssize_t, getxattr, (const char *path, const char *name, void *value, size_t size), (path, name, value, size))
WRAP(int, setxattr, (const char *path, const char *name, const void *value, size_t size, int flags), (path, name, value, size, flags))
WRAP(ssize_t, sendfile, (int out, int in, off_t *at, size_t size), (out, in, at, size))
WRAP(ssize_t, sendfile64, (int out, int in, off64_t *at, size_t size), (out, in, at, size))
WRAP(ssize_t, copy_file_range, (int in, off64_t *a, int out, off64_t *b, size_t size, unsigned flags), (in, a, out, b, size, flags))

/* The file is closed whatever close() says, as in Linux. */
int close(int fd) {
    REAL(int, "close", (int));
    if (!meets("close")) return real(fd);
    if (mode == KILL_BEFORE || mode == KILL_HALFWAY) die();
    int result = real(fd);
    if (mode == KILL_AFTER) die();
    if (fails()) { errno = wanted_error; return -1; }
    return result;
}

#define WRAP_OPEN(name) \
    int name(const char *path, int flags, ...) { \
        va_list rest; \
        va_start(rest, flags); \
        mode_t bits = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, mode_t) : 0; \
        va_end(rest); \
        REAL(int, #name, (const char *, int, ...)); \
        if (!meets(#name)) return real(path, flags, bits); \
        if (mode == KILL_BEFORE || mode == KILL_HALFWAY) die(); \
        if (fails()) { errno = wanted_error; return -1; } \
        int result = real(path, flags, bits); \
        if (mode == KILL_AFTER) die(); \
        return result; \
    }

WRAP_OPEN(open)
WRAP_OPEN(open64)

#define WRAP_OPENAT(name) \
    int name(int at, const char *path, int flags, ...) { \
        va_list rest; \
        va_start(rest, flags); \
        mode_t bits = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, mode_t) : 0; \
        va_end(rest); \
        REAL(int, #name, (int, const char *, int, ...)); \
        if (!meets(#name)) return real(at, path, flags, bits); \
        if (mode == KILL_BEFORE || mode == KILL_HALFWAY) die(); \
        if (fails()) { errno = wanted_error; return -1; } \
        int result = real(at, path, flags, bits); \
        if (mode == KILL_AFTER) die(); \
        return result; \
    }

WRAP_OPENAT(openat)
WRAP_OPENAT(openat64)
