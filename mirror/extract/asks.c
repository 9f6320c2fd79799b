/*
 * What a page asks of its reader: to take its cookies, to subscribe, to give.  Known by what it says; most sites name
 * it so (hint_words.c), on others it is long, stands apart and reads like an article.
 *
 * What a reader would get wrong: an article may be about cookies or about a newspaper that asks for money.  Only a box
 * of which half speaks of it goes, never one paragraph among others.
 */
#include "extract/choose.h"
#include "extract/prune.h"

#include <string.h>

#define MOST 4000 /* letters of a notice */
#define LEFT 60   /* letters of good text that must be left on the page */
#define WORDS 64
#define LEVELS 12 /* elements around a line that are looked at */

struct asking {
    enum drop_reason reason;
    const char *stems[WORDS]; /* one of these is in each of `says`: most paragraphs are passed by for them */
    const char *says[WORDS];
    const char *about[WORDS]; /* what other lines of the box speak of */
};

static const struct asking askings[] = {
    {DROP_CONSENT,
     {"ookie", "artner", "rivacy", "parten", "parceir", "socios", "çerez", "спользу", "икорист"},
     {"we use cookies", "we and our", "we value your privacy", "we care about your privacy", "we respect your privacy",
      "this site uses cookies", "this website uses cookies", "our website uses cookies", "our site uses cookies", "uses cookies to",
      "use of cookies", "accept cookies", "cookie preferences", "wir verwenden cookies", "wir nutzen cookies",
      "diese website verwendet cookies", "unsere partner", "nous utilisons des cookies", "nos partenaires", "utilizamos cookies",
      "nuestros socios", "usamos cookies", "nossos parceiros", "utilizziamo i cookie", "i nostri partner", "wij gebruiken cookies",
      "onze partners", "używamy plików cookie", "nasi partnerzy", "çerezleri kullan", "мы используем", "ми використовуємо"},
     {"cookie", "consent", "partners", "preferences", "personal data", "privacy", "einwilligung", "personenbezogen",
      "confidentialité", "données personnelles", "datos personales", "privacidad", "privacidade", "dati personali", "персональн"}},
    {DROP_PROMOTION,
     {"ubscri", "ancel any", "ournalis", "avour to ask", "avor to ask", "nlimited", "ull access", "ree article", "ontinue reading",
      "little as", "newsroom", "bonn", "kündbar", "подпис"},
     {"cancel any time", "cancel anytime", "already a subscriber", "subscribe to read", "subscribe to continue", "subscribe for ",
      "to continue reading", "unlimited access", "full access", "free articles", "small favour to ask", "small favor to ask",
      "as little as ", "support our journalism", "support our newsroom", "our journalism is", "support independent journalism",
      "make a contribution", "jederzeit kündbar", "jetzt abonnieren", "abonnez-vous", "réservé aux abonnés", "ya eres suscriptor",
      "оформите подписку", "по подписке"},
     {"subscri", "cancel", "access", "journalis", "support", "paywall", "per week", "per month", "a week", "a month", "donat",
      "contribut", "free trial", "abonn", "kündbar", "suscri", "подписк"}},
};

static bool holds(struct view line, const char *const *words)
{
    for (size_t i = 0; i < WORDS && words[i] != NULL; i++)
        if (memmem(line.ptr, line.len, words[i], strlen(words[i])) != NULL)
            return true;
    return false;
}

/* Letters within the box of runs that speak of it. */
static uint32_t letters_about(const struct asking *a, struct buf *line, const struct body_page *b, const struct dom_node *box, size_t from)
{
    uint32_t letters = 0;
    while (from > 0 && dom_within(b->facts.runs[from - 1].owner, box))
        from--;
    for (; from < b->facts.run_count && dom_within(b->facts.runs[from].owner, box); from++) {
        struct view v = prune_start(line, b, &b->facts.runs[from]);
        letters += holds(v, a->about) || holds(v, a->says) ? b->facts.runs[from].chars : 0;
    }
    return letters;
}

/* The box that speaks of nothing else; never the one with the title, nor one with most of the page. */
static void drop_around(const struct asking *a, struct buf *line, struct body_page *b, size_t run)
{
    uint32_t all = facts_of(&b->facts, dom_body(b->facts.dom))->good;
    struct dom_node *box = NULL, *n = b->facts.runs[run].owner;
    for (int level = 0; level < LEVELS && n != NULL && n->tag != DOM_BODY; level++, n = n->parent) {
        const struct facts *f = facts_of(&b->facts, n);
        if (f->chars > MOST || all - f->good < LEFT || f->titles > 0 || f->holds_body)
            break;
        if (letters_about(a, line, b, n, run) * 2 < f->chars)
            break;
        box = n;
    }
    if (box != NULL && box->tag != DOM_P && box->tag != DOM_LI)
        facts_drop(&b->facts, box, a->reason);
}

static bool may_ask(const struct asking *a, const struct body_page *b, const struct text_run *r)
{
    for (uint32_t i = r->first->index; i <= r->last->index; i++) {
        const struct dom_node *n = b->facts.nodes[i];
        if (n != NULL && n->tag == DOM_TEXT && !b->facts.of[i].gone && holds(n->text, a->stems))
            return true;
    }
    return false;
}

void drop_asking(struct body_page *b)
{
    struct buf line;
    buf_init(&line, PRUNE_LINE + 64);
    for (size_t k = 0; k < sizeof askings / sizeof askings[0]; k++)
        for (size_t i = 0; i < b->facts.run_count; i++) {
            const struct asking *a = &askings[k];
            const struct text_run *r = &b->facts.runs[i];
            if (facts_of(&b->facts, r->first)->gone || r->chars < 20 || !may_ask(a, b, r))
                continue;
            struct view v = prune_start(&line, b, r);
            if (holds(v, a->says) && holds(v, a->about))
                drop_around(a, &line, b, i);
        }
    buf_dispose(&line);
}
