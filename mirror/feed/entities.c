/*
 * Character references: the five of XML, the names of HTML 4 and numbers.  What a name stands for is one character, always, so
 * nothing here expands.
 */
#include "feed/entities.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

struct entity {
    const char *name;
    uint32_t code;
};

/* By name, in the order of strcmp(). */
static const struct entity entities[] = {
    {"AElig", 198}, {"Aacute", 193}, {"Acirc", 194}, {"Agrave", 192}, {"Alpha", 913}, {"Aring", 197}, {"Atilde", 195},
    {"Auml", 196}, {"Beta", 914}, {"Ccedil", 199}, {"Chi", 935}, {"Dagger", 8225}, {"Delta", 916}, {"ETH", 208},
    {"Eacute", 201}, {"Ecirc", 202}, {"Egrave", 200}, {"Epsilon", 917}, {"Eta", 919}, {"Euml", 203}, {"Gamma", 915},
    {"Iacute", 205}, {"Icirc", 206}, {"Igrave", 204}, {"Iota", 921}, {"Iuml", 207}, {"Kappa", 922}, {"Lambda", 923},
    {"Mu", 924}, {"Ntilde", 209}, {"Nu", 925}, {"OElig", 338}, {"Oacute", 211}, {"Ocirc", 212}, {"Ograve", 210},
    {"Omega", 937}, {"Omicron", 927}, {"Oslash", 216}, {"Otilde", 213}, {"Ouml", 214}, {"Phi", 934}, {"Pi", 928},
    {"Prime", 8243}, {"Psi", 936}, {"Rho", 929}, {"Scaron", 352}, {"Sigma", 931}, {"THORN", 222}, {"Tau", 932},
    {"Theta", 920}, {"Uacute", 218}, {"Ucirc", 219}, {"Ugrave", 217}, {"Upsilon", 933}, {"Uuml", 220}, {"Xi", 926},
    {"Yacute", 221}, {"Yuml", 376}, {"Zeta", 918}, {"aacute", 225}, {"acirc", 226}, {"acute", 180}, {"aelig", 230},
    {"agrave", 224}, {"alefsym", 8501}, {"alpha", 945}, {"amp", 38}, {"and", 8743}, {"ang", 8736}, {"apos", 39},
    {"aring", 229}, {"asymp", 8776}, {"atilde", 227}, {"auml", 228}, {"bdquo", 8222}, {"beta", 946}, {"brvbar", 166},
    {"bull", 8226}, {"cap", 8745}, {"ccedil", 231}, {"cedil", 184}, {"cent", 162}, {"chi", 967}, {"circ", 710},
    {"clubs", 9827}, {"cong", 8773}, {"copy", 169}, {"crarr", 8629}, {"cup", 8746}, {"curren", 164}, {"dArr", 8659},
    {"dagger", 8224}, {"darr", 8595}, {"deg", 176}, {"delta", 948}, {"diams", 9830}, {"divide", 247}, {"eacute", 233},
    {"ecirc", 234}, {"egrave", 232}, {"empty", 8709}, {"emsp", 8195}, {"ensp", 8194}, {"epsilon", 949},
    {"equiv", 8801}, {"eta", 951}, {"eth", 240}, {"euml", 235}, {"euro", 8364}, {"exist", 8707}, {"fnof", 402},
    {"forall", 8704}, {"frac12", 189}, {"frac14", 188}, {"frac34", 190}, {"frasl", 8260}, {"gamma", 947},
    {"ge", 8805}, {"gt", 62}, {"hArr", 8660}, {"harr", 8596}, {"hearts", 9829}, {"hellip", 8230}, {"iacute", 237},
    {"icirc", 238}, {"iexcl", 161}, {"igrave", 236}, {"image", 8465}, {"infin", 8734}, {"int", 8747}, {"iota", 953},
    {"iquest", 191}, {"isin", 8712}, {"iuml", 239}, {"kappa", 954}, {"lArr", 8656}, {"lambda", 955}, {"lang", 9001},
    {"laquo", 171}, {"larr", 8592}, {"lceil", 8968}, {"ldquo", 8220}, {"le", 8804}, {"lfloor", 8970},
    {"lowast", 8727}, {"loz", 9674}, {"lrm", 8206}, {"lsaquo", 8249}, {"lsquo", 8216}, {"lt", 60}, {"macr", 175},
    {"mdash", 8212}, {"micro", 181}, {"middot", 183}, {"minus", 8722}, {"mu", 956}, {"nabla", 8711}, {"nbsp", 160},
    {"ndash", 8211}, {"ne", 8800}, {"ni", 8715}, {"not", 172}, {"notin", 8713}, {"nsub", 8836}, {"ntilde", 241},
    {"nu", 957}, {"oacute", 243}, {"ocirc", 244}, {"oelig", 339}, {"ograve", 242}, {"oline", 8254}, {"omega", 969},
    {"omicron", 959}, {"oplus", 8853}, {"or", 8744}, {"ordf", 170}, {"ordm", 186}, {"oslash", 248}, {"otilde", 245},
    {"otimes", 8855}, {"ouml", 246}, {"para", 182}, {"part", 8706}, {"permil", 8240}, {"perp", 8869}, {"phi", 966},
    {"pi", 960}, {"piv", 982}, {"plusmn", 177}, {"pound", 163}, {"prime", 8242}, {"prod", 8719}, {"prop", 8733},
    {"psi", 968}, {"quot", 34}, {"rArr", 8658}, {"radic", 8730}, {"rang", 9002}, {"raquo", 187}, {"rarr", 8594},
    {"rceil", 8969}, {"rdquo", 8221}, {"real", 8476}, {"reg", 174}, {"rfloor", 8971}, {"rho", 961}, {"rlm", 8207},
    {"rsaquo", 8250}, {"rsquo", 8217}, {"sbquo", 8218}, {"scaron", 353}, {"sdot", 8901}, {"sect", 167}, {"shy", 173},
    {"sigma", 963}, {"sigmaf", 962}, {"sim", 8764}, {"spades", 9824}, {"sub", 8834}, {"sube", 8838}, {"sum", 8721},
    {"sup", 8835}, {"sup1", 185}, {"sup2", 178}, {"sup3", 179}, {"supe", 8839}, {"szlig", 223}, {"tau", 964},
    {"there4", 8756}, {"theta", 952}, {"thetasym", 977}, {"thinsp", 8201}, {"thorn", 254}, {"tilde", 732},
    {"times", 215}, {"trade", 8482}, {"uArr", 8657}, {"uacute", 250}, {"uarr", 8593}, {"ucirc", 251}, {"ugrave", 249},
    {"uml", 168}, {"upsih", 978}, {"upsilon", 965}, {"uuml", 252}, {"weierp", 8472}, {"xi", 958}, {"yacute", 253},
    {"yen", 165}, {"yuml", 255}, {"zeta", 950}, {"zwj", 8205}, {"zwnj", 8204},
};

