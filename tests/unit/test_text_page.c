/* Texts of whole pages: extract/text_page.c.  The pages are in tests/unit/text_pages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/limits.h"
#include "extract/text_page.h"

static mimeo_ctx *ctx;

static int set_up(void **state)
{
    (void)state;
    return mimeo_ctx_new(&ctx);
}

static int tear_down(void **state)
{
    (void)state;
    mimeo_ctx_free(ctx);
    return 0;
}

static struct buf page_of(const char *name)
{
    char path[400], piece[4096];
    size_t len;
    struct buf out;
    snprintf(path, sizeof path, "%s/tests/unit/text_pages/%s.txt", MIMEO_SOURCE_DIR, name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    buf_init(&out, MIB);
    while ((len = fread(piece, 1, sizeof piece, f)) > 0)
        assert_int_equal(buf_append(&out, piece, len), 0);
    fclose(f);
    return out;
}

static json_t *record_of(struct view text)
{
    struct page_source source = {.bytes = text, .where = "page.txt"};
    struct buf out;
    json_t *record = NULL;
    if (text_page_extract(&out, ctx, &source, NULL) == 0) {
        record = json_loadb((const char *)out.ptr, out.len, 0, NULL);
        assert_non_null(record);
        buf_dispose(&out);
    }
    return record;
}

static const char *field(const json_t *record, const char *name)
{
    const json_t *value = json_object_get(record, name);
    const char *text = json_is_array(value) ? json_string_value(json_array_get(value, 0)) : json_string_value(value);
    return text == NULL ? "" : text;
}

static size_t count_of(const char *text, const char *word)
{
    size_t n = 0;
    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word))
        n++;
    return n;
}

struct expected {
    const char *name, *title, *byline, *published, *lang;
    size_t paragraphs;
    const char *first, *last; /* words of the first and last paragraph */
    const char *credit;       /* in the figure, or NULL */
    const char *gone[5];      /* what must not come through */
};

static const struct expected pages[] = {
    {"banner-and-appeal-en", "Harbour Workers Vote to End Three-Week Strike", "Ann Miller", "2024-04-03T21:40:00Z", "en", 5,
     "<p>Dock workers in the port", "<p>The next round of talks", "Jane Roe / Example Photo / AFP",
     {"chipped in", "Dear readers", "eleven years", "monthly gift", "Read also"}},
    {"menu-and-related-de", "Gemeinderat stoppt Bau der Umgehungsstraße", "Karin Beispiel", "2024-04-03T17:40:00Z", "de", 4,
     "<p>Der Gemeinderat von Oberau", "<p>Stattdessen soll nun", "Peter Muster",
     {"Anzeige", "Lesen Sie auch", "Abonnement", "Impressum", "Startseite"}},
    {"appeal-below-ru", "Жители посёлка добились закрытия незаконной свалки", "Ирина Примерова", "2024-04-03T17:40:00Z", "ru", 4,
     "<p>Суд в среду обязал", "<p>Компания заявила", NULL, {"Дорогие", "счета заблокированы", "пожертвование", "Читайте также", "₽"}},
    {"portal-uk", "У місті відкрили новий міст через річку після ремонту", "", "2024-04-03T17:40:00Z", "uk", 4,
     "<p>У середу в місті", "<p>Наступного року", "пресслужба міськради", {"Шановні", "Підписуйтесь", "підтримка", "Пізніше", "Головна"}},
    {"wrapped-fr", "La grève des trains reconduite jusqu'à vendredi", "Claire Dupont", "2024-04-03T17:40:00Z", "fr", 4,
     "<p>Les syndicats de cheminots ont décidé mercredi de poursuivre leur mouvement", "<p>Une nouvelle rencontre", NULL,
     {"ACCUEIL", "Abonnez", "Lire aussi", "Chers lecteurs", "Partager"}},
    {"no-blank-lines-es", "El precio del aceite cae por primera vez en dos años", "Lucía Ejemplo", "2024-04-03T17:40:00Z", "es", 4,
     "<p>El precio del aceite de oliva", "<p>Los supermercados", NULL,
     {"Publicidad", "hazte socio", "Te puede", "Lo más leído", "Portada"}},
    {"story-zh", "山区小学迎来第一座图书馆", "李晓明", "2024-04-03T17:40:00Z", "zh", 3, "<p>四月三日上午", "<p>当地教育部门", "示例通讯社",
     {"相关阅读", "亲爱的读者", "政府资助", "捐款", "首页"}},
    {"story-ar", "إعادة فتح المستشفى المركزي بعد أعمال ترميم استمرت عامين", "سامي الراوي", "2024-04-03", "ar", 3, "<p>أعلنت وزارة الصحة",
     "<p>وعبّر السكان", NULL, {"اقرأ أيضا", "أعزاءنا", "المنفى", "تبرع", "الرئيسية"}},
    {"story-fa", "بازگشایی کتابخانهٔ قدیمی شهر پس از سه سال", "مریم نمونه", "2024-04-03T17:40:00Z", "fa", 3, "<p>کتابخانهٔ مرکزی", "<p>دانشجویان",
     NULL, {"بیشتر بخوانید", "خوانندگان عزیز", "حمایت مالی", "پرداخت", "خانه\n"}},
    {"next-article-below-pl", "Powódź odsłoniła średniowieczny most pod miastem", "", "2024-04-03T17:40:00Z", "pl", 3,
     "<p>Wysoka woda", "<p>Pale zostaną", "Jan Wzorowy", {"Czytaj także", "Wesprzyj", "autobusy", "Reklama", "Najczęściej"}},
    {"list-and-quotes-tr", "Belediye parkları için yeni kurallar açıklandı", "", "2024-04-03T17:40:00Z", "tr", 3, "<p>Belediye, kentteki",
     "<p>Park müdürü", NULL, {"Sevgili", "bağış", "İlgili", "Giriş", "Sonra"}},
};

