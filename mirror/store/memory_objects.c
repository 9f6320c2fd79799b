/*
 * A hash table by object id (open addressing), behind libgit2's interface for object stores.
 */
#include "store/memory_objects.h"


#include <stdlib.h>
#include <string.h>

struct object {
    git_oid id;
    git_object_t type;
    size_t len;
    char *bytes; /* NULL: a free slot */
};

struct memory_objects {
    git_odb_backend backend; /* first: libgit2 knows it by this */
    struct object *slots;
    size_t cap, count, bytes;
};

static struct object *slot_of(const struct memory_objects *m, const git_oid *id)
{
    size_t at;
    memcpy(&at, id->id, sizeof(at));
    for (at &= m->cap - 1;; at = (at + 1) & (m->cap - 1))
        if (m->slots[at].bytes == NULL || git_oid_equal(&m->slots[at].id, id))
            return &m->slots[at];
}

static const struct object *find(const struct memory_objects *m, const git_oid *id)
{
    const struct object *o = m->cap == 0 ? NULL : slot_of(m, id);
    return o == NULL || o->bytes == NULL ? NULL : o;
}

static int grow(struct memory_objects *m)
{
    struct memory_objects larger = {.cap = m->cap == 0 ? 1024 : 2 * m->cap};
    larger.slots = calloc(larger.cap, sizeof(*larger.slots));
    if (larger.slots == NULL)
        return GIT_ERROR;
    for (size_t i = 0; i < m->cap; i++)
        if (m->slots[i].bytes != NULL)
            *slot_of(&larger, &m->slots[i].id) = m->slots[i];
    free(m->slots);
    m->slots = larger.slots;
    m->cap = larger.cap;
    return 0;
}

/* ---- what libgit2 asks for ---- */

static int read_object(void **out, size_t *len, git_object_t *type, git_odb_backend *backend, const git_oid *id)
{
    const struct object *o = find((struct memory_objects *)backend, id);
    if (o == NULL)
        return GIT_ENOTFOUND;
    *out = git_odb_backend_data_alloc(backend, o->len + 1);
    if (*out == NULL)
        return GIT_ERROR;
    memcpy(*out, o->bytes, o->len);
    ((char *)*out)[o->len] = '\0';
    *len = o->len;
    *type = o->type;
    return 0;
}

static int read_header(size_t *len, git_object_t *type, git_odb_backend *backend, const git_oid *id)
{
    const struct object *o = find((struct memory_objects *)backend, id);
    if (o == NULL)
        return GIT_ENOTFOUND;
    *len = o->len;
    *type = o->type;
    return 0;
}

static int write_object(git_odb_backend *backend, const git_oid *id, const void *bytes, size_t len, git_object_t type)
{
    struct memory_objects *m = (struct memory_objects *)backend;
    if (find(m, id) != NULL)
        return 0;
    if (2 * (m->count + 1) > m->cap && grow(m) < 0)
        return GIT_ERROR;
    char *copy = malloc(len + 1); /* an empty object is an object */
    if (copy == NULL)
        return GIT_ERROR;
    memcpy(copy, bytes, len);
    *slot_of(m, id) = (struct object){*id, type, len, copy};
    m->count++;
    m->bytes += len;
    return 0;
}

static int exists(git_odb_backend *backend, const git_oid *id)
{
    return find((struct memory_objects *)backend, id) != NULL;
}

static void free_all(git_odb_backend *backend)
{
    struct memory_objects *m = (struct memory_objects *)backend;
    memory_objects_clear(m);
    free(m->slots);
    free(m);
}

/* ---- what we ask for ---- */

int memory_objects_add_to(struct memory_objects **out, git_odb *odb, int priority)
{
    struct memory_objects *m = calloc(1, sizeof(*m));
    if (m == NULL || git_odb_init_backend(&m->backend, GIT_ODB_BACKEND_VERSION) < 0) {
        free(m);
        return GIT_ERROR;
    }
    m->backend.read = read_object;
    m->backend.read_header = read_header;
    m->backend.write = write_object;
    m->backend.exists = exists;
    m->backend.free = free_all;
    int code = git_odb_add_backend(odb, &m->backend, priority);
    if (code < 0)
        free_all(&m->backend);
    else
        *out = m;
    return code;
}

size_t memory_objects_bytes(const struct memory_objects *m)
{
    return m->bytes;
}

int memory_objects_each(const struct memory_objects *m, int (*fn)(const git_oid *id, void *payload), void *payload)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < m->cap; i++)
        if (m->slots[i].bytes != NULL)
            rc = fn(&m->slots[i].id, payload);
    return rc;
}

void memory_objects_clear(struct memory_objects *m)
{
    for (size_t i = 0; i < m->cap; i++)
        free(m->slots[i].bytes);
    if (m->cap > 0)
        memset(m->slots, 0, m->cap * sizeof(*m->slots));
    m->count = m->bytes = 0;
}
