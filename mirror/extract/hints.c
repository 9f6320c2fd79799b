/*
 * Reading names.  A class is cut into words at what is no letter and where small letters turn to capitals; each word
 * and each two neighbours are looked up.
 *
 * What a reader would get wrong: "has-sidebar" is no sidebar, and WordPress gives each article the names of its tags
 * and categories ("tag-newsletter"): such classes say nothing.
 */
#include "extract/hints.h"

#include <string.h>
#include <strings.h>

#include "extract/hint_words.h"

#define WORD_MAX 24
#define VALUE_MAX 512 /* of one attribute: utility classes run to thousands of bytes */

static bool is_white(uint8_t b) { return b == ' ' || (b >= '\t' && b <= '\r'); }
static bool is_upper(uint8_t b) { return b >= 'A' && b <= 'Z'; }
static bool is_digit(uint8_t b) { return b >= '0' && b <= '9'; }
static bool is_letter(uint8_t b) { return (b | 0x20) >= 'a' && (b | 0x20) <= 'z'; }

static void weigh(struct hint *sum, const char *word)
{
    const struct hint_word *found = hint_word_of(word);
    if (found == NULL)
        return;
    if (found->hint.strength > sum->strength) {
        sum->strength = found->hint.strength;
        sum->reason = found->hint.reason;
    }
    if (found->hint.body > sum->body)
        sum->body = found->hint.body;
}

/* Classes that say what a page has, not what this is. */
static bool says_nothing(struct view token)
{
    static const char *const fronts[] = {"has-", "no-", "with-", "without-", "not-", "category-", "tag-", "type-",
                                         "status-", "format-", "page-template", "js-no", "hide-", "show-", "postid",
                                         "is-", "wp-", "md:", "lg:", "sm:", "xl:", "hover:"};
    static const char *const yet[] = {"tag-list", "tag-links", "tag-cloud", "category-list", "wp-caption-text", "wp-block-button"};
    char first = (char)(token.ptr[0] | 0x20); /* most are decided by it */
    for (size_t i = 0; i < sizeof yet / sizeof yet[0]; i++)
        if (yet[i][0] == first && token.len >= strlen(yet[i]) && strncasecmp((const char *)token.ptr, yet[i], strlen(yet[i])) == 0)
            return false;
    for (size_t i = 0; i < sizeof fronts / sizeof fronts[0]; i++)
        if (fronts[i][0] == first && token.len > strlen(fronts[i]) && strncasecmp((const char *)token.ptr, fronts[i], strlen(fronts[i])) == 0)
            return true;
    return false;
}

/* One class, or an id. */
static void read_token(struct hint *sum, struct view token)
{
    char before[WORD_MAX + 1] = "", word[WORD_MAX + 1], both[2 * WORD_MAX + 1];
    size_t at = 0;
    while (at < token.len) {
        size_t len = 0;
        for (; at < token.len && !is_letter(token.ptr[at]); at++)
            if (is_digit(token.ptr[at]))
                before[0] = 0;
        bool of_number = at > 0 && is_digit(token.ptr[at - 1]); /* "1ad9": a hash, no word */
        bool capital = at < token.len && is_upper(token.ptr[at]);
        while (at < token.len && is_letter(token.ptr[at]) && len < WORD_MAX &&
               (len == 0 || capital || !is_upper(token.ptr[at]))) {
            capital = capital && is_upper(token.ptr[at]);
            word[len++] = (char)(token.ptr[at++] | 0x20);
        }
        if (len == WORD_MAX) /* no word of ours; the rest of it neither */
            while (at < token.len && is_letter(token.ptr[at]))
                at++;
        word[len] = 0;
        if (len == 0 || of_number)
            continue;
        weigh(sum, word);
        if (before[0] != 0) {
            memcpy(both, before, strlen(before));
            memcpy(both + strlen(before), word, len + 1);
            weigh(sum, both);
        }
        memcpy(before, word, len + 1);
    }
}

static void set(struct hint *sum, enum drop_reason reason, enum hint_strength strength)
{
    if (strength > sum->strength) {
        sum->reason = reason;
        sum->strength = strength;
    }
}

static void read_tokens(struct hint *sum, struct view v)
{
    size_t at = 0, len = v.len < VALUE_MAX ? v.len : VALUE_MAX;
    while (at < len) {
        size_t end = at;
        while (end < len && !is_white(v.ptr[end]))
            end++;
        struct view token = view_of(v.ptr + at, end - at);
        if (view_equal_str(token, "by") || view_equal_str(token, "byl")) /* as part of a name it says nothing */
            set(sum, DROP_AUTHOR, HINT_WEAK);
        else if (token.len > 0 && !says_nothing(token))
            read_token(sum, token);
        at = end + 1;
    }
}

