/*
 * How much a text looks like one that people wrote: for telling which of several encodings it was in.
 *
 * Only what is not ASCII counts.  For an alphabet the share of its letters, its frequent ones in full; for
 * Chinese, Japanese and Korean the share of the characters that make up most of any text.  Against it counts
 * what wrong encodings leave: U+FFFD, controls, signs within words, two scripts in one word, a capital behind a
 * small letter, words of accented letters alone.
 */
#include <stdlib.h>
#include <utf8proc.h>

#include "base/text.h"
#include "extract/charset.h"

#define CODES 0x10000 /* all that is counted by itself */

struct alphabet {
    const char *often, *others; /* small letters outside of ASCII */
};

/* Latin alphabets have all of their letters in `often`: which one is frequent says little. */
static const struct alphabet alphabets[] = {
    {"àâæçéèêëîïôœùûüÿ", ""},              /* French */
    {"äöüß", "éàè"},                       /* German */
    {"áéíñóúüªº", ""},                     /* Spanish */
    {"ãáàâçéêíóôõúüªº", ""},               /* Portuguese */
    {"àèéìíîòóù", ""},                     /* Italian */
    {"åäöé", "üàè"},                       /* Swedish, Finnish */
    {"æøåé", "äöü"},                       /* Danish, Norwegian */
    {"ëéïöüèáóúê", ""},                    /* Dutch */
    {"áéíóúýðþæö", ""},                    /* Icelandic */
    {"ąćęłńóśźż", "éöü"},                  /* Polish */
    {"áčďéěíňóřšťúůýž", "öü"},             /* Czech */
    {"áäčďéíĺľňóôŕšťúýž", "öü"},           /* Slovak */
    {"áéíóöőúüű", "ä"},                    /* Hungarian */
    {"ăâîşţșț", "éöü"},                    /* Romanian */
    {"čćđšž", "éöü"},                      /* Croatian, Slovenian, Serbian */
    {"çğıöşüâîû", "é"},                    /* Turkish */
    {"ąčęėįšųūž", "éöü"},                  /* Lithuanian */
    {"āčēģīķļņšūž", "éöü"},                /* Latvian */
    {"äõöüšž", "é"},                       /* Estonian */
    {"оеаинтсрвл", "дкмпуяыьгзбчйхжшюцщэфъё"}, /* Russian, Bulgarian */
    {"оаинтеівркс", "улдмпзяьбгчйхїжшєщюцфґ"}, /* Ukrainian */
    {"аоеіинтрксыя", "улдмпзьбгчйхжшюцўэфё"},  /* Belarusian */
    {"аоиенрстјвку", "дмплзгбчјцшхжљњћђџфѓќѕ"}, /* Serbian, Macedonian */
    {"αοιετσνηυρςπκ", "λμδγθβφχξζψωάέήίόύώϊϋΐΰ"},
    {"יוהלארתבמשנ", "כדםפעקחןצטגזסךףץ"},
    {"اليمنوتربةعد", "سفهكقحجشطصخذزثضغظىئءآأإؤپچژگکی،؛؟ًٌٍَُِّْ"},
    {"านรอกเงมยลวดท", "ตสปคบหพไชขจแใถผซธฟฐณศษโฝฉึ็่้ืีิำะัุู์ๆฤ"},
};
#define ALPHABETS (sizeof alphabets / sizeof alphabets[0])

/* The most frequent characters of Chinese (both scripts), Japanese and Korean, and their punctuation. */
static const char chinese[] =
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么"
    "去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又"
    "關點業兩這個們來為國說時會對過發後裡樣進還開從實軍無與長機動種經學現當沒見電問報導網華記區體總統門東車馬員頭選黨灣"
    "市新月日本表示高政府美報记者总统区员报导网体门东车头选党问见关两点业电话战区应该结果重部门组织制度社会经济文化历史";
static const char kana[] = "のにはをたがでてとしれさいなるからもこまあそりくっんよきせどけつうみおえ";
static const char hangul[] = "이다는의에을가지고하한기로사은도를인대자어서정그시과나해있리아수보라부일만원장전했으년주제것상들게여와성공국";

struct counts {
    uint32_t of[CODES];
    double all;                  /* characters that are not ASCII and say something */
    double bad;
    double capitals, small;      /* outside of ASCII */
    double han, kana, hangul;    /* all of these scripts */
};

/* ---- what stands next to what */

enum letter_kind { NO_LETTER, ASCII_LETTER, LATIN, OTHER_SCRIPT, WIDE };

static enum letter_kind kind_of(uint32_t code)
{
    if (code < 0x80)
        return (code | 0x20) >= 'a' && (code | 0x20) <= 'z' ? ASCII_LETTER : NO_LETTER;
    if (code >= 0x3040 && code <= 0xD7A3)
        return WIDE;
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)code);
    bool letter = (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
                  category == UTF8PROC_CATEGORY_MN;
    if (!letter)
        return NO_LETTER;
    return code < 0x250 || (code >= 0x1E00 && code < 0x1F00) ? LATIN : OTHER_SCRIPT;
}

