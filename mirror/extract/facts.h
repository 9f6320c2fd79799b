/*
 * What is known of each node of a page: how much text, how much of it is links, how much of it
 * reads like sentences; and whether a judgement has dropped it.
 *
 * Facts are kept in an array by dom_node.index, which is document order: a parent comes before its
 * children.  Text that was dropped is in nobody's sums.
 */
#ifndef EXTRACT_FACTS_H
#define EXTRACT_FACTS_H

#include "extract/dom.h"

/* Why a node is not part of the body; the words are in explain.c. */
enum drop_reason {
    KEPT,
    DROP_NO_TEXT,      /* scripts, controls and the like */
    DROP_HIDDEN,
    DROP_NAVIGATION,   /* nav, menus, breadcrumbs, pages */
    DROP_COMMENTS,
    DROP_SHARING,
    DROP_RELATED,      /* other articles: related, read more, most read, next */
    DROP_PROMOTION,    /* newsletters, donations, subscriptions, paywalls */
    DROP_ADVERTISING,
    DROP_CONSENT,      /* cookies */
    DROP_AUTHOR,       /* about the author, byline, date */
    DROP_TAGS,
    DROP_MEDIA,        /* captions, gallery and player controls */
    DROP_FRAME,        /* header, footer, aside, sidebar */
    DROP_TITLE,        /* the title, subtitle, byline or date again */
    DROP_LINKS,        /* mostly links */
    DROP_WORDS,        /* says by its words that it is furniture */
    DROP_TWICE,        /* the same text again */
    DROP_RECURS,       /* stands on other pages of this publisher too */
    DROP_RULE,         /* the rules file says so */
    DROP_OUTSIDE,      /* not within what was chosen as the body */
};

struct facts {
    uint32_t chars;    /* of visible text; a Han or Kana counts for three */
    uint32_t links;    /* … of them within links */
    uint32_t stops;    /* ends of sentences */
    uint32_t commas;
    uint32_t good;     /* chars of runs that read like an article's */
    uint32_t pictures;
    uint32_t titles;   /* h1 */
    float score;       /* as the body's container (choose.c) */
    uint32_t owner;    /* index of the nearest block: itself or an ancestor */
    uint8_t reason;    /* enum drop_reason: of this node itself */
    bool gone;         /* it or an ancestor is dropped */
    bool in_link;
    bool in_heading;
    bool uncounted;    /* in a caption, or in what stands for a script */
    bool holds_body;   /* it is, or holds, what its makers call the body */
    bool forced;       /* a rule keeps it, or something in it */
};

/* A run of text between the borders of blocks: what is seen as a paragraph. */
struct text_run {
    struct dom_node *owner, *first, *last;
    uint32_t chars, links, stops, commas;
};

struct page_facts {
    const struct dom *dom;
    struct dom_node **nodes; /* by index */
    struct facts *of;        /* by index */
    size_t count;
    struct text_run *runs;
    size_t run_count;
};

/* `forced` (NULL: none): by index, not 0 for what stays even if it is hidden, as all
 * does with `hidden_too`.  Memory is the tree's.  0 or MIMEO_ENOMEM. */
int facts_gather(struct page_facts *out, mimeo_ctx *ctx, struct dom *d, const uint8_t *forced, bool hidden_too);

static inline struct facts *facts_of(const struct page_facts *p, const struct dom_node *n) { return &p->of[n->index]; }

/* Drop a node and all below it; what it had leaves the sums above.  What is forced goes by another rule alone. */
void facts_drop(struct page_facts *p, struct dom_node *n, enum drop_reason why);
/* Cut the text that is left into runs, say which are good, and sum those up. */
int facts_cut_runs(struct page_facts *p, mimeo_ctx *ctx);
/* How much a run counts as text of an article: 0 to its chars. */
uint32_t run_weight(const struct text_run *r);

/* Of a run's text without its spaces. */
uint64_t run_hash(const struct page_facts *p, const struct text_run *r);

static inline double link_density(const struct facts *f) { return f->chars == 0 ? 0 : (double)f->links / f->chars; }

/* Counts the letters of a text, as `chars` does. */
void text_measure(struct view v, uint32_t *chars, uint32_t *stops, uint32_t *commas);

#endif
