/*
 * Inside of the readers: the elements that are open, and the entry that is being filled.
 *
 *     decode.c -> xml.c -> parse.c, parse_names.c (which element is which, and which end tag closes what)
 *                       -> fields.c, media.c, wxr.c (what an element says of its entry)
 *                       -> entry*.c, guid.c, tidy.c (an entry becomes one JSON object)
 *                       -> reader.c -> feed.c (over the pipe)
 *
 * json_feed.c fills the same entry from the members of objects.
 */
#ifndef FEED_PARSE_H
#define FEED_PARSE_H

#include "article/clean.h"
#include "base/arena.h"
#include "feed/vocabulary.h"
#include "feed/xml.h"

#define PARSE_DEPTH 200       /* what is deeper loses its tags and keeps its text */
#define PARSE_BINDINGS 128    /* namespaces declared at one place */
#define FEED_TEXT_MAX LIMIT_HTML /* of one entry's body */
#define FEED_WORDS_MAX (256 * KIB) /* of any other field */

enum text_kind { TEXT_PLAIN, TEXT_HTML };

struct feed_text {
    struct buf bytes;
    enum text_kind kind;
    bool present;
};

struct feed_picture {
    const char *file, *alt, *caption, *credit; /* in the entry's arena */
    uint64_t width;                            /* 0: not said */
    bool thumbnail;                            /* a small copy: the last choice */
    bool grouped;                              /* another size of the picture before it */
};

struct wp_post {
    const char *status, *type, *password, *date, *modified, *file, *meta_key, *alt;
    uint64_t id, thumbnail, section; /* numbers of a post, a picture, a category */
};

struct entry {
    struct arena memory; /* of the strings */
    const char *guid, *link, *original_link;
    bool guid_is_no_link;
    bool link_is_page; /* `link` is said to be of a page */
    const char *published, *modified, *date;
    const char *section, *lang;
    const char *base; /* of its text, where it differs from its link */
    const char *bylines[LIMIT_LIST], *tags[LIMIT_LIST], *categories[LIMIT_LIST];
    const char *coauthors[LIMIT_LIST];
    size_t byline_count, tag_count, category_count, coauthor_count;
    struct feed_picture pictures[LIMIT_ARTICLE_MEDIA];
    size_t picture_count;
    struct feed_text title, description, content, excerpt, comment;
    bool content_elsewhere; /* Atom's content src="…" */
    bool deleted;
    bool cut;       /* the feed ended within it */
    bool too_large;
    const char *skip; /* words why it is none for readers; NULL */
    struct wp_post wp;
};

struct element {
    size_t name_at, name_len; /* in parse.names, with its prefix */
    uint32_t name_sum;        /* of the name: most are told apart by it */
    size_t names_mark, bindings_mark;
    enum feed_field field;
    bool markup;              /* it is text of a field */
    size_t lang_at, base_at;  /* in parse.names; 0: none */
};

struct binding {
    size_t prefix_at, prefix_len;
    enum feed_space space;
};

struct parse;
typedef int (*parse_entry_fn)(struct parse *p, mimeo_ctx *ctx);

struct wxr;

struct parse {
    enum feed_kind kind;
    const char *url;   /* where the feed came from; NULL */
    struct buf names;  /* of open elements, prefixes, languages and bases, NUL-terminated */
    struct element stack[PARSE_DEPTH];
    size_t depth;
    size_t beyond;     /* elements open deeper than that */
    struct binding bindings[PARSE_BINDINGS];
    size_t binding_count;
    bool rooted;       /* the root has come */
    bool is_export;    /* WordPress's own elements were met */

    /* The field whose text is being taken. */
    size_t field_depth;        /* of its element; 0: none */
    struct buf text;
    bool escaping;             /* Atom's xhtml: what is text there is no markup */
    bool dropping;             /* its text is none */
    enum text_kind text_kind;  /* as its attributes say */
    const char *term, *scheme, *nicename; /* a category's; in the entry's memory */

    const struct xml *xml;     /* its attributes are those of the element that is being opened */

    /* The feed's. */
    struct arena memory;
    const char *lang, *link;
    const char *authors[LIMIT_LIST];
    size_t author_count;

    struct entry entry;
    bool in_entry;
    uint64_t number;
    struct wxr *wxr;           /* what is known of an export; else NULL */
    parse_entry_fn entry_done; /* called for each, in order */
    void *payload;
};

void parse_init(struct parse *p, const struct feed_source *source, parse_entry_fn entry_done, void *payload);
int parse_xml(struct parse *p, mimeo_ctx *ctx, struct xml *x);
void parse_dispose(struct parse *p);

/* The attribute of the element being opened, by its local name; empty where it has none. */
struct view parse_attribute(const struct parse *p, const char *local);
/* A trimmed copy in the entry's memory; NULL for nothing. */
const char *entry_keep(struct entry *e, struct view v);
/* As an absolute http or https address; NULL for what is none. */
const char *parse_address(struct parse *p, struct view raw);
const char *parse_base(const struct parse *p); /* xml:base in force here; NULL */
const char *parse_lang(const struct parse *p); /* in force here; NULL */

/* ---- what elements say: `text` is what stood in them.  fields.c sends them on. */
void field_opened(struct parse *p, enum feed_field field);
void field_closed(struct parse *p, enum feed_field field, enum feed_field parent, struct buf *text);
void media_opened(struct parse *p, enum feed_field field);
void media_closed(struct parse *p, enum feed_field field, struct view text);
void wxr_closed(struct parse *p, enum feed_field field, struct view text);

void entry_clear(struct entry *e);
void entry_dispose(struct entry *e);
void entry_add(const char *list[LIMIT_LIST], size_t *count, const char *value); /* once, and no more than fit */
struct view view_trim(struct view v); /* without white space around */

#endif
