/*
 * Languages of texts (language.h).
 *
 * A page's own word is right nine times in ten; what is wrong is mostly a template's "en" on a page in another
 * language.  So the word is checked: by script, and by the words that make up a third of any text.
 */
#include "extract/language.h"

#include <string.h>
#include <strings.h>
#include <utf8proc.h>

#include "base/text.h"
#include "extract/language_words.h"

#define LOOKED_AT (10 * 1024) /* bytes of text */
#define LETTERS_LEAST 20
#define WORD_MOST 18      /* bytes: longer ones are in no list */


static const struct {
    uint32_t from, to;
    enum script script;
} ranges[] = {
    {'A', 'Z', LATIN}, {'a', 'z', LATIN}, {0xC0, 0x24F, LATIN}, {0x370, 0x3FF, GREEK}, {0x400, 0x52F, CYRILLIC},
    {0x531, 0x58F, ARMENIAN}, {0x5D0, 0x5EA, HEBREW}, {0x620, 0x64A, ARABIC}, {0x66E, 0x6D3, ARABIC}, {0x904, 0x963, DEVANAGARI},
    {0x985, 0x9E3, BENGALI}, {0xB83, 0xBD0, TAMIL}, {0xC05, 0xC63, TELUGU}, {0xE01, 0xE4E, THAI}, {0x1000, 0x109F, BURMESE},
    {0x10A0, 0x10FF, GEORGIAN}, {0x1200, 0x137F, ETHIOPIC}, {0x1780, 0x17D3, KHMER}, {0x1E00, 0x1EFF, LATIN},
    {0x3041, 0x30FF, KANA}, {0x3400, 0x9FFF, HAN}, {0xAC00, 0xD7A3, HANGUL}, {0x1F00, 0x1FFF, GREEK},
};

/* Languages by what they are written in, where that is not Latin. */
static const struct {
    enum script script;
    const char *languages;
} written[] = {
    {CYRILLIC, " ru uk be bg mk sr kk ky mn tg tt ba cv os ce "}, {GREEK, " el "}, {ARABIC, " ar fa ur ps ckb ku ug sd prs "},
    {HEBREW, " he iw yi "}, {HAN, " zh ja yue cmn "}, {KANA, " ja "}, {HANGUL, " ko "}, {THAI, " th "},
    {DEVANAGARI, " hi mr ne sa "}, {BENGALI, " bn as "}, {BURMESE, " my "}, {GEORGIAN, " ka "}, {ARMENIAN, " hy "},
    {TAMIL, " ta "}, {TELUGU, " te "}, {KHMER, " km "}, {ETHIOPIC, " am ti "},
};
/* And in Latin letters too. */
static const char both[] = " sr kk uz az tg ku mn bs ";

/* ---- scripts */

struct letters {
    size_t of[SCRIPTS], all;
};

static enum script script_of(uint32_t code)
{
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (code >= ranges[i].from && code <= ranges[i].to && code != 0xD7 && code != 0xF7)
            return ranges[i].script;
    return OTHER;
}

static struct letters count_letters(struct view text)
{
    struct letters n = {.all = 0};
    struct cursor c = cursor_of(view_of(text.ptr, text.len < LOOKED_AT ? text.len : LOOKED_AT));
    uint32_t code;
    while (utf8_next(&c, &code)) {
        enum script s = script_of(code);
        /* One sign of these is worth several letters. */
        size_t worth = s == HAN || s == KANA || s == HANGUL ? 3 : 1;
        if (s != OTHER) {
            n.of[s] += worth;
            n.all += worth;
        }
    }
    return n;
}

static enum script main_script(const struct letters *n)
{
    enum script best = OTHER;
    for (enum script s = 0; s < OTHER; s++)
        if (n->of[s] * 2 > n->all)
            best = s;
    if (n->of[KANA] * 10 > n->all && (n->of[KANA] + n->of[HAN]) * 2 > n->all)
        best = KANA;
    return best;
}

/* ---- words */

struct hits {
    size_t of[LANGUAGES], words;
};

static void count_hits(struct hits *h, uint64_t languages, enum script script)
{
    for (size_t i = 0; languages != 0; i++, languages >>= 1)
        h->of[i] += (languages & 1) != 0 && language_profiles[i].script == script;
}

static size_t put_small(char *out, uint32_t code)
{
    struct buf one;
    buf_init(&one, 4);
    buf_append_utf8(&one, (uint32_t)utf8proc_tolower((utf8proc_int32_t)code));
    size_t len = one.len;
    memcpy(out, buf_str(&one), len);
    buf_dispose(&one);
    return len;
}

