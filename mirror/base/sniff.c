/* First bytes of the kinds of files that lie beside packs on sticks and in messengers. */
#include "base/sniff.h"

#include <string.h>

#include "base/text.h"

#define AT(offset, literal, kind, words) {offset, literal, sizeof(literal) - 1, kind, words}

static const struct signature {
    size_t offset;
    const char *bytes;
    size_t len;
    enum sniff_kind kind;
    const char *words;
} signatures[] = {
    AT(0, "\x8DMMO\r\n\x1A\n", SNIFF_PACK, NULL),
    AT(0, "PK\x03\x04", SNIFF_ZIP, "is a zip archive: unpack it first"),
    AT(0, "PK\x05\x06", SNIFF_ZIP, "is an empty zip archive"),
    AT(0, "\x1F\x8B\x08", SNIFF_OTHER, "is compressed with gzip: unpack it first"),
    AT(0, "\xFD" "7zXZ", SNIFF_OTHER, "is compressed with xz: unpack it first"),
    AT(0, "BZh", SNIFF_OTHER, "is compressed with bzip2: unpack it first"),
    AT(0, "\x28\xB5\x2F\xFD", SNIFF_OTHER, "is compressed with zstd: unpack it first"),
    AT(0, "7z\xBC\xAF\x27\x1C", SNIFF_OTHER, "is a 7z archive: unpack it first"),
    AT(0, "Rar!\x1A\x07", SNIFF_OTHER, "is a rar archive: unpack it first"),
    AT(257, "ustar", SNIFF_OTHER, "is a tar archive: unpack it first"),
    AT(0, "# v2 git bundle", SNIFF_OTHER, "is a git bundle: 'git clone' it first"),
    AT(0, "# v3 git bundle", SNIFF_OTHER, "is a git bundle: 'git clone' it first"),
    AT(0, "PACK\0\0\0", SNIFF_OTHER, "is a pack of git objects, no mimeo pack: name the repository it is from"),
    AT(0, "ZIM\x04", SNIFF_OTHER, "is a ZIM file, no mimeo mirror"),
    AT(0, "\xFF\xD8\xFF", SNIFF_PICTURE, "is a picture (JPEG), no mimeo mirror"),
    AT(0, "\x89PNG\r\n\x1A\n", SNIFF_PICTURE, "is a picture (PNG), no mimeo mirror"),
    AT(0, "GIF8", SNIFF_PICTURE, "is a picture (GIF), no mimeo mirror"),
    AT(8, "WEBP", SNIFF_PICTURE, "is a picture (WebP), no mimeo mirror"),
    AT(4, "ftypavif", SNIFF_PICTURE, "is a picture (AVIF), no mimeo mirror"),
    AT(4, "ftyphei", SNIFF_PICTURE, "is a picture (HEIC), no mimeo mirror"),
    AT(0, "II*\0", SNIFF_PICTURE, "is a picture (TIFF), no mimeo mirror"),
    AT(0, "MM\0*", SNIFF_PICTURE, "is a picture (TIFF), no mimeo mirror"),
    AT(4, "ftyp", SNIFF_OTHER, "is a film or a sound, no mimeo mirror"),
    AT(0, "\x1A\x45\xDF\xA3", SNIFF_OTHER, "is a film, no mimeo mirror"),
    AT(0, "OggS", SNIFF_OTHER, "is a sound or a film, no mimeo mirror"),
    AT(0, "ID3", SNIFF_OTHER, "is a sound, no mimeo mirror"),
    AT(0, "RIFF", SNIFF_OTHER, "is a sound or a film, no mimeo mirror"),
    AT(0, "%PDF", SNIFF_OTHER, "is a PDF file, no mimeo mirror"),
    AT(0, "\xD0\xCF\x11\xE0", SNIFF_OTHER, "is an office document, no mimeo mirror"),
    AT(0, "{\\rtf", SNIFF_OTHER, "is an office document, no mimeo mirror"),
    AT(0, "SQLite format 3", SNIFF_OTHER, "is a database, no mimeo mirror"),
    AT(0, "\x7F" "ELF", SNIFF_OTHER, "is a program, no mimeo mirror"),
    AT(0, "MZ\x90\0", SNIFF_OTHER, "is a program, no mimeo mirror"),
    AT(0, "-----BEGIN PGP", SNIFF_OTHER, "is encrypted or signed with PGP, no mimeo mirror: decrypt it first"),
    AT(0, "age-encryption.org/", SNIFF_OTHER, "is encrypted with age, no mimeo mirror: decrypt it first"),
    AT(0, "jU1NTw0KGgo", SNIFF_TEXT, "is a pack that was turned into text (base64): turn it back first, as 'base64 -d' does"),
    AT(0, "mimeo bundle 1", SNIFF_TEXT, "is the head of a mirror alone: name the directory that it was in"),
    AT(0, "mimeo charter 1", SNIFF_TEXT, "is a charter alone: 'mimeo trust add' takes it"),
    AT(0, "mimeo head ", SNIFF_TEXT, "is the card of a head: 'mimeo head --compare' takes what it says"),
    AT(0, "mimeo:", SNIFF_TEXT, "is a link: 'mimeo clone' takes what it says"),
};

