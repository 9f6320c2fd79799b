/*
 * The signing journal beside a publishing key.
 *
 * Beware: a journal that cannot be read is not an absent one.  Only MIMEO_ENOTFOUND may
 * be taken for "never signed"; whoever treats a damaged journal so signs a seq twice.
 */
#include "trust/journal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"

#define JOURNAL_MAX 512
#define FIRST_LINE "mimeo journal 1"

/* The journal's place: an open directory and a name in it. */
struct place {
    int dir_fd;
    char *path, *name; /* name points into path */
};

static void place_dispose(struct place *p)
{
    if (p->dir_fd >= 0)
        close(p->dir_fd);
    free(p->path);
}

static int place_open(struct place *out, mimeo_ctx *ctx, const char *key_path)
{
    struct place p = {.dir_fd = -1};
    struct buf path;
    buf_init(&path, 4096);
    if (buf_appendf(&path, "%s.journal", key_path) < 0) {
        buf_dispose(&path);
        return ctx_error(ctx, MIMEO_EUSAGE, "the name of the key file is too long: %s", key_path);
    }
    p.path = buf_detach(&path, NULL);
    char *slash = strrchr(p.path, '/');
    p.name = slash == NULL ? p.path : slash + 1;
    if (slash == NULL) {
        p.dir_fd = dir_open(ctx, ".");
    } else if (slash == p.path) {
        p.dir_fd = dir_open(ctx, "/");
    } else {
        *slash = '\0';
        p.dir_fd = dir_open(ctx, p.path);
        *slash = '/';
    }
    if (p.dir_fd < 0) {
        int rc = p.dir_fd;
        place_dispose(&p);
        return rc;
    }
    *out = p;
    return 0;
}

/* The value of the line "<keyword> <value>" LF. */
static bool take_value(struct cursor *c, const char *keyword, struct view *out)
{
    return cursor_skip(c, keyword) && cursor_skip(c, " ") && cursor_line(c, out);
}

/* A mimeo from before hand-overs finds the line damaged, and signs nothing: as it should. */
static bool parse_end(struct journal *j, struct cursor *c)
{
    struct view v;
    j->handed_over = c->left > 0;
    j->handed_over_at = 0;
    return !j->handed_over ||
           (take_value(c, "handed-over", &v) && time_parse(v, &j->handed_over_at) && c->left == 0);
}

static bool parse(struct journal *j, struct view text)
{
    struct cursor c = cursor_of(text);
    struct view v;
    return cursor_skip(&c, FIRST_LINE "\n") &&
           take_value(&c, "publisher", &v) && hash_parse(v, &j->publisher) &&
           take_value(&c, "seq", &v) && parse_decimal(v, LIMIT_SEQ, &j->seq) && j->seq > 0 &&
           take_value(&c, "hash", &v) && hash_parse(v, &j->hash) && parse_end(j, &c);
}

int journal_read(struct journal *out, mimeo_ctx *ctx, const char *key_path)
{
    struct place p;
    int rc = place_open(&p, ctx, key_path);
    if (rc < 0)
        return rc;
    struct file_bytes f;
    rc = file_load_at(&f, ctx, p.dir_fd, p.name, JOURNAL_MAX, false);
    if (rc == 0) {
        struct journal j;
        if (parse(&j, f.view))
            *out = j;
        else
            rc = ctx_error(ctx, MIMEO_EMALFORMED,
                           "the signing journal '%s' is damaged: compare it with your newest bundle "
                           "before you remove it, or a number may be signed twice", p.path);
        file_unload(&f);
    }
    place_dispose(&p);
    return rc;
}

int journal_write(mimeo_ctx *ctx, const char *key_path, const struct journal *j)
{
    struct place p;
    int rc = place_open(&p, ctx, key_path);
    if (rc < 0)
        return rc;
    char publisher[HASH_HEX_LEN + 1], hash[HASH_HEX_LEN + 1];
    hash_format(publisher, &j->publisher);
    hash_format(hash, &j->hash);
    struct buf text;
    buf_init(&text, JOURNAL_MAX);
    buf_appendf(&text, FIRST_LINE "\npublisher %s\nseq %llu\nhash %s\n", publisher, (unsigned long long)j->seq, hash);
    if (j->handed_over) {
        char time[21];
        time_format(time, j->handed_over_at);
        buf_appendf(&text, "handed-over %s\n", time);
    }
    if (buf_status(&text) < 0)
        rc = ctx_error_nomem(ctx);
    else
        rc = file_write_atomic(ctx, p.dir_fd, p.name, buf_view(&text), 0600);
    buf_dispose(&text);
    place_dispose(&p);
    return rc;
}
