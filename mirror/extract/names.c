/*
 * Bylines to names (names.h).
 *
 * The words here are of the languages that newspapers have, and never of single newspapers.  A part of a line is a
 * name unless something says that it is none: it is safer to lose a role than a person.
 */
#include "extract/names.h"

#include <string.h>
#include <strings.h>
#include <utf8proc.h>

#include "base/text.h"
#include "extract/field.h"

/* Before a name; each ends where a word does. */
static const char *const leads[] = {
    "written by", "reported by", "posted by", "story by", "words by", "edited by", "reviewed by", "by", "from", "author:",
    "authors:", "author", "text:", "text by", "von", "autor:", "autorin:", "par", "propos recueillis par", "por", "texto:",
    "di", "a cura di", "door", "av", "af", "tekst:", "autor", "autora:", "автор:", "автор", "текст:", "авторы:", "от", "автори:",
    "yazar:", "yazan:", "haber:", "oleh", "penulis:", "reporter:", "بقلم:", "بقلم", "كتب", "كتبت", "نویسنده:", "نویسنده", "گزارش:",
    "作者:", "作者：", "记者:", "记者：", "记者", "記者", "文/", "文／", "文：", "责编：", "责编:", "责任编辑：", "責任編輯：", "编辑：", "撰文：",
    "報導／", "報導:", "取材・文", "文＝", "文・", "글", "글:", "โดย", "bởi", "theo", "kirjoittaja:", "skribent:", "journalist:",
    "mit", "with", "ad", "da",
};

/* Between names. */
static const char *const joints[] = {" and ", " & ", " und ", " et ", " y ", " e ", " i ", " и ", " та ", " і ", " و ", " ve ", " och ",
                                     " og ", " ja ", " és ", " a ", " en ", " ou ", " with ", " dan ", " và ", " și ", " și ", ", ",
                                     "; ", " | ", " / ", " • ", " · ", "、", "，", "；", "｜", " – ", " — ", " - ", "\n", ";", "|", "،", ","};

/* Words of roles: a part with one of them and a name before it is no name. */
static const char *const roles[] = {
    "staff", "reporter", "reporters", "correspondent", "editor", "editors", "writer", "writers", "journalist", "producer", "columnist",
    "contributor", "contributing", "senior", "chief", "freelance", "photographer", "analyst", "professor", "director", "author",
    "redakteur", "redakteurin", "redaktor", "redaktorka", "korrespondent", "korrespondentin", "journaliste", "journalistin",
    "correspondant", "correspondante", "corresponsal", "redactor", "redactora", "periodista", "corrispondente", "giornalista",
    "jornalista", "repórter", "dziennikarz", "корреспондент", "обозреватель", "журналист", "журналіст", "редактор", "кореспондент",
    "muhabir", "muhabiri", "editör", "wartawan", "مراسل", "محرر", "خبرنگار", "基者", "特派员", "特派員", "ведущий", "автор", "video",
    "photos", "pictures", "fotos", "photo", "foto", "illustrations", "published", "updated", "minutes", "min", "read",
};

/* Of agencies and offices. */
static const char *const bodies[] = {
    "news", "press", "agency", "agencies", "agencia", "agence", "agenzia", "agentur", "agência", "agencja", "ajansı", "redaktion",
    "redacción", "redazione", "rédaction", "redação", "redakcja", "redakce", "redaktionen", "redaksi", "редакция", "редакція", "desk",
    "team", "newsroom", "staff", "reuters", "afp", "ap", "dpa", "efe", "ansa", "tass", "тасс", "upi", "pap", "xinhua", "media", "magazine",
    "times", "post", "herald", "tribune", "journal", "gazette", "daily", "weekly", "tv", "radio", "broadcasting", "editorial", "board",
    "committee", "institute", "foundation", "university", "group", "online", "digital", "admin", "administrator", "webmaster", "office",
    "department", "وكالات", "وكالة", "خبرگزاری", "新闻", "通讯社", "日报", "新聞", "電子版", "网", "wires", "correspondents", "reporters", "web",
    "mundo", "bbc", "cnn", "rfi", "dw", "voa", "rferl", "monde", "zeitung", "haber", "nachrichten", "notícias", "noticias",
};

/* Before those who took the picture: no authors. */
static const char *const pictures[] = {"image", "photo", "picture", "foto", "bild", "imagen", "imagem", "immagine", "фото", "zdjęcie", "fot.",
                                       "fotoğraf", "görsel", "صورة", "عکس", "图片", "圖片", "摄影", "攝影", "写真", "사진", "ảnh", "video", "graphic",
                                       "illustration", "getty"};

