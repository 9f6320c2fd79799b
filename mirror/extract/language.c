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

#define LOOKED_AT (10 * 1024) /* bytes of text */
#define LETTERS_LEAST 20
#define WORD_MOST 18      /* bytes: longer ones are in no list */

enum script { LATIN, CYRILLIC, GREEK, ARABIC, HEBREW, HAN, KANA, HANGUL, THAI, DEVANAGARI, BENGALI, BURMESE, GEORGIAN, ARMENIAN,
              TAMIL, TELUGU, KHMER, ETHIOPIC, OTHER, SCRIPTS };

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

struct profile {
    const char *lang;
    enum script script;
    const char *words;
    const char *marks; /* letters that few others have: each counts as a word */
};

static const struct profile profiles[] = {
    {"en", LATIN, " the of and to in a is that for on was with as it by at be from has are have this not but they which or an will who "
                  "said were been their his he its had would ", ""},
    {"de", LATIN, " der die und in den das von zu mit ist des auf für im dem nicht ein eine sich als auch es an werden aus er hat dass "
                  "sie nach wird bei einer um am sind noch ", "ß"},
    {"fr", LATIN, " de la le les et des en du à dans un une que est pour qui sur par au pas plus il a ce avec ne se son sont été aux "
                  "cette mais ", "œêèç"},
    {"es", LATIN, " de la que el en y los del se las por un para con no una su al lo como más es o pero sus le ha este sobre también "
                  "fue desde ", "ñ¿¡"},
    {"it", LATIN, " di e il la che in un per è del non una le con si da dei al sono della gli ha alla anche nel più come ma delle lo "
                  "questo ", ""},
    {"pt", LATIN, " de a o que e do da em um para com não uma os no se na por mais as dos como mas ao foi das à são pelo também ele ", "ãõ"},
    {"nl", LATIN, " de van het een en in is dat op te zijn voor met die niet aan er om ook als bij door naar uit nog maar worden ", ""},
    {"pl", LATIN, " w i na się z do nie że jest to o po za przez jak od ale dla oraz ma są był który tym tego jego ", "łżąęśź"},
    {"cs", LATIN, " a v se na je že s z do o to i ve k za pro od po jsou by ale podle jako jeho který která není ", "řěů"},
    {"tr", LATIN, " ve bir bu da de için ile olarak çok daha olan gibi kadar sonra ancak en ise ne o olduğu var ", "ğışİ"},
    {"vi", LATIN, " của và là có được cho trong không các với một người đã này những để khi từ đến về ở cũng ", "ơưđạảấầậắặếềểệọốồộớờợủứừựị"},
    {"id", LATIN, " yang dan di dengan untuk dari ini dalam pada itu tidak akan ke juga adalah oleh karena telah bisa ada ", ""},
    {"sv", LATIN, " och i att det som en på är av för med till den har de inte om ett han men var jag från så ", "å"},
    {"da", LATIN, " og i at det er en til på som af for med den der de har ikke et om men var han sig fra blev ", "æøå"},
    {"no", LATIN, " og i det er på som en til av for at med de har ikke den om et men var han seg fra ble jeg ", "æøå"},
    {"fi", LATIN, " ja on ei että se oli hän mutta ovat kun myös joka mukaan tai kuin sen ollut niin ", ""},
    {"hu", LATIN, " a az és hogy nem is egy van meg volt már csak ez azt mint de még el lesz ", "őű"},
    {"ro", LATIN, " de și în a la cu pe că nu o din să care este un mai pentru au fost sunt ale lui ", "ășț"},
    {"hr", LATIN, " i u je na se da za su od s a koji o kako ne iz nije će to bi što te kao ", "đćč"},
    {"lv", LATIN, " un ir no ar par ka kas uz bet arī lai tika gan nav pēc tas kā to bija ", "ļņķģāēū"},
    {"lt", LATIN, " ir kad su į iš yra tai bet kaip buvo dėl ar jis apie nuo jau per už ", "ėįųū"},
    {"et", LATIN, " ja on ei et ka oli see kui aga mis ta ning või oma kes mida ", ""},
    {"ru", CYRILLIC, " и в не на что с по как из к у за от он это о для но его все же так она было а то быть до ", "ыэё"},
    {"uk", CYRILLIC, " і в не на що з та у до за як від про це й для він але його які також із або є був ", "їєґі"},
    {"be", CYRILLIC, " і ў на не што з да у як за гэта па для ад але яго якія быў або ", "ўі"},
    {"bg", CYRILLIC, " и на да се в за от не че е с са по като ще но при това до са който ", ""},
    {"sr", CYRILLIC, " и у је на се да за су од са а који о како не из није ће то би што те као ", "јљњћђџ"},
    {"ar", ARABIC, " في من على أن إلى عن التي الذي مع هذا ما لا كان بعد هذه قال أو بين كما وقد كل ", ""},
    {"fa", ARABIC, " و در به از که این را با است برای آن یک تا بر می شد خود هم های کرد شده نیز ", "پچگژ"},
    {"ur", ARABIC, " کے میں کی ہے اور سے کا کو نے پر ہیں کہ یہ اس نہیں بھی ", "ٹڈےں"},
    {"hi", DEVANAGARI, " के में की है से और को का ने पर हैं कि यह भी इस नहीं ", ""},
};
#define PROFILES (sizeof profiles / sizeof profiles[0])

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
    size_t of[PROFILES], words;
};

