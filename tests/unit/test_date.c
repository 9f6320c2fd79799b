/* Dates as people and programs write them: extract/date*.c, extract/month_names.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "extract/date.h"

static void reads(const char *text, const char *lang, const char *expected, const char *zone)
{
    struct date d;
    char got[21];
    if (!date_find(&d, view_of_str(text), lang))
        fail_msg("no date in '%s'", text);
    date_format(got, &d);
    const char *has = !d.has_time ? "day" : d.has_zone ? "zone" : "none";
    if (strcmp(got, expected) != 0 || strcmp(has, zone) != 0)
        fail_msg("'%s': %s (%s), not %s (%s)", text, got, has, expected, zone);
}

static void refuses(const char *text)
{
    struct date d;
    char got[21];
    if (date_find(&d, view_of_str(text), NULL)) {
        date_format(got, &d);
        fail_msg("'%s' is no date, but was read as %s", text, got);
    }
}

struct sample {
    const char *text, *lang, *expected, *zone;
};
#define READ_ALL(samples)                                                \
    for (size_t i = 0; i < sizeof(samples) / sizeof((samples)[0]); i++) \
    reads((samples)[i].text, (samples)[i].lang, (samples)[i].expected, (samples)[i].zone)

static void programs_dates_are_read(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"2024-04-03T17:40:00Z", NULL, "2024-04-03T17:40:00Z", "zone"},
        {"2024-04-03T17:40:00+02:00", NULL, "2024-04-03T15:40:00Z", "zone"},
        {"2024-04-03T17:40:00.000+0200", NULL, "2024-04-03T15:40:00Z", "zone"},
        {"2024-04-03T17:40:00,123-05", NULL, "2024-04-03T22:40:00Z", "zone"},
        {"2024-04-03T17:40", NULL, "2024-04-03T17:40:00Z", "none"},
        {"2024-04-03 17:40:05", NULL, "2024-04-03T17:40:05Z", "none"},
        {"2024-04-03 17:40:05 +0000 UTC", NULL, "2024-04-03T17:40:05Z", "zone"},
        {"2024-04-03t17:40:00z", NULL, "2024-04-03T17:40:00Z", "zone"},
        {"20240403T174000Z", NULL, "2024-04-03T17:40:00Z", "zone"},
        {"20240403", NULL, "2024-04-03", "day"},
        {"2024-04-03", NULL, "2024-04-03", "day"},
        {"2024-4-3", NULL, "2024-04-03", "day"},
        {"2024/04/03 17:40", NULL, "2024-04-03T17:40:00Z", "none"},
        {"Wed, 03 Apr 2024 17:40:00 +0000", NULL, "2024-04-03T17:40:00Z", "zone"},
        {"Wed, 03 Apr 2024 17:40:00 GMT", NULL, "2024-04-03T17:40:00Z", "zone"},
        {"Wed, 3 Apr 24 17:40 EST", NULL, "2024-04-03T22:40:00Z", "zone"},
        {"Wed Apr 3 17:40:00 2024", NULL, "2024-04-03T17:40:00Z", "none"},
        {"Wed Apr 03 17:40:00 UTC 2024", NULL, "2024-04-03T17:40:00Z", "zone"},
        {"1712166000", NULL, "2024-04-03T17:40:00Z", "zone"},
        {"1712166000000", NULL, "2024-04-03T17:40:00Z", "zone"},
        {"2016-12-31T23:59:60Z", NULL, "2016-12-31T23:59:59Z", "zone"},
        {"03-Apr-2024", NULL, "2024-04-03", "day"},
    };
    READ_ALL(samples);
}

static void newspapers_dates_are_read_in_their_languages(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"April 3, 2024 5:40 pm EDT", "en", "2024-04-03T21:40:00Z", "zone"},
        {"Published Apr. 3, 2024 at 5:40 p.m. ET | Updated April 4, 2024 at 9 a.m. ET", "en", "2024-04-03T21:40:00Z", "zone"},
        {"January 3, 2024 5:40 PM ET", "en", "2024-01-03T22:40:00Z", "zone"},
        {"By Ann Smith on 3rd of April 2024", "en", "2024-04-03", "day"},
        {"Wednesday 3 April 2024 12:05am BST", "en", "2024-04-02T23:05:00Z", "zone"},
        {"12:30 pm, 3 April 2024", "en", "2024-04-03T12:30:00Z", "none"},
        {"4/3/2024", "en-US", "2024-04-03", "day"},
        {"3/4/2024", "en-GB", "2024-04-03", "day"},
        {"13/4/2024", "en-US", "2024-04-13", "day"},
        {"Mittwoch, 3. April 2024, 17:40 Uhr", "de", "2024-04-03T17:40:00Z", "none"},
        {"03.04.2024 – 17.40 Uhr", "de", "2024-04-03T17:40:00Z", "none"},
        {"3. März 2024 um 7:05 MEZ", "de", "2024-03-03T06:05:00Z", "zone"},
        {"03.04.24", "de", "2024-04-03", "day"},
        {"Publié le 3 avril 2024 à 17h40", "fr", "2024-04-03T17:40:00Z", "none"},
        {"1er août 2024", "fr", "2024-08-01", "day"},
        {"Le 03/04/2024 à 17:40", "fr", "2024-04-03T17:40:00Z", "none"},
        {"3 de abril de 2024, 17:40 CEST", "es", "2024-04-03T15:40:00Z", "zone"},
        {"3 abr 2024", "es", "2024-04-03", "day"},
        {"mercoledì 3 aprile 2024 alle 17:40", "it", "2024-04-03T17:40:00Z", "none"},
        {"3 de abril de 2024 às 17h40", "pt", "2024-04-03T17:40:00Z", "none"},
        {"03/04/2024 17h40", "pt-BR", "2024-04-03T17:40:00Z", "none"},
        {"3 апреля 2024, 17:40", "ru", "2024-04-03T17:40:00Z", "none"},
        {"17:40, 3 апреля 2024", "ru", "2024-04-03T17:40:00Z", "none"},
        {"03.04.2024 17:40 МСК", "ru", "2024-04-03T14:40:00Z", "zone"},
        {"3 квітня 2024 р., 17:40", "uk", "2024-04-03T17:40:00Z", "none"},
        {"3 kwietnia 2024, 17:40", "pl", "2024-04-03T17:40:00Z", "none"},
        {"5 listopada 2024", "pl", "2024-11-05", "day"},
        {"5. listopada 2024.", "hr", "2024-10-05", "day"},
        {"3. dubna 2024 17:40", "cs", "2024-04-03T17:40:00Z", "none"},
        {"2024. április 3.", "hu", "2024-04-03", "day"},
        {"2024 m. balandžio 3 d.", "lt", "2024-04-03", "day"},
        {"2024. gada 3. aprīlis", "lv", "2024-04-03", "day"},
        {"3 Nisan 2024 Çarşamba 17:40", "tr", "2024-04-03T17:40:00Z", "none"},
        {"03 Ağustos 2024", "tr", "2024-08-03", "day"},
        {"3. april 2024 kl. 17.40", "da", "2024-04-03T17:40:00Z", "none"},
        {"3 Απριλίου 2024, 17:40", "el", "2024-04-03T17:40:00Z", "none"},
        {"3 באפריל 2024", "he", "2024-04-03", "day"},
        {"٣ أبريل ٢٠٢٤ ٥:٤٠ مساءً", "ar", "2024-04-03T17:40:00Z", "none"},
        {"3 تشرين الأول 2024", "ar", "2024-10-03", "day"},
        {"15 فروردین 1403", "fa", "2024-04-03", "day"},
        {"چهارشنبه ۱۵ فروردین ۱۴۰۳ - ۱۷:۴۰", "fa", "2024-04-03T17:40:00Z", "none"},
        {"۱۴۰۳/۰۱/۱۵", "fa", "2024-04-03", "day"},
        {"۳۰ اسفند ۱۴۰۳", "fa", "2025-03-20", "day"},
        {"3 آوریل 2024", "fa", "2024-04-03", "day"},
        {"2024年4月3日 17:40", "zh", "2024-04-03T17:40:00Z", "none"},
        {"2024年04月03日下午5:40", "zh", "2024-04-03T17:40:00Z", "none"},
        {"2024年4月3日 17時40分", "ja", "2024-04-03T17:40:00Z", "none"},
        {"２０２４年４月３日　午後５時４０分", "ja", "2024-04-03T17:40:00Z", "none"},
        {"令和6年4月3日", "ja", "2024-04-03", "day"},
        {"民國113年4月3日", "zh-TW", "2024-04-03", "day"},
        {"2024년 4월 3일 오후 5:40", "ko", "2024-04-03T17:40:00Z", "none"},
        {"입력 2024.04.03 17:40", "ko", "2024-04-03T17:40:00Z", "none"},
        {"Thứ tư, 3/4/2024, 17:40 (GMT+7)", "vi", "2024-04-03T10:40:00Z", "zone"},
        {"ngày 3 tháng 4 năm 2024", "vi", "2024-04-03", "day"},
        {"Rabu, 03 April 2024 17:40 WIB", "id", "2024-04-03T10:40:00Z", "zone"},
        {"3 เมษายน 2567", "th", "2024-04-03", "day"},
        {"3 अप्रैल 2024", "hi", "2024-04-03", "day"},
    };
    READ_ALL(samples);
}

static void what_is_no_date_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "17:40", "3 April", "2024", "2024-13-03", "2024-02-30", "32.04.2024",
                                        "version 10.4.2", "192.168.10.24", "1403/07/32", "2 hours ago", "555-1234-20",
                                        "April", "1969-12-31", "99999999999999999999999",
                                        "31 اسفند 1403", "10/10"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        refuses(texts[i]);
}

static void an_address_shows_its_date(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"https://a.example/2024/04/03/story.html", "2024-04-03"}, {"https://a.example/news/2024-04-03-story", "2024-04-03"},
        {"https://a.example/news/20240403/x", "2024-04-03"},       {"https://a.example/a/202404/03/WS6.html", "2024-04-03"},
        {"https://a.example/2024/0403/c1.html", "2024-04-03"},     {"https://a.example/2024-04/03/c_1129.htm", "2024-04-03"},
        {"https://a.example/t20240403_1.html", "2024-04-03"},      {"https://a.example/2024/4/3/x", "2024-04-03"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct date d;
        char got[21];
        if (!date_of_url(&d, view_of_str(pairs[i][0])))
            fail_msg("no date in %s", pairs[i][0]);
        date_format(got, &d);
        assert_string_equal(got, pairs[i][1]);
    }
    struct date d;
    assert_false(date_of_url(&d, VIEW_OF_LITERAL("https://a.example/2024/13/03/x")));
    assert_false(date_of_url(&d, VIEW_OF_LITERAL("https://a.example/story-123456789012")));
    assert_false(date_of_url(&d, VIEW_OF_LITERAL("https://2024-04-03.example/")));
    assert_false(date_of_url(&d, VIEW_OF_LITERAL("")));
}

static void a_time_without_zone_takes_that_of_another(void **state)
{
    (void)state;
    struct date like, d;
    char got[21];
    assert_true(date_find(&like, VIEW_OF_LITERAL("2024-04-03T20:00:00+03:00"), NULL));
    assert_true(date_find(&d, VIEW_OF_LITERAL("2024-04-03 17:40"), NULL));
    date_settle(&d, &like);
    date_format(got, &d);
    assert_string_equal(got, "2024-04-03T14:40:00Z");
    assert_true(date_find(&d, VIEW_OF_LITERAL("2024-04-03 17:40"), NULL));
    date_settle(&d, NULL);
    date_format(got, &d);
    assert_string_equal(got, "2024-04-03T17:40:00Z");
}

static void an_element_that_is_a_date_is_told_from_prose(void **state)
{
    (void)state;
    assert_true(date_is_all(VIEW_OF_LITERAL("Published: Wed, April 3, 2024 at 5:40 pm EDT"), "en"));
    assert_true(date_is_all(VIEW_OF_LITERAL("03.04.2024 17:40"), "ru"));
    assert_false(date_is_all(VIEW_OF_LITERAL("The court met on 3 April 2024 and found that all of the rules were kept"), "en"));
    assert_false(date_is_all(VIEW_OF_LITERAL("No date here"), "en"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_dates_are_read),
        cmocka_unit_test(newspapers_dates_are_read_in_their_languages),
        cmocka_unit_test(what_is_no_date_is_refused),
        cmocka_unit_test(an_address_shows_its_date),
        cmocka_unit_test(a_time_without_zone_takes_that_of_another),
        cmocka_unit_test(an_element_that_is_a_date_is_told_from_prose),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
