/*
 * Synthetic articles as JSON Lines, where there is no corpus: the same number gives the same bytes.
 * The words are made of syllables of three scripts, so sizes and bytes per letter are like those of
 * news and nothing can be read in them.
 *
 *     bench_articles 10000 > articles.jsonl
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const latin[] = {"ta", "re", "mi", "lon", "der", "sa", "ve", "quo", "ter", "na", "ing", "po", "ra"};
static const char *const cyrillic[] = {"на", "по", "ре", "сто", "ва", "ни", "ть", "ко", "ди", "ла", "ро", "ем", "ож"};
static const char *const arabic[] = {"می", "شد", "را", "ان", "که", "در", "با", "نو", "سا", "ته", "کر", "ها", "یم"};
static const struct script {
    const char *lang;
    const char *const *syllables;
} scripts[] = {{"en", latin}, {"ru", cyrillic}, {"fa", arabic}};

static uint64_t state;

static uint32_t draw(uint32_t below)
{
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)((state >> 33) % below);
}

/* Common words come often, as in speech: the square of a draw leans to small numbers. */
static void put_word(const struct script *s)
{
    uint32_t n = draw(90), word = n * n / 2;
    for (uint32_t i = 0; i < 1 + word % 3; i++, word = word * 31 + 7)
        fputs(s->syllables[word % 13], stdout);
}

static void put_words(const struct script *s, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            putchar(' ');
        put_word(s);
    }
}

static void put_article(unsigned long i)
{
    const struct script *s = &scripts[draw(3)];
    printf("{\"id\":\"bench-%lu\",\"lang\":\"%s\",\"published\":\"20%02lu-%02lu-%02luT08:00:00Z\",\"section\":\"s%u\","
           "\"title\":\"", i, s->lang, 10 + i / 28 / 12 % 16, 1 + i / 28 % 12, 1 + i % 28, draw(9));
    put_words(s, 4 + draw(8));
    fputs("\",\"body\":\"", stdout);
    for (uint32_t p = 4 + draw(12); p > 0; p--) {
        fputs("<p>", stdout);
        put_words(s, 20 + draw(70));
        if (draw(4) == 0) {
            fputs(" <a href=\\\"https://news.example/\\\">", stdout);
            put_words(s, 3);
            fputs("</a>", stdout);
        }
        fputs(".</p>", stdout);
    }
    puts("\"}");
}

int main(int argc, char **argv)
{
    unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
    state = 20261124;
    for (unsigned long i = 0; i < count; i++)
        put_article(i);
    return ferror(stdout) || fflush(stdout) != 0;
}
