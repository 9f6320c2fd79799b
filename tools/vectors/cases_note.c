/* Vectors of section 1 and of the lines of section 3: one fault in a header that is signed after it,
 * or one in the signatures. */
#include <string.h>

#include "world.h"

static const struct {
    const char *name, *find, *with, *verdict, *section, *why;
} edits[] = {
    {"header-bidi", "signer ", "mirror https://e.example/\xE2\x80\xAE\nsigner ", "malformed", "1",
     "a signed text holds no bidi control"},
    {"header-control", "signer ", "mirror https://e.example/\x01\nsigner ", "malformed", "1",
     "a signed text holds no control"},
    {"header-not-utf8", "signer ", "mirror https://e.example/\xC3\nsigner ", "malformed", "1", "not valid UTF-8"},
    {"header-two-spaces", "seq 1\n", "seq  1\n", "malformed", "1", "a value has no leading space"},
    {"header-trailing-space", "seq 1\n", "seq 1 \n", "malformed", "1", "a value has no trailing space"},
    {"header-leading-zero", "seq 1\n", "seq 01\n", "malformed", "1", "a number has no leading zero"},
    {"header-plus", "seq 1\n", "seq +1\n", "malformed", "1", "a number has no sign"},
    {"header-seq-zero", "seq 1\n", "seq 0\n", "malformed", "3", "there is no bundle 0"},
    {"header-missing-line", "seq 1\n", "", "malformed", "3", "a line is missing"},
    {"header-doubled-line", "seq 1\n", "seq 1\nseq 1\n", "malformed", "1", "a known line is doubled"},
    {"header-misplaced-line", "payload ", "seq 1\npayload ", "malformed", "1", "a known line is in the wrong place"},
    {"header-fraction", "T01:00:00Z", "T01:00:00.0Z", "malformed", "1", "a time has no fraction"},
    {"header-leap-second", "T01:00:00Z", "T01:59:60Z", "malformed", "1", "a time has no leap second"},
    {"header-no-such-day", "time 2026-11-23", "time 2026-11-31", "malformed", "1", "November has 30 days"},
    {"header-next-by-before", "next-by 2026-11-30", "next-by 2026-11-20", "malformed", "3", "next-by is before time"},
    {"header-next-by-late", "next-by 2026", "next-by 2028", "malformed", "3", "next-by is over 400 days after time"},
    {"header-prev-in-first", "prev 00000000", "prev 10000000", "malformed", "3", "bundle 1 has no prev"},
    {"header-capital-hash", "body ", "body 0", "malformed", "3", "a count has no leading zero"},
    {"header-archive-three", "archive 0 0 0 0", "archive 0 0 0", "malformed", "3", "archive has four numbers"},
    {"header-dict-zero", "signer ", "dict 1111111111111111111111111111111111111111111111111111111111111111 0\nsigner ",
     "malformed", "3", "a dictionary has at least one byte"},
    {"header-mirror-scheme", "signer ", "mirror file:///etc/passwd\nsigner ", "malformed", "3",
     "a mirror is http, https, git or ssh"},
    {"header-mirror-twice", "signer ", "mirror https://e.example/\nmirror https://e.example/\nsigner ", "malformed", "3",
     "mirrors are distinct"},
    {"header-mirror-after-x", "signer ", "x-a b\nmirror https://e.example/\nsigner ", "malformed", "1",
     "x- lines come directly before the signers"},
    {"header-17-x-lines", "signer ",
     "x-a 1\nx-a 2\nx-a 3\nx-a 4\nx-a 5\nx-a 6\nx-a 7\nx-a 8\nx-a 9\nx-a 10\nx-a 11\nx-a 12\nx-a 13\nx-a 14\nx-a 15\nx-a 16\n"
     "x-a 17\nsigner ", "malformed", "11", "at most 16 x- lines"},
    {"header-unknown-line", "signer ", "colour blue\nsigner ", "needs-newer", "1",
     "an unknown line that the publisher signed"},
    {"header-version-2", "mimeo bundle 1\n", "mimeo bundle 2\n", "needs-newer", "12", "a newer version that the publisher signed"},
    {"header-version-0", "mimeo bundle 1\n", "mimeo bundle 0\n", "malformed", "12", "there is no version 0"},
    {"header-other-kind", "mimeo bundle 1\n", "mimeo parcel 1\n", "malformed", "3", "the first line is another"},
    {"header-carriage-return", "seq 1\n", "seq 1\r\n", "malformed", "1", "lines end in LF alone"},
};

static void cut_last_byte(struct buf *note)
{
    note->len--;
}

static void blank_line(struct buf *note)
{
    replace(note, "seq 1\n", "\nseq 1\n");
}

static void trailing(struct buf *note)
{
    buf_append_str(note, "\n");
}

static void junk_line(struct buf *note)
{
    buf_append_str(note, "\xE2\x80\x94 somebody AAAA\n");
}

static void no_signature(struct buf *note)
{
    uint8_t *at = memmem(note->ptr, note->len, "\n\n", 2);
    note->len = (size_t)(at - note->ptr) + 2;
}

