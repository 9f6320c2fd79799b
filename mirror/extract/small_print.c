/*
 * A publisher's small print, known by its links: "privacy policy", "terms of use".  It reads like an article, and on
 * a short one's page it is longer.
 */
#include "extract/choose.h"
#include "extract/prune.h"

#define MOST 1200 /* letters of a box of small print */
#define LEFT 100  /* letters of good text that must be left */

static const char *const words[] = {
    "privacy", "privacy policy", "privacy notice", "privacy statement", "terms", "terms of use", "terms of service",
    "terms and conditions", "terms & conditions", "terms of sale", "cookie policy", "cookies", "cookie settings", "legal notice",
    "do not sell my personal information", "imprint", "impressum", "datenschutz", "mentions légales", "aviso legal",
    "política de privacidad", "política de privacidade", "note legali", "polityka prywatności", "gizlilik politikası",
    "политика конфиденциальности", "пользовательское соглашение", "правила использования", "політика конфіденційності",
    "سياسة الخصوصية", "حریم خصوصی", "隐私政策", "隱私權政策", "プライバシーポリシー", "利用規約", "개인정보처리방침",
    "chính sách bảo mật",
};

static bool is_word(struct view line)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (view_equal_str(line, words[i]))
            return true;
    return false;
}

/* The text of a link alone, folded. */
static struct view fold_link(struct buf *line, const struct body_page *b, struct dom_node *text)
{
    struct text_run r = {.owner = text->parent, .first = text, .last = text};
    return prune_fold(line, b, &r);
}

/* The box around a link: the largest that is small, has no title, and is not much of the page. */
static struct dom_node *box_around(const struct body_page *b, struct dom_node *link)
{
    uint32_t all = facts_of(&b->facts, dom_body(b->facts.dom))->good;
    struct dom_node *box = NULL;
    for (struct dom_node *n = link->parent; n != NULL && n->tag != DOM_BODY; n = n->parent) {
        const struct facts *f = facts_of(&b->facts, n);
        if (f->chars > MOST || all - f->good < LEFT || f->titles > 0 || f->holds_body)
            break;
        if (dom_is_block(n->tag) && n->tag != DOM_LI)
            box = n;
    }
    return box;
}

void drop_small_print(struct body_page *b)
{
    struct buf line;
    buf_init(&line, PRUNE_LINE + 64);
    for (size_t i = b->facts.count; i-- > 0;) {
        struct dom_node *n = b->facts.nodes[i];
        const struct facts *f = &b->facts.of[i];
        if (n == NULL || n->tag != DOM_TEXT || f->gone || !f->in_link || f->chars == 0 || f->chars > 60 ||
            !is_word(fold_link(&line, b, n)))
            continue;
        struct dom_node *box = box_around(b, n);
        if (box != NULL)
            facts_drop(&b->facts, box, DROP_FRAME);
    }
    buf_dispose(&line);
}
