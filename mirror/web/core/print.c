/*
 * snprintf and its kin, for the formats that libmimeo uses: %s %c %d %u %x %X with widths, zeros, precision and the
 * lengths l, ll and z.  The C library's own bring floating point, wide characters and streams with them, a tenth of
 * the module.  A format that is not known here is our own mistake, and traps.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct out {
    char *at;
    size_t room; /* with the NUL */
    size_t len;  /* that it would take */
};

static void put(struct out *o, char c)
{
    if (o->len + 1 < o->room)
        o->at[o->len] = c;
    o->len++;
}

static void put_padded(struct out *o, const char *text, size_t len, int width, char pad)
{
    for (size_t n = len; width > 0 && n < (size_t)width; n++)
        put(o, pad);
    for (size_t i = 0; i < len; i++)
        put(o, text[i]);
}

/* Digits from the end of `text` on, at least `least` of them. */
static char *digits(char *end, uint64_t value, unsigned base, bool upper, int least)
{
    const char *set = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    char *at = end;
    for (; value > 0 || at == end || end - at < least; value /= base)
        *--at = set[value % base];
    return at;
}

static uint64_t take(va_list *args, int length, bool is_signed)
{
    if (length >= 2)
        return va_arg(*args, unsigned long long);
    if (is_signed)
        return (uint64_t)(int64_t)va_arg(*args, int); /* long and size_t are as long here */
    return va_arg(*args, unsigned);
}

static int number(const char **format, va_list *args)
{
    int n = 0;
    if (**format == '*') {
        ++*format;
        return va_arg(*args, int);
    }
    while (**format >= '0' && **format <= '9' && n < 1000)
        n = 10 * n + *(*format)++ - '0';
    return n;
}

static void put_number(struct out *o, va_list *args, char kind, int length, int width, bool zeros)
{
    char text[72], *end = text + sizeof(text);
    uint64_t value = take(args, length, kind == 'd');
    bool minus = kind == 'd' && (int64_t)value < 0;
    int least = zeros ? (width > 64 ? 64 : width) - minus : 1;
    char *at = digits(end, minus ? 0 - value : value, kind == 'x' || kind == 'X' ? 16 : 10, kind == 'X', least);
    if (minus)
        *--at = '-';
    put_padded(o, at, (size_t)(end - at), width, ' ');
}

static void put_one(struct out *o, const char **format, va_list *args)
{
    bool zeros = **format == '0';
    int width = number(format, args), precision = -1, length = 0;
    if (**format == '.') {
        ++*format;
        precision = number(format, args);
    }
    for (; **format == 'l' || **format == 'z'; ++*format)
        length += **format == 'l';
    char kind = *(*format)++;
    if (kind == 's') {
        const char *s = va_arg(*args, const char *);
        put_padded(o, s, precision >= 0 ? strnlen(s, (size_t)precision) : strlen(s), width, ' ');
    } else if (kind == 'c' || kind == '%') {
        put(o, kind == '%' ? '%' : (char)va_arg(*args, int));
    } else if (kind == 'd' || kind == 'u' || kind == 'x' || kind == 'X') {
        put_number(o, args, kind, length, width, zeros);
    } else {
        __builtin_trap();
    }
}

int vsnprintf(char *restrict out, size_t size, const char *restrict format, va_list args)
{
    struct out o = {out, size, 0};
    va_list copy;
    va_copy(copy, args);
    for (const char *at = format; *at != '\0';) {
        if (*at++ == '%')
            put_one(&o, &at, &copy);
        else
            put(&o, at[-1]);
    }
    va_end(copy);
    if (size > 0)
        out[o.len < size ? o.len : size - 1] = '\0';
    return o.len > INT32_MAX ? -1 : (int)o.len;
}

int snprintf(char *restrict out, size_t size, const char *restrict format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(out, size, format, args);
    va_end(args);
    return len;
}

int asprintf(char **out, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    *out = len < 0 ? NULL : malloc((size_t)len + 1);
    if (*out != NULL)
        vsnprintf(*out, (size_t)len + 1, format, again);
    va_end(again);
    va_end(args);
    return *out == NULL ? -1 : len;
}

_Noreturn void __assert_fail(const char *what, const char *file, int line, const char *function)
{
    (void)what;
    (void)file;
    (void)line;
    (void)function;
    __builtin_trap();
}