static const char web_words[] = "is a page of HTML or XML, no mimeo mirror: was it saved from a site that was blocked?";

/* Plain text as far as it goes: the last character may be cut. */
static bool is_text(struct view v)
{
    struct cursor c = cursor_of(v);
    uint32_t code;
    while (utf8_next(&c, &code))
        if (char_is_control(code) && code != '\n' && code != '\r' && code != '\t')
            return false;
    return c.left == 0 || (v.len >= SNIFF_LEN && c.left < 4);
}

/* As UTF-16 of most scripts has many. */
static bool has_zeros(struct view v)
{
    size_t zeros = 0;
    for (size_t i = 0; i < v.len; i++)
        zeros += v.ptr[i] == 0;
    return zeros * 8 > v.len;
}

static bool has(struct view front, const struct signature *s)
{
    return front.len >= s->offset + s->len && memcmp(front.ptr + s->offset, s->bytes, s->len) == 0;
}

struct sniff sniff(struct view front)
{
    if (front.len > SNIFF_LEN)
        front.len = SNIFF_LEN;
    if (front.len == 0)
        return (struct sniff){SNIFF_EMPTY, "is empty"};
    for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++)
        if (has(front, &signatures[i]))
            return (struct sniff){signatures[i].kind, signatures[i].words};
    if (front.len >= 2 && (memcmp(front.ptr, "\xFF\xFE", 2) == 0 || memcmp(front.ptr, "\xFE\xFF", 2) == 0) && has_zeros(front))
        return (struct sniff){SNIFF_TEXT, "is a text, no mimeo mirror"};
    if (!is_text(front)) /* one encrypted pack in 256 begins with "<" */
        return (struct sniff){SNIFF_UNKNOWN, "is nothing that mimeo knows"};
    struct cursor c = cursor_of(front);
    cursor_skip(&c, "\xEF\xBB\xBF");
    while (c.left > 0 && (*c.ptr == ' ' || *c.ptr == '\n' || *c.ptr == '\r' || *c.ptr == '\t')) {
        c.ptr++;
        c.left--;
    }
    if (c.left > 0 && *c.ptr == '<')
        return (struct sniff){SNIFF_HTML, web_words};
    return (struct sniff){SNIFF_TEXT, "is a text, no mimeo mirror"};
}

const char *sniff_kind_name(enum sniff_kind kind)
{
    static const char *const names[] = {
        [SNIFF_EMPTY] = "empty", [SNIFF_PACK] = "pack", [SNIFF_ZIP] = "zip",     [SNIFF_PICTURE] = "picture",
        [SNIFF_HTML] = "html",   [SNIFF_TEXT] = "text", [SNIFF_OTHER] = "other", [SNIFF_UNKNOWN] = "unknown",
    };
    return names[kind];
}