/* Said where nobody is named. */
static const char *const nobody[] = {"admin", "administrator", "editor", "author", "staff", "webmaster", "unknown", "anonymous", "guest",
                                     "null", "undefined", "none", "default", "root", "user", "n/a", "by", "super user", "share", "follow",
                                     "about", "more", "read more", "email", "comments", "print", "subscribe", "contact"};

/* ---- pieces of a line */

static bool ends_word(struct view v, size_t at)
{
    if (at >= v.len)
        return true;
    uint8_t before = v.ptr[at - 1], c = v.ptr[at];
    return c <= ' ' || c == ':' || before == ':' || before == '/' || before >= 0x80;
}

static struct view after(struct view v, size_t len) { return line_trim(view_of(v.ptr + len, v.len - len)); }

static bool is_edge(struct view v, size_t at)
{
    static const char edges[] = ".,:;-|/()[]*·•\"'";
    return strchr(edges, v.ptr[at]) != NULL;
}

static struct view cut_edges(struct view v)
{
    v = line_trim(v);
    while (v.len > 0 && is_edge(v, 0))
        v = after(v, 1);
    while (v.len > 0 && is_edge(v, v.len - 1) && !(v.ptr[v.len - 1] == '.' && v.len > 2 && v.ptr[v.len - 2] >= 'A' && v.ptr[v.len - 2] <= 'Z')) {
        v.len--;
        v = line_trim(v);
    }
    return v;
}

static struct view cut_leads(struct view v)
{
    for (bool again = true; again;) {
        again = false;
        v = cut_edges(v);
        for (size_t i = 0; !again && i < sizeof leads / sizeof leads[0]; i++) {
            size_t len = line_starts(v, leads[i]);
            if (len > 0 && ends_word(v, len)) {
                v = after(v, len);
                again = true;
            }
        }
    }
    return v;
}

/* The first joint: where, and how long. */
static bool find_joint(struct view v, size_t *at, size_t *len)
{
    *at = v.len;
    for (size_t j = 0; j < sizeof joints / sizeof joints[0]; j++) {
        size_t l = strlen(joints[j]);
        const uint8_t *found = v.len == 0 ? NULL : memmem(v.ptr, v.len, joints[j], l);
        if (found != NULL && (size_t)(found - v.ptr) < *at) {
            *at = (size_t)(found - v.ptr);
            *len = l;
        }
    }
    return *at < v.len;
}

/* ---- judging a piece */

static bool next_word(struct cursor *c, struct view *out)
{
    while (c->left > 0 && (*c->ptr <= ' ' || strchr("(),.:;", *c->ptr) != NULL)) {
        c->ptr++;
        c->left--;
    }
    const uint8_t *from = c->ptr;
    while (c->left > 0 && *c->ptr > ' ' && strchr("(),:;", *c->ptr) == NULL) {
        c->ptr++;
        c->left--;
    }
    *out = view_of(from, (size_t)(c->ptr - from));
    return out->len > 0;
}

static void lower(char *out, size_t room, struct view v)
{
    struct buf text;
    struct cursor c = cursor_of(v);
    uint32_t code;
    buf_init(&text, room - 1);
    while (utf8_next(&c, &code) && buf_append_utf8(&text, (uint32_t)utf8proc_tolower((utf8proc_int32_t)code)) == 0)
        ;
    memcpy(out, buf_str(&text), text.len + 1);
    buf_dispose(&text);
}

static size_t count_listed(struct view v, const char *const *list, size_t size, size_t *words)
{
    struct cursor c = cursor_of(v);
    struct view word;
    size_t n = 0;
    *words = 0;
    while (next_word(&c, &word)) {
        char small[64];
        lower(small, sizeof small, word);
        ++*words;
        for (size_t i = 0; i < size; i++)
            n += strcmp(small, list[i]) == 0;
    }
    return n;
}
#define LISTED(v, list, words) count_listed(v, list, sizeof(list) / sizeof((list)[0]), words)

static bool is_nobody(struct view v)
{
    for (size_t i = 0; i < sizeof nobody / sizeof nobody[0]; i++)
        if (line_is(v, nobody[i]))
            return true;
    return false;
}

static bool is_address(struct view v)
{
    return memchr(v.ptr, '@', v.len) != NULL || line_has(v, "http") || line_has(v, "www.") || line_has(v, "://");
}

