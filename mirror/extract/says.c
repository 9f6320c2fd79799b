/*
 * Names of elements (says.h), by a tree of letters: a page has thousands of names, and each is read once.
 */
#include "extract/says.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <mimeo/error.h>

#define LETTERS 38 /* a-z 0-9 - _ */
#define NODES 2048
#define VALUE_MOST 400 /* bytes of one attribute that are looked at */

static const struct {
    uint32_t bits;
    const char *words;
} lists[] = {
    {SAYS_ELSEWHERE, "comment related recommend sidebar teaser most-read mostread popular promo newsletter footer disqus next-article "
                     "trending advert read-more readmore"},
    {SAYS_NO_DATE, "ticker copyright list-item card"},
    {SAYS_NO_PICTURE, "author avatar logo gallery-thumb social share"},
    {SAYS_BYLINE, "byline by-line article-author article__author article_author post-author entry-author author-name author__name "
                  "author_name authors writtenby written-by story-author"},
    {SAYS_AUTHOR, "author autor auteur autore redaktor avtor writer reporter yazar journalist contributor signature penulis"},
    {SAYS_DATE, "date publish time pubdate posted fecha datum data- tarih created byline meta info"},
    {SAYS_UPDATED, "updat modif actualiz edited"},
    {SAYS_SUBTITLE, "subtitle sub-title sub_title subheadline sub-headline subhead standfirst strapline alternativeheadline article-dek "
                    "article__dek headline-dek dek- -dek undertittel untertitel sottotitolo subtitulo bajada"},
    {SAYS_CREDIT, "credit copyright photographer agency -source source- bildquelle photo-by autor"},
    {SAYS_CRUMBS, "breadcrumb bread-crumb crumbs"},
};

struct letter_node {
    uint16_t next[LETTERS]; /* 0: none */
    uint32_t bits;
};
static struct letter_node nodes[NODES];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int letter_of(uint8_t c)
{
    if (c >= 'a' && c <= 'z')
        return c - 'a';
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= '0' && c <= '9')
        return 26 + c - '0';
    return c == '-' ? 36 : c == '_' ? 37 : -1;
}

static void add_word(const char *word, size_t len, uint32_t bits, size_t *used)
{
    size_t at = 0;
    for (size_t i = 0; i < len; i++) {
        int letter = letter_of((uint8_t)word[i]);
        if (nodes[at].next[letter] == 0 && *used < NODES - 1)
            nodes[at].next[letter] = (uint16_t)++*used;
        at = nodes[at].next[letter];
    }
    nodes[at].bits |= bits;
}

static void build(void)
{
    size_t used = 0;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        for (const char *at = lists[i].words; *at != 0;) {
            size_t len = strcspn(at, " ");
            add_word(at, len, lists[i].bits, &used);
            at += len + (at[len] == ' ');
        }
}

static uint32_t bits_of(struct view value)
{
    uint32_t bits = 0;
    size_t len = value.len < VALUE_MOST ? value.len : VALUE_MOST;
    for (size_t i = 0; i < len; i++)
        for (size_t at = 0, k = i; k < len; k++) {
            int letter = letter_of(value.ptr[k]);
            at = letter < 0 ? 0 : nodes[at].next[letter];
            if (at == 0)
                break;
            bits |= nodes[at].bits;
        }
    return bits;
}

/* An attribute that holds names. */
static bool is_place(struct view name)
{
    switch (name.len) {
    case 2: return view_equal_str(name, "id");
    case 3: return view_equal_str(name, "rel");
    case 5: return view_equal_str(name, "class");
    case 7: return view_equal_str(name, "data-qa");
    case 8: return view_equal_str(name, "itemprop");
    case 11: return view_equal_str(name, "data-testid");
    case 14: return view_equal_str(name, "data-component");
    default: return false;
    }
}

void says_ready(void)
{
    pthread_once(&once, build);
}

uint32_t says_of(const struct dom_node *n)
{
    uint32_t bits = 0;
    says_ready();
    for (uint32_t a = 0; a < n->attribute_count; a++)
        if (is_place(n->attributes[a].name))
            bits |= bits_of(n->attributes[a].value);
    return bits;
}

int says_gather(struct says *out, const struct dom *page)
{
    size_t count = dom_count(page);
    const struct dom_node *root = dom_root(page);
    struct says s = {.own = calloc(count + 1, sizeof *s.own), .around = calloc(count + 1, sizeof *s.around)};
    if (s.own == NULL || s.around == NULL) {
        says_dispose(&s);
        return MIMEO_ENOMEM;
    }
    for (const struct dom_node *n = root; n != NULL; n = dom_next(n, root))
        if (n->tag != DOM_TEXT && n->tag != DOM_META && n->tag != DOM_LINK && n->tag != DOM_SCRIPT)
            s.own[n->index] = says_of(n);
    *out = s;
    return 0;
}

void says_settle(struct says *s, const struct dom *page, const struct dom_node *title)
{
    const struct dom_node *root = dom_root(page);
    for (const struct dom_node *n = root; n != NULL; n = dom_next(n, root)) {
        uint32_t bits = s->own[n->index] | (n->parent == NULL ? 0 : s->around[n->parent->index]);
        if (n->tag == DOM_ASIDE || n->tag == DOM_NAV || n->tag == DOM_FOOTER)
            bits |= SAYS_ELSEWHERE;
        if (n->tag == DOM_FIGURE)
            bits |= SAYS_FIGURE;
        bool around_title = n->tag == DOM_BODY || n == root || (title != NULL && n->index <= title->index && dom_within(title, n));
        s->around[n->index] = around_title ? 0 : bits;
    }
}

void says_dispose(struct says *s)
{
    free(s->own);
    free(s->around);
    *s = (struct says){.own = NULL};
}