static void read_role(struct hint *sum, struct view role)
{
    static const struct {
        const char *role;
        enum drop_reason reason;
        enum hint_strength strength;
    } roles[] = {
        {"navigation", DROP_NAVIGATION, HINT_STRONG}, {"menu", DROP_NAVIGATION, HINT_STRONG},
        {"menubar", DROP_NAVIGATION, HINT_STRONG}, {"toolbar", DROP_NAVIGATION, HINT_STRONG},
        {"banner", DROP_FRAME, HINT_WEAK}, {"contentinfo", DROP_FRAME, HINT_STRONG},
        {"complementary", DROP_FRAME, HINT_WEAK}, {"search", DROP_FRAME, HINT_STRONG},
        {"dialog", DROP_FRAME, HINT_STRONG}, {"alertdialog", DROP_FRAME, HINT_STRONG},
        {"tablist", DROP_NAVIGATION, HINT_WEAK}, {"tooltip", DROP_FRAME, HINT_STRONG},
        {"form", DROP_FRAME, HINT_WEAK},
    };
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (view_equal_str(role, roles[i].role))
            set(sum, roles[i].reason, roles[i].strength);
    if (view_equal_str(role, "main") || view_equal_str(role, "article"))
        sum->body = sum->body > HINT_WEAK ? sum->body : HINT_WEAK;
}

static void read_itemprop(struct hint *sum, struct view v)
{
    if (view_equal_str(v, "articleBody") || view_equal_str(v, "reviewBody"))
        sum->body = HINT_STRONG;
    else if (view_equal_str(v, "comment"))
        set(sum, DROP_COMMENTS, HINT_STRONG);
    else if (view_equal_str(v, "author") || view_equal_str(v, "datePublished") || view_equal_str(v, "dateModified") ||
             view_equal_str(v, "publisher"))
        set(sum, DROP_AUTHOR, HINT_WEAK);
    else if (view_equal_str(v, "caption") || view_equal_str(v, "copyrightHolder"))
        set(sum, DROP_MEDIA, HINT_STRONG);
    else if (view_equal_str(v, "keywords"))
        set(sum, DROP_TAGS, HINT_WEAK);
}

static void read_tag(struct hint *sum, enum dom_tag tag)
{
    switch (tag) {
    case DOM_NAV: set(sum, DROP_NAVIGATION, HINT_STRONG); break;
    case DOM_MENU: set(sum, DROP_NAVIGATION, HINT_WEAK); break;
    case DOM_FOOTER: case DOM_ASIDE: case DOM_HEADER: case DOM_FORM: case DOM_FIELDSET:
        set(sum, DROP_FRAME, HINT_WEAK);
        break;
    case DOM_ARTICLE: case DOM_MAIN: sum->body = sum->body > HINT_WEAK ? sum->body : HINT_WEAK; break;
    default: break;
    }
}

static bool is_name_of_part(struct view attribute)
{
    switch (attribute.len) {
    case 2: return view_equal_str(attribute, "id");
    case 11: return view_equal_str(attribute, "data-testid") || view_equal_str(attribute, "data-module");
    case 12: return view_equal_str(attribute, "data-test-id");
    case 14: return view_equal_str(attribute, "data-component");
    default: return false;
    }
}

struct hint hint_of(const struct dom_node *n)
{
    struct hint sum = {KEPT, HINT_NONE, HINT_NONE};
    read_tag(&sum, n->tag);
    if (n->tag == DOM_OTHER)
        read_token(&sum, n->text);
    for (uint32_t i = 0; i < n->attribute_count; i++) {
        struct view name = n->attributes[i].name, value = n->attributes[i].value;
        if (name.len == 5 && view_equal_str(name, "class"))
            read_tokens(&sum, value);
        else if (is_name_of_part(name))
            read_token(&sum, value);
        else if (name.len == 4 && view_equal_str(name, "role"))
            read_role(&sum, value);
        else if (name.len == 8 && view_equal_str(name, "itemprop"))
            read_itemprop(&sum, value);
    }
    return sum;
}

static size_t group_of(const struct dom_node *n)
{
    struct view v = dom_attribute(n, "class");
    uint32_t h = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < v.len; i++)
        h = (h ^ v.ptr[i]) * 16777619u;
    return (h ^ h >> 16) % HINT_GROUPS;
}

void hint_groups_add(struct hint_groups *g, const struct dom_node *n, uint32_t good) { g->good[group_of(n)] += good; }

uint32_t hint_groups_good(const struct hint_groups *g, const struct dom_node *n) { return g->good[group_of(n)]; }