static void count_words(struct hits *h, struct view text, enum script script)
{
    char word[WORD_MOST + 8];
    size_t len = 0;
    struct cursor c = cursor_of(view_of(text.ptr, text.len < LOOKED_AT ? text.len : LOOKED_AT));
    uint32_t code;
    memset(h, 0, sizeof *h);
    for (bool more = true; more;) {
        more = utf8_next(&c, &code);
        bool letter = more && (script_of(code) != OTHER || (code >= 0x64B && code <= 0x652));
        if (letter && len < WORD_MOST) {
            size_t one = code < 0x80 ? 1 : put_small(word + len, code);
            if (code < 0x80)
                word[len] = (char)(code >= 'A' && code <= 'Z' ? code + 32 : code);
            else
                count_hits(h, language_of_mark(view_of(word + len, one)), script);
            len += one;
        } else if (letter) {
            len = WORD_MOST + 4; /* too long to be one of those */
        } else if (len > 0) {
            if (len < WORD_MOST)
                count_hits(h, language_of_word(view_of(word, len)), script);
            h->words++;
            len = 0;
        }
    }
}

static const char *by_words(const struct hits *h)
{
    size_t best = 0;
    for (size_t i = 1; i < LANGUAGES; i++)
        if (h->of[i] > h->of[best])
            best = i;
    return h->of[best] >= 3 && h->of[best] * 14 >= h->words ? language_profiles[best].lang : NULL;
}

static const char *by_script(enum script s)
{
    switch (s) {
    case GREEK: return "el";
    case HEBREW: return "he";
    case HAN: return "zh";
    case KANA: return "ja";
    case HANGUL: return "ko";
    case THAI: return "th";
    case BENGALI: return "bn";
    case BURMESE: return "my";
    case GEORGIAN: return "ka";
    case ARMENIAN: return "hy";
    case TAMIL: return "ta";
    case TELUGU: return "te";
    case KHMER: return "km";
    default: return NULL;
    }
}

const char *language_of_text(struct view text)
{
    struct letters n = count_letters(text);
    if (n.all < LETTERS_LEAST)
        return NULL;
    enum script s = main_script(&n);
    const char *only = by_script(s);
    if (only != NULL)
        return only;
    struct hits h;
    count_words(&h, text, s);
    return by_words(&h);
}

/* ---- what a page says */

static bool is_listed(const char *list, const char *lang)
{
    char word[12];
    size_t len = strcspn(lang, "-_");
    if (len + 3 > sizeof word)
        return false;
    word[0] = ' ';
    for (size_t i = 0; i < len; i++)
        word[i + 1] = (char)(lang[i] >= 'A' && lang[i] <= 'Z' ? lang[i] + 32 : lang[i]);
    memcpy(word + len + 1, " ", 2);
    return strstr(list, word) != NULL;
}

static bool may_be_written(const char *lang, enum script s)
{
    bool elsewhere = false;
    for (size_t i = 0; i < sizeof written / sizeof written[0]; i++) {
        if (written[i].script == s && is_listed(written[i].languages, lang))
            return true;
        elsewhere = elsewhere || is_listed(written[i].languages, lang);
    }
    return s == LATIN && (!elsewhere || is_listed(both, lang));
}

bool language_fits(struct view text, const char *lang)
{
    struct letters n = count_letters(text);
    enum script s = n.all < LETTERS_LEAST ? OTHER : main_script(&n);
    if (s == OTHER)
        return true;
    if (!may_be_written(lang, s))
        return false;
    struct hits h;
    size_t own = LANGUAGES, best = 0;
    count_words(&h, text, s);
    for (size_t i = 0; i < LANGUAGES; i++) {
        size_t len = strcspn(lang, "-_");
        if (strlen(language_profiles[i].lang) == len && strncasecmp(language_profiles[i].lang, lang, len) == 0)
            own = i;
        best = h.of[i] > h.of[best] ? i : best;
    }
    /* A language that we have words of, and there are few; another that there are many of. */
    return own == LANGUAGES || h.words < 60 || h.of[best] * 8 < h.words || h.of[own] * 4 > h.of[best];
}

const char *language_direction(struct view text)
{
    struct letters n = count_letters(text);
    if (n.all == 0)
        return NULL;
    return (n.of[ARABIC] + n.of[HEBREW]) * 2 > n.all ? "rtl" : "ltr";
}

bool language_tag(char out[36], struct view said)
{
    size_t len = 0, start = 0;
    while (said.len > 0 && said.ptr[0] <= ' ')
        said = view_of(said.ptr + 1, said.len - 1);
    while (said.len > 0 && said.ptr[said.len - 1] <= ' ')
        said.len--;
    for (; len < said.len && len < 35; len++) {
        char c = (char)said.ptr[len];
        bool letter = (c | 32) >= 'a' && (c | 32) <= 'z', digit = c >= '0' && c <= '9';
        if (c == '_' || c == '-') {
            if (len - start < (start == 0 ? 2 : 1) || len - start > (start == 0 ? 3 : 8))
                return false;
            start = len + 1;
            c = '-';
        } else if (!letter && !(digit && start > 0)) {
            if (c != ',' && c != ';')
                return false;
            break; /* of a list the first */
        }
        out[len] = c;
    }
    if (len - start < (start == 0 ? 2 : 1) || len - start > (start == 0 ? 3 : 8))
        return false;
    out[len] = 0;
    return true;
}
