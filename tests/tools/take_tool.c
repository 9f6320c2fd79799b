/*
 * For tests: what a sync does once a mirror is at hand, without the fetching.
 *
 *     take_tool [--petname NAME] [--into DIR] [--no-media] [--check] [--no-index] MIRROR LIBRARY
 *
 * Pins the publisher at first use where it is not pinned, takes what the mirror has into the library (or, --into,
 * into DIR, as pushing to a stick does) under the library's lock, and puts it into the catalog.  Faults go to the
 * standard error, what was taken to the standard output; the status is that of the program.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "library/holding.h"
#include "library/index.h"
#include "library/take.h"

struct run {
    mimeo_ctx *ctx;
    const char *petname, *into, *mirror, *library;
    struct take_options options;
    bool no_index;
    mimeo_mirror *from;
    struct index *index;
    char *path;
    int lock;
};

static void hear_fault(const struct mimeo_fault *f, void *payload)
{
    (void)payload;
    fprintf(stderr, "fault: %s: %s\n", mimeo_verdict_name(f->verdict), f->message);
}

static int hear_taken(struct held_bundle *held, void *payload)
{
    struct run *r = payload;
    return r->index == NULL ? 0 : index_bundle(r->index, r->ctx, &r->from->pin.publisher, held);
}

static int open_from(struct run *r)
{
    struct store *s;
    int rc = store_open(&s, r->ctx, r->mirror, false);
    return rc == 0 ? mirror_open_store(&r->from, r->ctx, s, r->library, MIRROR_FETCHED) : rc;
}

static int pin(struct run *r)
{
    struct mimeo_trust_options o = {.petname = r->petname, .first_use = true};
    struct mimeo_pin made;
    int rc = open_from(r);
    if (rc < 0 || r->from->pin.state != MIMEO_PIN_NONE)
        return rc;
    mimeo_mirror_free(r->from);
    r->from = NULL;
    rc = mimeo_trust_add(r->ctx, r->library, r->mirror, &o, &made);
    return rc == 0 ? open_from(r) : rc;
}

static int lock(struct run *r)
{
    char *work;
    int rc = library_work_path(&work, r->ctx, r->library, &r->from->pin.publisher);
    if (rc == 0) {
        rc = dir_make(r->ctx, work, 0700);
        int fd = rc < 0 ? rc : dir_open(r->ctx, work);
        free(work);
        if (fd < 0)
            return fd;
        rc = file_lock(&r->lock, r->ctx, fd, "lock", 30);
        close(fd);
    }
    return rc;
}

/* Under the lock, what is known may be newer than when the mirror was opened. */
static int open_again(struct run *r)
{
    mimeo_mirror_free(r->from);
    r->from = NULL;
    return open_from(r);
}

static uint64_t newest_held(struct run *r)
{
    struct store *s;
    uint64_t *seqs, newest = 0;
    size_t count;
    if (store_open(&s, r->ctx, r->path, true) < 0)
        return 0;
    if (store_list_bundles(&seqs, &count, s, r->ctx) == 0) {
        newest = count > 0 ? seqs[count - 1] : 0;
        free(seqs);
    }
    store_close(s);
    return newest;
}

static int finish(struct run *r, const struct take_result *result, uint64_t before)
{
    mimeo_mirror *held;
    int rc = 0;
    if (result->bundles > 0)
        rc = library_mark_arrived(r->ctx, r->library, &r->from->pin.publisher, &(struct arrived){.above = before});
    if (rc < 0 || r->index == NULL)
        return rc;
    rc = mirror_open(&held, r->ctx, r->path, r->library, MIRROR_HELD);
    if (rc == 0) {
        rc = index_refresh(r->index, r->ctx, held);
        mimeo_mirror_free(held);
    }
    return rc;
}

static int run(struct run *r)
{
    struct take_result result;
    int rc = pin(r);
    if (rc == 0 && r->into == NULL)
        rc = lock(r);
    if (rc == 0)
        rc = open_again(r);
    if (rc < 0)
        return rc;
    if (r->into != NULL) {
        r->path = strdup(r->into);
        r->options.mode = 0644;
    } else {
        rc = library_publisher_path(&r->path, r->ctx, r->library, &r->from->pin.publisher);
    }
    uint64_t before = rc < 0 ? 0 : newest_held(r);
    if (rc == 0 && r->into == NULL && !r->no_index)
        rc = index_open(&r->index, r->ctx, r->library, true);
    if (rc == 0)
        rc = take(r->ctx, r->from, r->path, r->library, &r->options, &result);
    if (rc == 0 && r->into == NULL)
        rc = finish(r, &result, before);
    if (rc == 0)
        printf("bundles %llu media %llu dictionaries %llu charters %llu erased %llu replaced %llu faults %llu unjoined %llu\n",
               (unsigned long long)result.bundles, (unsigned long long)result.media,
               (unsigned long long)result.dictionaries, (unsigned long long)result.charters,
               (unsigned long long)result.erased, (unsigned long long)result.replaced, (unsigned long long)result.faults,
               (unsigned long long)result.unjoined);
    return rc;
}

static int usage(void)
{
    fputs("usage: take_tool [--petname NAME] [--into DIR] [--no-media] [--check] [--no-index] MIRROR LIBRARY\n", stderr);
    return 2;
}

int main(int argc, char **argv)
{
    struct run r = {.lock = -1, .options = {.mode = 0600, .taken = hear_taken, .fault = hear_fault, .payload = &r}};
    int i = 1;
    for (; i < argc && argv[i][0] == '-'; i++) {
        if (strcmp(argv[i], "--no-media") == 0)
            r.options.no_media = true;
        else if (strcmp(argv[i], "--check") == 0)
            r.options.check_held = true;
        else if (strcmp(argv[i], "--no-index") == 0)
            r.no_index = true;
        else if (strcmp(argv[i], "--petname") == 0 && i + 1 < argc)
            r.petname = argv[++i];
        else if (strcmp(argv[i], "--into") == 0 && i + 1 < argc)
            r.into = argv[++i];
        else
            return usage();
    }
    if (argc - i != 2 || mimeo_ctx_new(&r.ctx) < 0)
        return usage();
    r.mirror = argv[i];
    r.library = argv[i + 1];
    int rc = run(&r);
    if (rc < 0)
        fprintf(stderr, "take_tool: %s\n", mimeo_ctx_message(r.ctx));
    index_close(r.index);
    mimeo_mirror_free(r.from);
    file_unlock(r.lock);
    free(r.path);
    mimeo_ctx_free(r.ctx);
    return mimeo_exit_status(rc);
}
