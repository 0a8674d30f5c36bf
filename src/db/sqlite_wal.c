/* sqlite_wal.c - a write-ahead log that is written in long pieces.
 *
 * SQLite writes each frame of a commit in two small pieces, which made 26 system calls of a sale. This VFS is
 * the system's own, except that what is written to the end of a log is gathered and leaves with the sync that
 * makes it durable, which SQLite asks for before anybody else is told of the frames (synchronous=FULL).
 * Whatever looks at the file before that makes it leave at once. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "db/sqlite.h"
#include <pthread.h>

/* Bytes that are gathered: 31 frames of a page and its header. The system's VFS writes less than 128 KiB at
 * once. */
#define GATHER_LIMIT 127720

struct wal_file {
    sqlite3_file base;
    char *gathered; /* made with the first write: readers have none */
    sqlite3_int64 offset;
    int length;
    int failure; /* of a write that left before its sync: the sync must fail, whoever was told meanwhile */
    /* the system's file follows */
};

static sqlite3_vfs *system_vfs(void)
{
    return sqlite3_vfs_find("unix");
}

static sqlite3_file *inner(sqlite3_file *file)
{
    return (sqlite3_file *)(void *)((struct wal_file *)(void *)file + 1);
}

static int flush(sqlite3_file *file)
{
    struct wal_file *wal = (struct wal_file *)(void *)file;
    int length = wal->length;
    wal->length = 0;
    if (length && wal->failure == SQLITE_OK)
        wal->failure = inner(file)->pMethods->xWrite(inner(file), wal->gathered, length, wal->offset);
    return wal->failure;
}

static int wal_close(sqlite3_file *file)
{
    struct wal_file *wal = (struct wal_file *)(void *)file;
    int code = flush(file);
    int closed = inner(file)->pMethods->xClose(inner(file));
    free(wal->gathered);
    return code ? code : closed;
}

static int wal_read(sqlite3_file *file, void *bytes, int length, sqlite3_int64 offset)
{
    int code = flush(file);
    return code ? code : inner(file)->pMethods->xRead(inner(file), bytes, length, offset);
}

static int wal_write(sqlite3_file *file, const void *bytes, int length, sqlite3_int64 offset)
{
    struct wal_file *wal = (struct wal_file *)(void *)file;
    if (wal->gathered == NULL)
        wal->gathered = db_allocate(GATHER_LIMIT);
    bool fits =
        length <= GATHER_LIMIT - wal->length && (wal->length == 0 || offset == wal->offset + wal->length);
    if (!fits) {
        int code = flush(file);
        if (code)
            return code;
    }
    if (length > GATHER_LIMIT)
        return inner(file)->pMethods->xWrite(inner(file), bytes, length, offset);
    if (wal->length == 0)
        wal->offset = offset;
    memcpy(wal->gathered + wal->length, bytes, (size_t)length);
    wal->length += length;
    return SQLITE_OK;
}

static int wal_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    int code = flush(file);
    return code ? code : inner(file)->pMethods->xTruncate(inner(file), size);
}

static int wal_sync(sqlite3_file *file, int flags)
{
    struct wal_file *wal = (struct wal_file *)(void *)file;
    int code = flush(file);
    wal->failure = SQLITE_OK;
    return code ? code : inner(file)->pMethods->xSync(inner(file), flags);
}

static int wal_size(sqlite3_file *file, sqlite3_int64 *size)
{
    int code = flush(file);
    return code ? code : inner(file)->pMethods->xFileSize(inner(file), size);
}

static int wal_lock(sqlite3_file *file, int level)
{
    return inner(file)->pMethods->xLock(inner(file), level);
}

static int wal_unlock(sqlite3_file *file, int level)
{
    return inner(file)->pMethods->xUnlock(inner(file), level);
}

static int wal_check_lock(sqlite3_file *file, int *is_locked)
{
    return inner(file)->pMethods->xCheckReservedLock(inner(file), is_locked);
}

static int wal_control(sqlite3_file *file, int operation, void *arg)
{
    return inner(file)->pMethods->xFileControl(inner(file), operation, arg);
}

static int wal_sector(sqlite3_file *file)
{
    return inner(file)->pMethods->xSectorSize(inner(file));
}

static int wal_device(sqlite3_file *file)
{
    return inner(file)->pMethods->xDeviceCharacteristics(inner(file));
}

static int open_wal(const char *name, sqlite3_file *file, int flags, int *opened)
{
    static const sqlite3_io_methods methods = {.iVersion = 1,
                                               .xClose = wal_close,
                                               .xRead = wal_read,
                                               .xWrite = wal_write,
                                               .xTruncate = wal_truncate,
                                               .xSync = wal_sync,
                                               .xFileSize = wal_size,
                                               .xLock = wal_lock,
                                               .xUnlock = wal_unlock,
                                               .xCheckReservedLock = wal_check_lock,
                                               .xFileControl = wal_control,
                                               .xSectorSize = wal_sector,
                                               .xDeviceCharacteristics = wal_device};
    struct wal_file *wal = (struct wal_file *)(void *)file;
    *wal = (struct wal_file){0};
    int code = system_vfs()->xOpen(system_vfs(), name, inner(file), flags, opened);
    if (code == SQLITE_OK)
        wal->base.pMethods = &methods;
    return code;
}

/* Only logs are ours; every other file is the system's. */
static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *opened)
{
    (void)vfs;
    if (flags & SQLITE_OPEN_WAL)
        return open_wal(name, file, flags, opened);
    return system_vfs()->xOpen(system_vfs(), name, file, flags, opened);
}

static void register_vfs(void)
{
    static sqlite3_vfs vfs;
    vfs = *system_vfs();
    vfs.zName = SQLITE_WAL_VFS;
    vfs.szOsFile += (int)sizeof(struct wal_file);
    vfs.xOpen = open_file;
    if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK)
        bug("SQLite takes no VFS");
}

void sqlite_register_wal(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, register_vfs);
}