static void only_the_story_comes_through(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        const struct expected *e = &pages[i];
        struct buf text = page_of(e->name);
        json_t *record = record_of(buf_view(&text));
        if (record == NULL)
            fail_msg("%s: no article", e->name);
        const char *html = field(record, "html");
        if (strcmp(field(record, "title"), e->title) != 0)
            fail_msg("%s: title '%s'", e->name, field(record, "title"));
        if (strcmp(field(record, "bylines"), e->byline) != 0)
            fail_msg("%s: byline '%s'", e->name, field(record, "bylines"));
        if (strcmp(field(record, "published"), e->published) != 0)
            fail_msg("%s: published '%s'", e->name, field(record, "published"));
        if (strcmp(field(record, "lang"), e->lang) != 0)
            fail_msg("%s: language '%s'", e->name, field(record, "lang"));
        if (count_of(html, "<p>") != e->paragraphs || strstr(html, e->first) == NULL || strstr(html, e->last) == NULL)
            fail_msg("%s: %zu paragraphs: %s", e->name, count_of(html, "<p>"), html);
        if (e->credit != NULL && (strstr(html, "<figcaption>") == NULL || strstr(html, e->credit) == NULL))
            fail_msg("%s: no credit: %s", e->name, html);
        for (size_t g = 0; g < 5; g++)
            if (strstr(html, e->gone[g]) != NULL)
                fail_msg("%s: '%s' came through: %s", e->name, e->gone[g], html);
        json_decref(record);
        buf_dispose(&text);
    }
}

static void subheadings_subtitles_and_lists_are_kept(void **state)
{
    (void)state;
    struct buf de = page_of("menu-and-related-de"), tr = page_of("list-and-quotes-tr"), es = page_of("no-blank-lines-es");
    json_t *record = record_of(buf_view(&de));
    assert_string_equal(field(record, "subtitle"), "Nach zehn Jahren Planung fehlt nun doch das Geld für die neue Trasse am Fluss");
    assert_non_null(strstr(field(record, "html"), "<h2>Was nun geplant ist</h2>"));
    json_decref(record);
    record = record_of(buf_view(&tr));
    assert_int_equal(count_of(field(record, "html"), "<li>"), 3);
    json_decref(record);
    record = record_of(buf_view(&es));
    assert_string_equal(field(record, "subtitle"), "Los productores confían en que la cosecha de otoño mantenga la tendencia a la baja");
    json_decref(record);
    buf_dispose(&de);
    buf_dispose(&tr);
    buf_dispose(&es);
}