struct name {
    const char *ptr;
    size_t len;
};

static int compare(const void *key, const void *item)
{
    const struct name *name = key;
    const struct entity *entity = item;
    int order = strncmp(name->ptr, entity->name, name->len);
    return order != 0 ? order : -(entity->name[name->len] != 0);
}

/* Numbers 128 to 159 are meant as windows-1252 has them: as HTML reads them, and as feeds are written. */
static uint32_t settle_number(uint32_t code)
{
    static const uint16_t western[32] = {0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
                                         0x2039, 0x0152, 0, 0x017D, 0, 0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013,
                                         0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178};
    if (code >= 128 && code < 160)
        code = western[code - 128];
    bool good = code == '\t' || code == '\n' ||
                (code >= ' ' && code != 127 && (code < 0xD800 || code > 0xDFFF) && code <= 0x10FFFF &&
                 (code & 0xFFFE) != 0xFFFE);
    return good ? code : 0xFFFD;
}

static bool digit_value(uint8_t c, uint32_t base, uint32_t *out)
{
    uint8_t lower = c | 0x20;
    if (c >= '0' && c <= '9')
        *out = (uint32_t)(c - '0');
    else if (base == 16 && lower >= 'a' && lower <= 'f')
        *out = (uint32_t)(lower - 'a' + 10);
    else
        return false;
    return true;
}

/* "&#233;" or "&#xE9;". */
static size_t take_number(struct view v, uint32_t *code)
{
    bool hex = v.len > 2 && (v.ptr[2] | 0x20) == 'x';
    uint32_t value = 0, digit, base = hex ? 16 : 10;
    size_t start = hex ? 3 : 2, at = start;
    for (; at < v.len && at < ENTITY_MAX && digit_value(v.ptr[at], base, &digit); at++)
        value = value > 0x10FFFF ? value : value * base + digit;
    if (at == start || at == v.len || v.ptr[at] != ';')
        return 0;
    *code = settle_number(value);
    return at + 1;
}

size_t entity_take(struct view v, uint32_t *code)
{
    if (v.len < 3 || v.ptr[0] != '&')
        return 0;
    if (v.ptr[1] == '#')
        return take_number(v, code);
    const uint8_t *end = memchr(v.ptr, ';', v.len < ENTITY_MAX ? v.len : ENTITY_MAX);
    if (end == NULL)
        return 0;
    struct name name = {(const char *)v.ptr + 1, (size_t)(end - v.ptr) - 1};
    const struct entity *found = name.len == 0 ? NULL
                                               : bsearch(&name, entities, sizeof(entities) / sizeof(entities[0]),
                                                         sizeof(entities[0]), compare);
    if (found == NULL)
        return 0;
    *code = found->code;
    return name.len + 2;
}

int entities_decode(struct buf *out, struct view v)
{
    size_t at = 0;
    while (at < v.len) {
        const uint8_t *next = memchr(v.ptr + at, '&', v.len - at);
        size_t stop = next == NULL ? v.len : (size_t)(next - v.ptr);
        buf_append(out, v.ptr + at, stop - at);
        at = stop;
        if (at == v.len)
            break;
        uint32_t code;
        size_t len = entity_take(view_of(v.ptr + at, v.len - at), &code);
        if (len > 0)
            buf_append_utf8(out, code);
        else
            buf_append_byte(out, '&');
        at += len > 0 ? len : 1;
    }
    return buf_status(out);
}
