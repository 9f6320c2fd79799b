#include "picture/icc.h"

#include <math.h>
#include <string.h>

#define HEADER_LEN 128
#define TAGS_MAX 100
#define CURVE_MAX 4096
#define ONE 65536.0

static bool u32_at(struct view v, size_t at, uint32_t *out)
{
    struct cursor c = cursor_of(v);
    struct view skipped;
    return cursor_take(&c, at, &skipped) && cursor_u32be(&c, out);
}

static bool fixed_at(struct view v, size_t at, double *out)
{
    uint32_t bits;
    if (!u32_at(v, at, &bits))
        return false;
    *out = (int32_t)bits / ONE;
    return true;
}

static bool word_at(struct view v, size_t at, const char *word)
{
    return v.len >= at && v.len - at >= 4 && memcmp(v.ptr + at, word, 4) == 0;
}

static bool find_tag(struct view *out, struct view profile, const char *name)
{
    uint32_t count, offset, len;

    if (!u32_at(profile, HEADER_LEN, &count) || count > TAGS_MAX)
        return false;
    for (size_t at = HEADER_LEN + 4; count > 0; count--, at += 12) {
        if (!word_at(profile, at, name))
            continue;
        if (!u32_at(profile, at + 4, &offset) || !u32_at(profile, at + 8, &len) || offset > profile.len ||
            len > profile.len - offset)
            return false;
        *out = view_of(profile.ptr + offset, len);
        return true;
    }
    return false;
}

/* ---- curves ---- */

/* Parametric: a power with a straight piece below `d` (s. 10.18). */
struct power {
    double g, a, b, c, d, e, f;
};

static bool read_power(struct power *p, struct view tag)
{
    static const size_t counts[] = {1, 3, 4, 5, 7};
    double v[7] = {0};
    uint32_t word;

    if (!u32_at(tag, 8, &word) || word >> 16 >= 5)
        return false;
    for (size_t i = 0; i < counts[word >> 16]; i++)
        if (!fixed_at(tag, 12 + 4 * i, &v[i]))
            return false;
    *p = (struct power){v[0], v[1], v[2], v[3], v[4], v[5], v[6]};
    switch (word >> 16) {
    case 0: *p = (struct power){.g = v[0], .a = 1}; break;
    case 1: /* zero below -b/a */
    case 2: /* with c added on both sides */
        if (v[1] <= 0)
            return false;
        *p = (struct power){.g = v[0], .a = v[1], .b = v[2], .d = -v[2] / v[1], .e = v[3], .f = v[3]};
        break;
    case 3: p->e = p->f = 0; break;
    default: break;
    }
    return p->g > 0.1 && p->g < 10;
}

static double power_of(const struct power *p, double x)
{
    double base = p->a * x + p->b;
    return x >= p->d ? pow(base > 0 ? base : 0, p->g) + p->e : p->c * x + p->f;
}

/* Between the entries of a table. */
static double table_of(struct view entries, size_t count, double x)
{
    double at = x * (double)(count - 1);
    size_t low = (size_t)at, high = low + 1 < count ? low + 1 : low;
    double a = entries.ptr[2 * low] * 256.0 + entries.ptr[2 * low + 1];
    double b = entries.ptr[2 * high] * 256.0 + entries.ptr[2 * high + 1];
    return (a + (b - a) * (at - (double)low)) / 65535;
}

static void set_code(uint16_t *out, double v)
{
    *out = (uint16_t)(v > 0 ? v < 1 ? v * 65535 + 0.5 : 65535 : 0); /* not a number: 0 */
}

static bool read_table(uint16_t out[256], struct view tag)
{
    uint32_t count;
    struct power plain = {.g = 1, .a = 1};

    if (!u32_at(tag, 8, &count) || count > CURVE_MAX || tag.len - 12 < 2 * (size_t)count)
        return false;
    if (count == 1)
        plain.g = (tag.ptr[12] * 256.0 + tag.ptr[13]) / 256;
    if (count == 1 && (plain.g < 0.1 || plain.g > 10))
        return false;
    for (size_t i = 0; i < 256; i++) {
        double x = (double)i / 255;
        set_code(&out[i], count < 2 ? power_of(&plain, x) : table_of(view_of(tag.ptr + 12, 2 * count), count, x));
    }
    return true;
}

static bool read_curve(uint16_t out[256], struct view profile, const char *name)
{
    struct view tag;
    struct power p;

    if (!find_tag(&tag, profile, name))
        return false;
    if (word_at(tag, 0, "curv"))
        return read_table(out, tag);
    if (!word_at(tag, 0, "para") || !read_power(&p, tag))
        return false;
    for (size_t i = 0; i < 256; i++)
        set_code(&out[i], power_of(&p, (double)i / 255));
    return true;
}

/* ---- the matrix ---- */

static bool read_column(double out[3], struct view profile, const char *name)
{
    struct view tag;
    return find_tag(&tag, profile, name) && word_at(tag, 0, "XYZ ") && fixed_at(tag, 8, &out[0]) &&
           fixed_at(tag, 12, &out[1]) && fixed_at(tag, 16, &out[2]);
}

/* White must come to lie at D50, to which all profiles are adapted. */
static bool is_white(double column[3][3])
{
    static const double white[3] = {0.9642, 1, 0.8249};
    for (size_t i = 0; i < 3; i++)
        if (!(fabs(column[0][i] + column[1][i] + column[2][i] - white[i]) < 0.03))
            return false;
    return true;
}

/* From XYZ (D50) to linear sRGB, adapted by Bradford's matrix. */
static const double to_srgb[3][3] = {
    {3.1338561, -1.6168667, -0.4906146},
    {-0.9787684, 1.9161415, 0.0334540},
    {0.0719453, -0.2289914, 1.4052427},
};

static bool read_matrix(int32_t out[9], struct view profile)
{
    double column[3][3];

    if (!read_column(column[0], profile, "rXYZ") || !read_column(column[1], profile, "gXYZ") ||
        !read_column(column[2], profile, "bXYZ") || !is_white(column))
        return false;
    for (size_t row = 0; row < 3; row++) {
        for (size_t i = 0; i < 3; i++) {
            double v = 0;
            for (size_t k = 0; k < 3; k++)
                v += to_srgb[row][k] * column[i][k];
            if (!(fabs(v) < 16))
                return false;
            out[3 * row + i] = (int32_t)lround(v * ONE);
        }
    }
    return true;
}

/* ---- */

static bool is_srgb(const struct shrink_colours *c)
{
    for (size_t i = 0; i < 9; i++)
        if (fabs(c->matrix[i] / ONE - (i % 4 == 0 ? 1 : 0)) > 0.01)
            return false;
    for (size_t i = 0; i < 256; i += 15) {
        double x = (double)i / 255, v = x <= 0.04045 ? x / 12.92 : pow((x + 0.055) / 1.055, 2.4);
        for (size_t k = 0; k < 3; k++)
            if (fabs(c->linear[k][i] / 65535.0 - v) > 0.005)
                return false;
    }
    return true;
}

bool icc_colours(struct shrink_colours *out, struct view profile)
{
    return word_at(profile, 16, "RGB ") && word_at(profile, 20, "XYZ ") && read_curve(out->linear[0], profile, "rTRC") &&
           read_curve(out->linear[1], profile, "gTRC") && read_curve(out->linear[2], profile, "bTRC") &&
           read_matrix(out->matrix, profile) && !is_srgb(out);
}
