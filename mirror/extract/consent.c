/*
 * What a page asks before it is read: the notice about cookies, known by what it says.  Most sites name it so
 * (hint_words.c); on others it is long, stands above all and reads like an article.
 *
 * What a reader would get wrong: an article may be about cookies.  It says "they", the notice says "we".
 */
#include "extract/choose.h"
#include "extract/prune.h"

#include <string.h>

#define MOST 4000  /* letters of a notice */
#define LEFT 60    /* letters of good text that must be left on the page */

static const char *const asks[] = {
    "we use cookies", "we and our", "we value your privacy", "we care about your privacy", "we respect your privacy",
    "this site uses cookies", "this website uses cookies", "our website uses cookies", "our site uses cookies",
    "uses cookies to", "use of cookies", "accept cookies", "cookie preferences",
    "wir verwenden cookies", "wir nutzen cookies", "diese website verwendet cookies", "unsere partner",
    "nous utilisons des cookies", "nos partenaires", "votre consentement", "utilizamos cookies", "nuestros socios",
    "su consentimiento", "usamos cookies", "nossos parceiros", "utilizziamo i cookie", "i nostri partner",
    "wij gebruiken cookies", "onze partners", "używamy plików cookie", "nasi partnerzy", "çerezleri kullan",
    "мы используем", "ми використовуємо",
};
static const char *const about[] = {
    "cookie", "consent", "partners", "preferences", "personal data", "privacy", "einwilligung", "personenbezogen",
    "confidentialité", "données personnelles", "datos personales", "privacidad", "privacidade", "dati personali",
    "персональн",
};

static bool says(struct view line, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (memmem(line.ptr, line.len, words[i], strlen(words[i])) != NULL)
            return true;
    return false;
}
#define SAYS(line, words) says(line, words, sizeof words / sizeof words[0])

static bool is_about(struct buf *line, const struct body_page *b, const struct text_run *r)
{
    struct view v = prune_start(line, b, r);
    return SAYS(v, about) || SAYS(v, asks);
}

/* Letters within the box of runs that speak of it. */
static uint32_t letters_about(struct buf *line, const struct body_page *b, const struct dom_node *box, size_t from)
{
    uint32_t letters = 0;
    while (from > 0 && dom_within(b->facts.runs[from - 1].owner, box))
        from--;
    for (; from < b->facts.run_count && dom_within(b->facts.runs[from].owner, box); from++)
        letters += is_about(line, b, &b->facts.runs[from]) ? b->facts.runs[from].chars : 0;
    return letters;
}

static void drop_around(struct buf *line, struct body_page *b, size_t run)
{
    uint32_t all = facts_of(&b->facts, dom_body(b->facts.dom))->good;
    struct dom_node *box = NULL;
    for (struct dom_node *n = b->facts.runs[run].owner; n != NULL && n->tag != DOM_BODY; n = n->parent) {
        const struct facts *f = facts_of(&b->facts, n);
        if (f->chars > MOST || all - f->good < LEFT || f->titles > 0 || f->holds_body)
            break;
        if (letters_about(line, b, n, run) * 2 < f->chars)
            break;
        box = n;
    }
    if (box != NULL && box->tag != DOM_P && box->tag != DOM_LI) /* that would be a paragraph among others */
        facts_drop(&b->facts, box, DROP_CONSENT);
}

/* One of these is in each of the above: most paragraphs are passed by for them. */
static bool may_ask(const struct body_page *b, const struct text_run *r)
{
    static const char *const stems[] = {"ookie", "artner", "rivacy", "onsent", "parten", "parceir", "socios", "çerez", "спользу"};
    for (uint32_t i = r->first->index; i <= r->last->index; i++) {
        const struct dom_node *n = b->facts.nodes[i];
        if (n != NULL && n->tag == DOM_TEXT && !b->facts.of[i].gone && SAYS(n->text, stems))
            return true;
    }
    return false;
}

void drop_consent(struct body_page *b)
{
    struct buf line;
    buf_init(&line, PRUNE_LINE + 64);
    for (size_t i = 0; i < b->facts.run_count; i++) {
        const struct text_run *r = &b->facts.runs[i];
        if (facts_of(&b->facts, r->first)->gone || r->chars < 20 || facts_of(&b->facts, r->owner)->holds_body ||
            !may_ask(b, r))
            continue;
        struct view v = prune_start(&line, b, r);
        if (SAYS(v, asks) && SAYS(v, about))
            drop_around(&line, b, i);
    }
    buf_dispose(&line);
}
