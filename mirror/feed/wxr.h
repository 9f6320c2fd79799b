/*
 * WordPress's export (WXR 1.0 to 1.2): an RSS feed of all that a site holds.  It is read twice: a picture may stand behind the
 * post that shows it.
 */
#ifndef FEED_WXR_H
#define FEED_WXR_H

#include "feed/parse.h"

struct wxr_file {
    uint64_t id;
    const char *file, *alt, *caption;
};

struct wxr_person {
    const char *login, *name;
};

struct wxr {
    struct arena memory;
    size_t bytes; /* of strings in it */
    struct wxr_file *files; /* by id, once the first reading is over */
    size_t file_count, file_room;
    struct wxr_person *persons;
    size_t person_count, person_room;
    struct wxr_term {
        uint64_t id;
        const char *name;
    } *terms; /* categories */
    size_t term_count, term_room;
    bool settled;             /* all of that is known: the second reading */
    const char *login, *name; /* of the author that is being read */
    struct wxr_term term;     /* the category */
    parse_entry_fn post_done;
    void *payload;
};

/* The picture that has this number in the export; NULL where it holds none. */
const struct wxr_file *wxr_find(const struct wxr *w, uint64_t id);

/* Append what WordPress would show for a post's content: paragraphs where it has none, its shortcodes as plain HTML. */
int wp_content(struct buf *out, const struct wxr *w, struct view content);
/* The same without paragraphs: shortcodes alone (wp_shortcodes.c). */
int wp_shortcodes(struct buf *out, const struct wxr *w, struct view content);

#endif
