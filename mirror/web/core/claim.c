/*
 * Whose is a file, as it says itself?  A hint, to say of which file something was meant: nothing is believed for it.
 */
#include "core.h"

#include <stdlib.h>

#include "bundle/object.h"
#include "trust/header.h"

#define OBJECTS_MAX 10000

static int claimed_publisher(char hex[HASH_HEX_LEN + 1], const struct prefix *p, struct view note_bytes)
{
    struct note *note = calloc(1, sizeof(*note));
    struct header *h = calloc(1, sizeof(*h));
    struct charter c;
    int rc = note == NULL || h == NULL ? MIMEO_ENOMEM : 0;
    if (rc == 0 && p->kind == OBJECT_CHARTER) {
        rc = charter_parse(&c, NULL, "", note_bytes);
        if (rc == 0 && c.version == 1)
            hash_format(hex, &c.hash);
        else if (rc == 0)
            rc = MIMEO_ENOTFOUND;
        charter_dispose(rc == 0 || rc == MIMEO_ENOTFOUND ? &c : NULL);
    } else if (rc == 0) {
        rc = header_parse(h, note, NULL, "", note_bytes);
        if (rc == 0)
            hash_format(hex, &h->publisher);
    }
    free(note);
    free(h);
    return rc;
}

/* The objects at the front of a file, up to the first that names its publisher. */
CORE_EXPORT(core_claim) int core_claim(int file, double size)
{
    uint8_t bytes[PREFIX_LEN + LIMIT_CHARTER];
    char hex[HASH_HEX_LEN + 1];
    struct prefix p;
    double offset = 0;
    for (int i = 0; i < OBJECTS_MAX && offset < size; i++) {
        int got = host_read(file, offset, bytes, sizeof(bytes));
        if (got < PREFIX_LEN || prefix_parse(&p, NULL, "", view_of(bytes, PREFIX_LEN)) < 0)
            break;
        bool has_note = p.kind == OBJECT_CHARTER || p.kind == OBJECT_HEADER || p.kind == OBJECT_BUNDLE;
        if (has_note && (size_t)got >= PREFIX_LEN + p.header_len &&
            claimed_publisher(hex, &p, view_of(bytes + PREFIX_LEN, p.header_len)) == 0) {
            buf_append_str(core_begin(), hex);
            return core_end(0);
        }
        offset += (double)p.total_len;
    }
    return ctx_error(core_ctx, MIMEO_ENOTFOUND, "no publisher is named");
}