static void count_word(struct hits *h, const char *word, enum script script)
{
    for (size_t i = 0; i < PROFILES; i++)
        if (profiles[i].script == script && strstr(profiles[i].words, word) != NULL)
            h->of[i]++;
    h->words++;
}

static void count_mark(struct hits *h, uint32_t code, enum script script)
{
    char letter[5];
    struct buf one;
    buf_init(&one, 4);
    buf_append_utf8(&one, code);
    memcpy(letter, buf_str(&one), one.len + 1);
    buf_dispose(&one);
    for (size_t i = 0; i < PROFILES; i++)
        if (profiles[i].script == script && strstr(profiles[i].marks, letter) != NULL)
            h->of[i]++;
}

/* A word between spaces, " so ", for looking it up; the empty string where it is too long to be one of those. */
static void count_words(struct hits *h, struct view text, enum script script)
{
    char word[40] = " ";
    size_t len = 1;
    struct cursor c = cursor_of(view_of(text.ptr, text.len < LOOKED_AT ? text.len : LOOKED_AT));
    uint32_t code;
    memset(h, 0, sizeof *h);
    for (bool more = true; more;) {
        more = utf8_next(&c, &code);
        if (more && code >= 0x80)
            count_mark(h, code, script);
        bool letter = more && (script_of(code) != OTHER || (code >= 0x64B && code <= 0x652));
        if (letter) {
            struct buf one;
            buf_init(&one, 4);
            buf_append_utf8(&one, (uint32_t)utf8proc_tolower((utf8proc_int32_t)code));
            if (len + one.len + 2 < sizeof word)
                memcpy(word + len, one.ptr, one.len);
            len += one.len;
            buf_dispose(&one);
        } else if (len > 1) {
            if (len + 2 < WORD_MOST) {
                memcpy(word + len, " ", 2);
                count_word(h, word, script);
            } else {
                h->words++;
            }
            len = 1;
        }
    }
}

static const char *by_words(const struct hits *h)
{
    size_t best = 0;
    for (size_t i = 1; i < PROFILES; i++)
        if (h->of[i] > h->of[best])
            best = i;
    return h->of[best] >= 3 && h->of[best] * 14 >= h->words ? profiles[best].lang : NULL;
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
    size_t own = PROFILES, best = 0;
    count_words(&h, text, s);
    for (size_t i = 0; i < PROFILES; i++) {
        size_t len = strcspn(lang, "-_");
        if (strlen(profiles[i].lang) == len && strncasecmp(profiles[i].lang, lang, len) == 0)
            own = i;
        best = h.of[i] > h.of[best] ? i : best;
    }
    /* A language that we have words of, and there are few; another that there are many of. */
    return own == PROFILES || h.words < 60 || h.of[best] * 8 < h.words || h.of[own] * 4 > h.of[best];
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