static void pages_full_of_furniture_are_told_from_clean_texts(void **state)
{
    (void)state;
    static const char *const clean[] = {
        "A title\n\nA first paragraph that says something of note. It has two sentences.\n\nA second one, that is as long as the "
        "first and says as little.\n",
        "The Library\n\nWe asked for donations. The newsletter brought forty new members, and each of them subscribed for a year.\n\n"
        "\"Support us,\" said the sign on the door. Nobody read it, but everybody came.\n\nIn the end the library stayed open.\n",
        "A poem\n\nshort lines\nof words\nthat end\nnowhere\n\nand go\non so\n",
        "Interview\n\n- Who are you?\n\n- Nobody that you would know.\n\n- And what do you want?\n\n- A quiet place to read.\n",
        "Words\n", "", "\n\n\n",
        "Поход\n\nМы вышли утром и шли весь день. К вечеру начался дождь, и пришлось искать укрытие.\n\nНочью было холодно.\n",
    };
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        struct buf text = page_of(pages[i].name);
        if (!text_page_sniff(buf_view(&text)))
            fail_msg("%s was taken for a clean text", pages[i].name);
        buf_dispose(&text);
    }
    for (size_t i = 0; i < sizeof clean / sizeof clean[0]; i++)
        if (text_page_sniff(view_of_str(clean[i])))
            fail_msg("was taken for a page: %s", clean[i]);
}

static void a_text_without_a_story_is_no_article(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "Home\nNews\nSport\nDonate\nSubscribe\nLog in\n", "\xFF\xFE", "×\n",
                                        "Support us. We need your help, dear readers. Subscribe to our newsletter and donate today.\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct page_source source = {.bytes = view_of_str(texts[i]), .where = "page.txt"};
        struct buf out;
        assert_int_equal(text_page_extract(&out, ctx, &source, NULL), MIMEO_ENOTFOUND);
        assert_non_null(strstr(mimeo_ctx_message(ctx), "page.txt: no article in it"));
    }
}

static void markup_in_a_text_is_text(void **state)
{
    (void)state;
    json_t *record = record_of(VIEW_OF_LITERAL(
        "A heading that is long enough to be one\n\nThe tag <script>alert(1)</script> & others were found by the reporters who looked at the "
        "page. They did nothing about it.\n\nA second paragraph says that all is well, and ends here, as paragraphs do.\n"));
    assert_non_null(record);
    assert_non_null(strstr(field(record, "html"), "&lt;script>alert(1)&lt;/script> &amp; others"));
    json_decref(record);
}

static void a_text_of_too_many_lines_is_refused(void **state)
{
    (void)state;
    struct buf text, out;
    buf_init(&text, MIB);
    for (size_t i = 0; i < TEXT_LINES + 1; i++)
        assert_int_equal(buf_append_str(&text, "a line\n\n"), 0);
    struct page_source source = {.bytes = buf_view(&text), .where = "page.txt"};
    assert_int_equal(text_page_extract(&out, ctx, &source, NULL), MIMEO_EMALFORMED);
    assert_non_null(strstr(mimeo_ctx_message(ctx), "has more than 20000 lines"));
    buf_dispose(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_story_comes_through),
        cmocka_unit_test(subheadings_subtitles_and_lists_are_kept),
        cmocka_unit_test(pages_full_of_furniture_are_told_from_clean_texts),
        cmocka_unit_test(a_text_without_a_story_is_no_article),
        cmocka_unit_test(markup_in_a_text_is_text),
        cmocka_unit_test(a_text_of_too_many_lines_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