static void doubled_signature(struct buf *note)
{
    uint8_t *at = memmem(note->ptr, note->len, "\n\n", 2);
    size_t start = (size_t)(at - note->ptr) + 2;
    uint8_t line[256];
    size_t len = note->len - start;
    memcpy(line, note->ptr + start, len);
    buf_append(note, line, len);
}

static void flip_signature(struct buf *note)
{
    note->ptr[note->len - 20] = note->ptr[note->len - 20] == 'A' ? 'B' : 'A';
}

static void flip_key_id(struct buf *note)
{
    uint8_t *at = memmem(note->ptr, note->len, "\xE2\x80\x94 mimeo ", 10);
    at[10] = at[10] == 'A' ? 'B' : 'A';
}

/* The last two bits of base64 that ends in "=" count for nothing, and must be zero. */
static void loose_base64(struct buf *note)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t *last = note->ptr + note->len - 3;
    const char *at = strchr(digits, *last);
    if (at != NULL)
        *last = (uint8_t)digits[(at - digits) | 1];
}

/* S + L is the same number modulo the group's order L (RFC 8032 section 5.1.7 refuses it). */
static void add_order(struct buf *note)
{
    static const uint8_t order[32] = {0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58, 0xD6, 0x9C, 0xF7, 0xA2, 0xDE, 0xF9,
                                      0xDE, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10};
    uint8_t *line = memmem(note->ptr, note->len, "\xE2\x80\x94 mimeo ", 10), bytes[KEY_ID_LEN + SIGNATURE_LEN];
    size_t start = (size_t)(line - note->ptr) + 10;
    if (!parse_base64(view_of(note->ptr + start, note->len - start - 1), bytes, sizeof(bytes)))
        return;
    unsigned carry = 0;
    for (size_t i = 0; i < 32; i++) {
        carry += (unsigned)bytes[KEY_ID_LEN + 32 + i] + order[i];
        bytes[KEY_ID_LEN + 32 + i] = (uint8_t)carry;
        carry >>= 8;
    }
    note->len = start;
    buf_append_base64(note, bytes, sizeof(bytes));
    buf_append_byte(note, '\n');
}

static const struct {
    const char *name;
    void (*edit)(struct buf *note);
    const char *verdict, *why;
} spoils[] = {
    {"note-no-last-lf", cut_last_byte, "malformed", "the note ends with the LF of its last signature line"},
    {"note-blank-line", blank_line, "malformed", "an empty line in the text ends it"},
    {"note-trailing-bytes", trailing, "malformed", "nothing follows the signature lines"},
    {"note-junk-signature", junk_line, "malformed", "a signature line of another kind"},
    {"note-no-signature", no_signature, "malformed", "fewer signature lines than signers"},
    {"note-doubled-signature", doubled_signature, "malformed", "more signature lines than signers"},
    {"note-wrong-signature", flip_signature, "damaged", "a signature is wrong"},
    {"note-wrong-key-id", flip_key_id, "malformed", "the key ID is not the signer's"},
    {"note-loose-base64", loose_base64, "malformed", "base64 has one spelling"},
    {"note-s-plus-l", add_order, "damaged", "S is not below the group's order"},
};

static void two_signers(struct world *w)
{
    struct charter_plan c = charter_plan_first(w);
    c.c.publish = (struct role){2, 2, {*secret_key_public(w->publish[0]), *secret_key_public(w->publish[1])}};
    struct vector v;
    vector_begin_empty(&v, w);
    vector_add_charter(&v, &c);
    struct bundle_plan p = bundle_plan_article(w, 1, "tide");
    p.signers = by_two(w->publish[1], w->publish[0]);
    vector_add_bundle(&v, &p);
    vector_write(&v, "note-signatures-reordered", "malformed", "1", "signature lines stand in the order of the signers", NULL, -1);
}

void cases_note(struct world *w)
{
    struct vector v;
    for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
        struct bundle_plan p = bundle_plan_article(w, 1, "tide");
        p.find = edits[i].find;
        p.with = edits[i].with;
        vector_begin(&v, w);
        vector_add_bundle(&v, &p);
        vector_write(&v, edits[i].name, edits[i].verdict, edits[i].section, edits[i].why, NULL, -1);
    }
    for (size_t i = 0; i < sizeof(spoils) / sizeof(spoils[0]); i++) {
        struct bundle_plan p = bundle_plan_article(w, 1, "tide");
        p.edit_note = spoils[i].edit;
        vector_begin(&v, w);
        vector_add_bundle(&v, &p);
        vector_write(&v, spoils[i].name, spoils[i].verdict, "1", spoils[i].why, NULL, -1);
    }
    two_signers(w);
    struct bundle_plan p = bundle_plan_article(w, 1, "tide");
    p.find = "signer ";
    p.with = "colour blue\nsigner ";
    p.signers = by(w->stranger);
    vector_begin(&v, w);
    vector_add_bundle(&v, &p);
    vector_write(&v, "header-unknown-line-stranger", "damaged", "1", "an unknown line that the publisher did not sign", NULL, -1);
}