static bool is_neutral(uint32_t code)
{
    /* Quotes, dashes, the ellipsis, the euro, and what stands alone: the same in all windows-125x. */
    return (code >= 0x2010 && code <= 0x203A) || code == 0x20AC || code == 0xA0 || code == 0xAB || code == 0xBB ||
           code == 0xA9 || code == 0xAE || code == 0xB0 || code == 0xB7 || code == 0xAD || code == 0x2116 ||
           code == 0x2122 || (code >= 0x200B && code <= 0x200F) || (code >= 0x3000 && code < 0x3040) || (code >= 0xFF00 && code < 0xFF61);
}

/* Signs that say nothing by themselves, but are wrong within a word. */
static bool is_sign(uint32_t code)
{
    return code == 0xA3 || code == 0xA5 || code == 0xA7 || code == 0xA2 || code == 0xB1 || code == 0xB2 || code == 0xB3 ||
           (code >= 0xBC && code <= 0xBE) || code == 0xD7;
}

static bool is_broken(uint32_t code)
{
    return code == 0xFFFD || (code >= 0x80 && code < 0xA0) || (code >= 0xE000 && code <= 0xF8FF) ||
           (code >= 0x2500 && code < 0x2600) || (code < 0x20 && code != '\n' && code != '\r' && code != '\t') ||
           utf8proc_category((utf8proc_int32_t)code) == UTF8PROC_CATEGORY_CN;
}

static void count_wide(struct counts *n, uint32_t code)
{
    n->of[code]++;
    n->kana += code >= 0x3041 && code <= 0x30FF;
    n->hangul += code >= 0xAC00;
    n->han += code >= 0x4E00 && code <= 0x9FFF;
}

struct word {
    enum letter_kind before;
    bool small_before;
    uint32_t accented_run; /* letters outside of ASCII in a row */
    bool sign;             /* a sign that had a letter before it */
};

static void count_letter(struct counts *n, struct word *w, uint32_t code, enum letter_kind kind)
{
    utf8proc_int32_t lower = utf8proc_tolower((utf8proc_int32_t)code);
    bool capital = lower != (utf8proc_int32_t)code;
    bool small = !capital && utf8proc_toupper((utf8proc_int32_t)code) != (utf8proc_int32_t)code;
    if (code >= 0x80) {
        if (lower >= 0 && lower < CODES)
            n->of[lower]++;
        n->capitals += capital;
        n->small += small;
        n->bad += capital && w->small_before;
    }
    bool mixed = (kind == OTHER_SCRIPT && (w->before == ASCII_LETTER || w->before == LATIN)) ||
                 (w->before == OTHER_SCRIPT && (kind == ASCII_LETTER || kind == LATIN));
    n->bad += mixed ? 1 : 0;
    n->bad += w->sign; /* letters on both sides of it */
    w->accented_run = kind == LATIN ? w->accented_run + 1 : 0;
    n->bad += w->accented_run > 2;
    w->small_before = small;
}

static void count(struct counts *n, struct view text)
{
    struct cursor c = cursor_of(text);
    struct word w = {0};
    uint32_t code;
    while (utf8_next(&c, &code)) {
        enum letter_kind kind = kind_of(code);
        bool telling = code >= 0x80 && !is_neutral(code) && !is_sign(code);
        bool sign = (telling || is_sign(code)) && kind == NO_LETTER && code != 0x060C && code != 0x061B && code != 0x061F;
        n->all += telling;
        if (code >= 0x80 && is_broken(code))
            n->bad += 2;
        else if (kind == WIDE)
            count_wide(n, code);
        else if (kind != NO_LETTER)
            count_letter(n, &w, code, kind);
        if (kind == NO_LETTER)
            w = (struct word){0};
        w.sign = sign && w.before != NO_LETTER;
        w.before = kind;
    }
}

/* ---- the sum */

static double sum_of(const struct counts *n, const char *letters, double weight)
{
    struct cursor c = cursor_of(view_of_str(letters));
    uint32_t code;
    double sum = 0;
    while (utf8_next(&c, &code))
        sum += weight * n->of[code];
    return sum;
}

static double best_alphabet(const struct counts *n)
{
    double best = 0;
    for (size_t i = 0; i < ALPHABETS; i++) {
        double sum = sum_of(n, alphabets[i].often, 1) + sum_of(n, alphabets[i].others, 0.5);
        best = sum > best ? sum : best;
    }
    /* Scripts of two cases are mostly small: read as the wrong one of koi8 and windows-1251 they are not. */
    return n->capitals > n->small ? best / 2 : best;
}

static double best_wide(const struct counts *n)
{
    double zh = 2.2 * sum_of(n, chinese, 1);
    double ko = 2 * sum_of(n, hangul, 1);
    double ja = (n->kana + sum_of(n, kana, 1)) / 2;
    if (n->kana > n->han / 8)
        ja += 0.9 * n->han;
    zh = zh < n->han ? zh : n->han;
    ko = ko < n->hangul ? ko : n->hangul;
    return zh > ko ? (zh > ja ? zh : ja) : ko > ja ? ko : ja;
}

double charset_plausibility(struct view utf8)
{
    struct counts *n = calloc(1, sizeof *n);
    double fit = 0.5;
    if (n == NULL)
        return fit;
    count(n, utf8);
    double alphabet = best_alphabet(n), wide = best_wide(n);
    if (n->all > 0)
        fit = ((alphabet > wide ? alphabet : wide) - 2 * n->bad) / n->all;
    free(n);
    return fit;
}