/* Letters of a script without cases, or a capital in front: how names are written. */
static bool looks_like_name(struct view v, size_t words)
{
    struct cursor c = cursor_of(v);
    uint32_t code;
    size_t digits = 0, capitals = 0, small = 0, caseless = 0, first = 0;
    while (utf8_next(&c, &code)) {
        utf8proc_category_t kind = utf8proc_category((utf8proc_int32_t)code);
        first = first == 0 ? code : first;
        digits += kind == UTF8PROC_CATEGORY_ND;
        capitals += kind == UTF8PROC_CATEGORY_LU;
        small += kind == UTF8PROC_CATEGORY_LL;
        caseless += kind == UTF8PROC_CATEGORY_LO;
    }
    if (digits > 0 || capitals + small + caseless < 2 || words > 7 || field_length(v) > 60)
        return false;
    return caseless > 0 || capitals > 0 || words == 1;
}

/* The same letters; with `start`, one may be the beginning of the other ("Example" of "example.org"). */
static bool same_folded(struct view a, struct view b, bool start)
{
    struct buf x, y;
    buf_init(&x, 1024);
    buf_init(&y, 1024);
    field_folded(&x, a);
    field_folded(&y, b);
    size_t len = x.len < y.len ? x.len : y.len;
    bool same = x.len == y.len || (start && len >= 3);
    same = same && len > 0 && memcmp(x.ptr, y.ptr, len) == 0;
    buf_dispose(&x);
    buf_dispose(&y);
    return same;
}

static void add(struct names *out, struct view v, bool body, bool site)
{
    if (out->count == NAMES_MAX || v.len >= NAME_MAX_BYTES)
        return;
    for (size_t i = 0; i < out->count; i++)
        if (same_folded(view_of_str(out->of[i].text), v, false))
            return;
    struct name *n = &out->of[out->count++];
    memcpy(n->text, v.ptr, v.len);
    n->text[v.len] = 0;
    n->body = body || site;
    n->site = site;
}

static bool is_of_picture(struct view v)
{
    for (size_t i = 0; i < sizeof pictures / sizeof pictures[0]; i++)
        if (line_starts(v, pictures[i]) > 0)
            return true;
    return false;
}

static void add_piece(struct names *out, struct view v, struct view site, bool one)
{
    size_t words;
    struct date date;
    if (is_of_picture(cut_edges(v)))
        return;
    v = cut_leads(v);
    const uint8_t *open = v.len == 0 ? NULL : memchr(v.ptr, '(', v.len);
    /* "Ann Smith (Oslo)" loses the place, "Richard (R.J.) Eskow" nothing. */
    if (open != NULL && memchr(v.ptr, ' ', (size_t)(open - v.ptr)) != NULL && memchr(v.ptr, ' ', (size_t)(open - v.ptr)) != open - 1)
        v = cut_edges(view_of(v.ptr, (size_t)(open - v.ptr)));
    if (v.len == 0 || is_nobody(v) || is_address(v) || date_find(&date, v, NULL))
        return;
    bool role = LISTED(v, roles, &words) > 0;
    if (words == 0 || (role && (out->count > 0 || LISTED(v, roles, &words) == words)) || !looks_like_name(v, words))
        return;
    bool body = role || LISTED(v, bodies, &words) > 0, own = same_folded(v, site, true);
    if ((body || own) && !one && out->count > 0)
        return; /* "Ann Smith, Example News": where she works */
    add(out, v, body, own);
}

/* "Smith, John": a family name first, in a line that says it is one name. */
static bool is_turned(struct view v)
{
    const uint8_t *comma = memchr(v.ptr, ',', v.len);
    return comma != NULL && memchr(v.ptr, ' ', (size_t)(comma - v.ptr)) == NULL;
}

void names_add(struct names *out, struct view line, struct view site, bool one)
{
    for (int i = 0; i < NAMES_MAX && line.len > 0; i++) {
        size_t at = line.len, len = 0;
        bool more = find_joint(line, &at, &len);
        if (one && more && is_turned(line))
            return;
        add_piece(out, view_of(line.ptr, at), site, one);
        line = more ? view_of(line.ptr + at + len, line.len - at - len) : view_of(line.ptr, 0);
    }
}

void names_settle(struct names *n)
{
    size_t people = 0, kept = 0;
    for (size_t i = 0; i < n->count; i++)
        people += !n->of[i].body;
    for (size_t i = 0; people > 0 && i < n->count; i++)
        if (!n->of[i].body)
            n->of[kept++] = n->of[i];
    if (people > 0)
        n->count = kept;
}
