/*
 * From a grey picture to the text of a QR code in it: the lines that cross finder patterns are found
 * here, zbar's qrcode/ makes of them a symbol and its bytes, and what is text is picked out here.
 *
 * zbar's own way to the lines is its barcode scanner, its own way to text is iconv; neither is
 * compiled.  Its _zbar_qr_decode() ends in qr_code_data_list_extract_text(), which is ours, and which
 * gets our struct where zbar would hand on its scanner.
 */
#include "scan.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "binarize.h"
#include "image.h"
#include "qrcode.h"
#include "qrdec.h"

#define LINES_MAX 65536 /* in each direction: a picture of nothing but patterns costs no more */
#define HALVINGS 3

struct found {
    char *text; /* SCAN_TEXT_MAX bytes */
    size_t len;
    bool any, is_link;
};

/* ---- what a symbol says */

static const char link_scheme[] = "mimeo:";

/* The length of the UTF-8 sequence at p, of at most len bytes; 0: none, overlong, or a control. */
static size_t sequence(const unsigned char *p, size_t len)
{
    static const struct {
        unsigned char mask, lead;
        unsigned long least;
    } kinds[] = {{0x80, 0x00, 0x20}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
    for (size_t more = 0; more < 4; more++) {
        if ((p[0] & kinds[more].mask) != kinds[more].lead)
            continue;
        unsigned long value = p[0] & (unsigned char)~kinds[more].mask;
        if (more >= len)
            return 0;
        for (size_t i = 1; i <= more; i++) {
            if ((p[i] & 0xc0) != 0x80)
                return 0;
            value = value << 6 | (p[i] & 0x3f);
        }
        bool control = value == 0x7f || (value >= 0x80 && value < 0xa0);
        bool surrogate = value >= 0xd800 && value < 0xe000;
        return value < kinds[more].least || value > 0x10ffff || control || surrogate ? 0 : more + 1;
    }
    return 0;
}

static bool is_text(const unsigned char *bytes, size_t len)
{
    for (size_t at = 0; at < len;) {
        size_t step = sequence(bytes + at, len - at);
        if (step == 0)
            return false;
        at += step;
    }
    return len > 0;
}

/* The bytes of a symbol's segments in a row.  Kanji, and symbols that are parts of a series, are of no
 * use here: mimeo makes neither. */
static bool join(unsigned char out[SCAN_TEXT_MAX], size_t *len, const qr_code_data *symbol)
{
    size_t used = 0;
    if (symbol->sa_size > 0)
        return false;
    for (int i = 0; i < symbol->nentries; i++) {
        const qr_code_data_entry *entry = &symbol->entries[i];
        if (entry->mode == QR_MODE_KANJI)
            return false;
        if (entry->mode != QR_MODE_NUM && entry->mode != QR_MODE_ALNUM && entry->mode != QR_MODE_BYTE)
            continue;
        size_t more = entry->payload.data.len < 0 ? SCAN_TEXT_MAX + 1U : (size_t)entry->payload.data.len;
        if (more > SCAN_TEXT_MAX - used)
            return false;
        memcpy(out + used, entry->payload.data.buf, more);
        used += more;
    }
    *len = used;
    return true;
}

int qr_code_data_list_extract_text(const qr_code_data_list *list, zbar_image_scanner_t *payload, zbar_image_t *image)
{
    struct found *found = (struct found *)(void *)payload;
    unsigned char bytes[SCAN_TEXT_MAX];
    (void)image;
    for (int i = 0; i < list->nqrdata && !found->is_link; i++) {
        size_t len;
        if (!join(bytes, &len, &list->qrdata[i]) || !is_text(bytes, len))
            continue;
        bool is_link = len >= sizeof link_scheme - 1 && memcmp(bytes, link_scheme, sizeof link_scheme - 1) == 0;
        if (found->any && !is_link)
            continue;
        memcpy(found->text, bytes, len);
        found->len = len;
        found->any = true;
        found->is_link = is_link;
    }
    return found->any ? 1 : 0;
}

/* ---- lines across finder patterns */

/* Runs dark, light, dark, light, dark as 1:1:3:1:1, each within half a module (ISO/IEC 18004, 13). */
static bool is_pattern(const int runs[5])
{
    int whole = runs[0] + runs[1] + runs[2] + runs[3] + runs[4];
    if (whole < 7)
        return false;
    for (int i = 0; i < 5; i++) {
        int wanted = i == 2 ? 3 : 1;
        int off = runs[i] * 7 - whole * wanted;
        if (abs(off) * 2 > whole * (i == 2 ? 2 : 1) + 7)
            return false;
    }
    return true;
}

/* A pattern that ends before pixel end of line `across`; zbar counts in quarter pixels. */
static void found_line(qr_reader *reader, int direction, const int runs[5], int end, int across)
{
    int middle_end = end - runs[4] - runs[3], middle = middle_end - runs[2];
    qr_finder_line line;
    line.pos[direction] = middle << QR_FINDER_SUBPREC;
    line.pos[!direction] = (across << QR_FINDER_SUBPREC) + (1 << (QR_FINDER_SUBPREC - 1));
    line.len = runs[2] << QR_FINDER_SUBPREC;
    line.boffs = (runs[1] << QR_FINDER_SUBPREC) + (runs[0] << QR_FINDER_SUBPREC) / 2;
    line.eoffs = (runs[3] << QR_FINDER_SUBPREC) + (runs[4] << QR_FINDER_SUBPREC) / 2;
    (void)_zbar_qr_found_line(reader, direction, &line);
}

/* One row (direction 0) or column (1) of count dark-or-light bytes, step apart. */
static int find_lines(qr_reader *reader, int direction, const unsigned char *dark, int count, size_t step,
                      int across)
{
    int runs[5] = {0, 0, 0, 0, 0}, lines = 0, length = 0;
    for (int i = 0; i <= count; i++) {
        if (i > 0 && i < count && !dark[(size_t)i * step] == !dark[(size_t)(i - 1) * step]) {
            length++;
            continue;
        }
        if (i > 0) {
            memmove(runs, runs + 1, 4 * sizeof *runs);
            runs[4] = length;
            if (dark[(size_t)(i - 1) * step] && is_pattern(runs)) {
                found_line(reader, direction, runs, i, across);
                lines++;
            }
        }
        length = 1;
    }
    return lines;
}

static void find_all_lines(qr_reader *reader, const unsigned char *dark, int width, int height)
{
    int lines = 0;
    for (int y = 0; y < height && lines < LINES_MAX; y++)
        lines += find_lines(reader, 0, dark + (size_t)y * (size_t)width, width, 1, y);
    lines = 0;
    for (int x = 0; x < width && lines < LINES_MAX; x++)
        lines += find_lines(reader, 1, dark + x, height, (size_t)width, x);
}

/* ---- one picture, as it is, inverted, and smaller */

static enum scan_result scan_once(struct found *found, const unsigned char *grey, int width, int height)
{
    qr_reader *reader = _zbar_qr_create();
    unsigned char *dark = reader == NULL ? NULL : qr_binarize(grey, width, height);
    if (dark == NULL) {
        if (reader != NULL)
            _zbar_qr_destroy(reader);
        return SCAN_NO_MEMORY;
    }
    find_all_lines(reader, dark, width, height);
    free(dark);
    zbar_image_t image = {.width = (unsigned)width, .height = (unsigned)height, .data = grey};
    (void)_zbar_qr_decode(reader, (zbar_image_scanner_t *)(void *)found, &image);
    _zbar_qr_destroy(reader);
    return found->any ? SCAN_FOUND : SCAN_NONE;
}

static void invert(unsigned char *grey, size_t count)
{
    for (size_t i = 0; i < count; i++)
        grey[i] = (unsigned char)(255 - grey[i]);
}

/* In place: each square of four becomes its mean.  What a camera adds of noise goes with it. */
static void halve(unsigned char *grey, int *width, int *height)
{
    int half_width = *width / 2, half_height = *height / 2;
    for (int y = 0; y < half_height; y++) {
        for (int x = 0; x < half_width; x++) {
            const unsigned char *upper = grey + (size_t)(2 * y) * (size_t)*width + 2 * x;
            const unsigned char *lower = upper + *width;
            grey[(size_t)y * (size_t)half_width + (size_t)x] =
                (unsigned char)((upper[0] + upper[1] + lower[0] + lower[1] + 2) / 4);
        }
    }
    *width = half_width;
    *height = half_height;
}

enum scan_result scan_picture(char text[SCAN_TEXT_MAX], size_t *len, const unsigned char *grey, int width,
                              int height)
{
    if (width < SCAN_SIDE_MIN || height < SCAN_SIDE_MIN || width > SCAN_SIDE_MAX || height > SCAN_SIDE_MAX)
        return SCAN_REFUSED;
    size_t count = (size_t)width * (size_t)height;
    unsigned char *copy = malloc(count);
    char *words = malloc(SCAN_TEXT_MAX);
    enum scan_result result = copy == NULL || words == NULL ? SCAN_NO_MEMORY : SCAN_NONE;
    struct found found = {.text = words};
    if (result == SCAN_NONE)
        memcpy(copy, grey, count);
    for (int i = 0; result == SCAN_NONE && i <= HALVINGS; i++) {
        for (int turn = 0; result == SCAN_NONE && turn < 2; turn++) {
            result = scan_once(&found, copy, width, height);
            invert(copy, (size_t)width * (size_t)height);
        }
        if (width / 2 < SCAN_SIDE_MIN || height / 2 < SCAN_SIDE_MIN)
            break;
        halve(copy, &width, &height);
    }
    if (result == SCAN_FOUND) {
        memcpy(text, words, found.len);
        *len = found.len;
    }
    free(words);
    free(copy);
    return result;
}
