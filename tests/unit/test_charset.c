/* Encodings of pages and texts: extract/charset.c and its parts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/text.h"
#include "extract/charset.h"

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

static void reads_bytes(const char *bytes, size_t len, const char *header, enum charset_kind kind, const char *name,
                        const char *text)
{
    struct buf out;
    const char *got = NULL;
    assert_int_equal(charset_to_utf8(&out, ctx, view_of(bytes, len), header, kind, &got), 0);
    if (name != NULL)
        assert_string_equal(got, name);
    if (text != NULL)
        assert_string_equal(buf_str(&out), text);
    assert_true(utf8_valid(buf_view(&out)));
    buf_dispose(&out);
}
#define READS(bytes, header, kind, name, text) reads_bytes(bytes, sizeof(bytes) - 1, header, kind, name, text)

/* "Привет" */
#define HELLO_1251 "\xCF\xF0\xE8\xE2\xE5\xF2"
#define HELLO_KOI8 "\xF0\xD2\xC9\xD7\xC5\xD4"
#define HELLO "\xD0\x9F\xD1\x80\xD0\xB8\xD0\xB2\xD0\xB5\xD1\x82"

static void a_byte_order_mark_is_believed_first(void **state)
{
    (void)state;
    READS("\xEF\xBB\xBF<meta charset=koi8-r>\xC3\xA9", "text/html; charset=koi8-r", CHARSET_HTML, "utf-8",
          "<meta charset=koi8-r>\xC3\xA9");
    READS("\xFF\xFE\x1F\x04\x40\x04", NULL, CHARSET_TEXT, "utf-16le", "\xD0\x9F\xD1\x80");
    READS("\xFE\xFF\x04\x1F\x04\x40", "text/html; charset=utf-8", CHARSET_HTML, "utf-16be", "\xD0\x9F\xD1\x80");
    READS("\xEF\xBB\xBF", NULL, CHARSET_TEXT, "utf-8", "");
}

static void the_header_comes_before_the_meta(void **state)
{
    (void)state;
    READS("<meta charset=windows-1251>" HELLO_KOI8, "text/html; charset=KOI8-R", CHARSET_HTML, "koi8-r",
          "<meta charset=windows-1251>" HELLO);
    READS(HELLO_KOI8, "text/html;Charset = \"koi8-r\"; x=y", CHARSET_HTML, "koi8-r", HELLO);
    READS(HELLO, "text/html; charset=utf-8", CHARSET_HTML, "utf-8", HELLO);
}

static void a_header_that_is_a_servers_habit_yields(void **state)
{
    (void)state;
    READS("<meta charset=windows-1251>" HELLO_1251, "text/html; charset=UTF-8", CHARSET_HTML, "windows-1251",
          "<meta charset=windows-1251>" HELLO);
    READS("<p>" HELLO, "text/html; charset=ISO-8859-1", CHARSET_HTML, "utf-8", "<p>" HELLO);
    READS("caf\xE9", "text/html; charset=ISO-8859-1", CHARSET_HTML, "windows-1252", "caf\xC3\xA9");
}

static void valid_utf8_wins_over_the_meta(void **state)
{
    (void)state;
    READS("<meta charset=windows-1251>caf\xC3\xA9", NULL, CHARSET_HTML, "utf-8", "<meta charset=windows-1251>caf\xC3\xA9");
    READS("<?xml version='1.0' encoding='big5'?>" HELLO, NULL, CHARSET_XML, "utf-8", NULL);
    READS("plain", NULL, CHARSET_TEXT, "utf-8", "plain");
    READS("", NULL, CHARSET_TEXT, "utf-8", "");
}

static void the_meta_is_found_in_all_its_forms(void **state)
{
    (void)state;
    static const char *const forms[] = {
        "<meta charset=windows-1251>", "<META CHARSET = 'Windows-1251' />", "<meta name=x charset=\"cp1251\"/>",
        "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=windows-1251\">",
        "<meta content='text/html;charset=windows-1251' http-equiv=content-type>",
        "<?xml version=\"1.0\" encoding=\"windows-1251\"?><html>",
        "<!-- <meta charset=koi8-r> --><script>'<meta charset=koi8-r>'</script><meta charset=x-cp1251>",
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        char page[300], wanted[300];
        int len = snprintf(page, sizeof page, "%s<p>%s", forms[i], HELLO_1251);
        snprintf(wanted, sizeof wanted, "%s<p>%s", forms[i], HELLO);
        reads_bytes(page, (size_t)len, NULL, CHARSET_HTML, "windows-1251", wanted);
    }
}

static void a_meta_that_makes_nonsense_is_passed_over(void **state)
{
    (void)state;
    /* "Новости сегодня: все говорят о погоде", declared as western European, and as Japanese. */
#define NEWS "\xCD\xEE\xE2\xEE\xF1\xF2\xE8 \xF1\xE5\xE3\xEE\xE4\xED\xFF: \xE2\xF1\xE5 \xE3\xEE\xE2\xEE\xF0\xFF\xF2 \xEE \xEF\xEE\xE3\xEE\xE4\xE5"
    READS("<meta charset=iso-8859-1><p>" NEWS, NULL, CHARSET_HTML, "windows-1251", NULL);
    READS("<meta charset=shift_jis><p>" NEWS, NULL, CHARSET_HTML, "windows-1251", NULL);
    READS("<meta charset=utf-8><p>" NEWS, NULL, CHARSET_HTML, "windows-1251", NULL);
}

static void labels_mean_what_the_standard_says(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"ISO-8859-1", "windows-1252"}, {"us-ascii", "windows-1252"}, {" latin1 ", "windows-1252"},
        {"gb2312", "gb18030"}, {"GBK", "gb18030"}, {"big5-hkscs", "big5"}, {"x-sjis", "shift_jis"},
        {"ks_c_5601-1987", "euc-kr"}, {"iso-8859-9", "windows-1254"}, {"tis-620", "windows-874"}, {"utf8", "utf-8"},
        {"utf-16", "utf-16le"}, {"koi8-ru", "koi8-u"}, {"logical", "iso-8859-8-i"}, {"cp866", "ibm866"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        assert_string_equal(charset_by_label(view_of_str(pairs[i][0]))->name, pairs[i][1]);
    assert_null(charset_by_label(VIEW_OF_LITERAL("utf-7")));
    assert_null(charset_by_label(VIEW_OF_LITERAL("hz-gb-2312")));
    assert_null(charset_by_label(VIEW_OF_LITERAL("latin1 koi8-r")));
    assert_null(charset_by_label(VIEW_OF_LITERAL("")));
    READS("<meta charset=utf-16>caf\xE9 cr\xE8me", NULL, CHARSET_HTML, "windows-1252", NULL);
}

static void encodings_are_read_as_browsers_read_them(void **state)
{
    (void)state;
    READS("\x93yes\x94 \x80", "charset=iso-8859-1", CHARSET_TEXT, "windows-1252", "\xE2\x80\x9Cyes\xE2\x80\x9D \xE2\x82\xAC");
    READS("\x87\x40\xFB\xFC", "charset=shift_jis", CHARSET_TEXT, "shift_jis", "\xE2\x91\xA0\xE9\xAB\x99"); /* ① 髙 */
    READS("\x98\xDE", "charset=euc-kr", CHARSET_TEXT, "euc-kr", NULL);                              /* not in KS X 1001 */
    READS("\x80\x30\x81", "charset=gb2312", CHARSET_TEXT, "gb18030", NULL);
    READS("\x1B$B%K%e\x1B(B", NULL, CHARSET_HTML, "iso-2022-jp", "\xE3\x83\x8B\xE3\x83\xA5");
}

static void nearly_utf8_stays_utf8(void **state)
{
    (void)state;
    READS(HELLO HELLO HELLO "\xD0", NULL, CHARSET_HTML, "utf-8", HELLO HELLO HELLO "\xEF\xBF\xBD");
    READS(HELLO HELLO "\xFF" HELLO, NULL, CHARSET_TEXT, "utf-8", HELLO HELLO "\xEF\xBF\xBD" HELLO);
    READS("<meta charset=koi8-r>" HELLO HELLO "\xE2\x82 " HELLO, NULL, CHARSET_HTML, "utf-8",
          "<meta charset=koi8-r>" HELLO HELLO "\xEF\xBF\xBD " HELLO);
}

static void what_cannot_be_decoded_is_replaced_and_nul_never_passes(void **state)
{
    (void)state;
    READS("a\0b", "charset=utf-8", CHARSET_TEXT, "utf-8", "a\xEF\xBF\xBD" "b");
    READS("\xFF\xFE" "a\0\0\0b", NULL, CHARSET_TEXT, "utf-16le", "a\xEF\xBF\xBD\xEF\xBF\xBD");
    READS("\xFF\xFE\x00\xD8" "a\0", NULL, CHARSET_TEXT, "utf-16le", "\xEF\xBF\xBD" "a"); /* half a surrogate pair */
    READS("<b>\xD6\xD0\xFF</b>", "charset=gbk", CHARSET_HTML, "gb18030", "<b>\xE4\xB8\xAD\xEF\xBF\xBD</b>");
    READS("\xD6\xD0\xD6", "charset=gbk", CHARSET_HTML, "gb18030", "\xE4\xB8\xAD\xEF\xBF\xBD");
}

/* ---- real texts, where this machine has them */

/* A directory with articles/ru.jsonl.gz and so on. */
static const char *corpus(void)
{
    const char *named = getenv("MIMEO_CORPUS");
    return named != NULL ? named : MIMEO_SOURCE_DIR "/../shared/corpus";
}

static bool encode(struct buf *out, const char *to, struct view text)
{
    iconv_t cd = iconv_open(to, "UTF-8");
    assert_true(cd != (iconv_t)-1);
    char *in = (char *)(uintptr_t)text.ptr, piece[4096];
    size_t left = text.len;
    bool good = true;
    while (left > 0 && good) {
        char *at = piece;
        size_t room = sizeof piece;
        good = iconv(cd, &in, &left, &at, &room) != (size_t)-1 || room < sizeof piece;
        buf_append(out, piece, sizeof piece - room);
    }
    iconv_close(cd);
    return good;
}

static void reads_again(const char *text, const char *as, const char *name)
{
    struct buf bytes;
    buf_init(&bytes, MIB);
    assert_true(encode(&bytes, as, view_of_str(text)));
    reads_bytes((const char *)bytes.ptr, bytes.len, NULL, CHARSET_TEXT, name, text);
    buf_dispose(&bytes);
}

static void undeclared_texts_are_told_by_what_they_say(void **state)
{
    (void)state;
    static const char *const ru = "Вчера вечером в городе прошёл сильный дождь, и несколько улиц оказались под водой. "
                                  "Жители помогали друг другу переносить вещи на верхние этажи.";
    static const char *const uk = "Учора ввечері в місті пройшов сильний дощ, і кілька вулиць опинилися під водою. "
                                  "Мешканці допомагали одне одному переносити речі на верхні поверхи.";
    static const char *const pl = "Wczoraj wieczorem w mieście spadł ulewny deszcz i kilka ulic znalazło się pod wodą. "
                                  "Mieszkańcy pomagali sobie przenosić rzeczy na wyższe piętra.";
    static const char *const cs = "Včera večer se nad městem přehnal silný déšť a několik ulic se ocitlo pod vodou. "
                                  "Obyvatelé si navzájem pomáhali přenášet věci do vyšších pater.";
    static const char *const tr = "Dün akşam şehirde şiddetli yağmur yağdı ve birkaç sokak sular altında kaldı. Sakinler "
                                  "eşyalarını üst katlara taşımak için birbirlerine yardım etti.";
    static const char *const el = "Χθες το βράδυ έπεσε δυνατή βροχή στην πόλη και αρκετοί δρόμοι βρέθηκαν κάτω από το νερό.";
    static const char *const he = "אמש ירד גשם כבד בעיר ומספר רחובות הוצפו במים. התושבים עזרו זה לזה להעביר חפצים.";
    static const char *const ar = "هطلت أمطار غزيرة مساء أمس على المدينة وغمرت المياه عدة شوارع وساعد السكان بعضهم بعضا.";
    static const char *const lt = "Vakar vakare mieste smarkiai lijo ir kelios gatvės atsidūrė po vandeniu. Gyventojai "
                                  "padėjo vieni kitiems pernešti daiktus į viršutinius aukštus, čia žmonės šįryt tvarkėsi.";
    static const char *const fr = "Hier soir, une forte pluie est tombée sur la ville et plusieurs rues ont été inondées. "
                                  "Les habitants se sont entraidés jusqu'à l'arrivée des secours.";
    static const char *const zh = "昨天晚上市里下了大雨，好几条街道都被水淹了。居民们互相帮助，把东西搬到楼上去。";
    static const char *const tw = "昨天晚上市裡下了大雨，好幾條街道都被水淹了。居民們互相幫助，把東西搬到樓上去。";
    static const char *const ja = "昨夜、市内で激しい雨が降り、いくつかの通りが水につかった。住民は互いに助け合い、荷物を上の階に運んだ。";
    static const char *const ko = "어젯밤 시내에 많은 비가 내려 여러 거리가 물에 잠겼다. 주민들은 서로 도와 짐을 위층으로 옮겼다.";
    static const struct {
        const char *const *text;
        const char *as, *name;
    } texts[] = {
        {&ru, "CP1251", "windows-1251"}, {&ru, "KOI8-R", "koi8-r"}, {&ru, "ISO-8859-5", "iso-8859-5"},
        {&uk, "CP1251", "windows-1251"}, {&uk, "KOI8-U", "koi8-u"}, {&pl, "CP1250", "windows-1250"},
        {&cs, "CP1250", "windows-1250"}, {&tr, "CP1254", "windows-1254"}, {&el, "CP1253", NULL /* or iso-8859-7, the same */},
        {&he, "CP1255", "windows-1255"}, {&ar, "CP1256", "windows-1256"}, {&lt, "CP1257", NULL /* or iso-8859-13 */},
        {&fr, "CP1252", "windows-1252"}, {&zh, "GB18030", "gb18030"}, {&tw, "BIG5", "big5"},
        {&ja, "CP932", "shift_jis"}, {&ja, "EUC-JP", "euc-jp"}, {&ko, "EUC-KR", "euc-kr"},
        {&ru, "UTF-16LE", "utf-16le"}, {&zh, "UTF-16LE", "utf-16le"}, {&fr, "UTF-16BE", "utf-16be"},
        {&ja, "UTF-16BE", "utf-16be"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        reads_again(*texts[i].text, texts[i].as, texts[i].name);
}

/* `count` of the corpus's articles of this language, converted; how many come back the same. */
static void corpus_comes_back(const char *lang, const char *as, const char *name, double least)
{
    char command[600];
    snprintf(command, sizeof command,
             "zcat '%s/articles/%s.jsonl.gz' 2>/dev/null | jq -r '.body | join(\" \")' | head -n 60", corpus(), lang);
    FILE *in = popen(command, "r");
    char *line = NULL;
    size_t room = 0, all = 0, good = 0;
    for (ssize_t len; in != NULL && (len = getline(&line, &room, in)) > 0;) {
        struct buf bytes, out;
        const char *got;
        buf_init(&bytes, 16 * MIB);
        if (encode(&bytes, as, view_of(line, (size_t)len))) {
            assert_int_equal(charset_to_utf8(&out, ctx, buf_view(&bytes), NULL, CHARSET_TEXT, &got), 0);
            all++;
            good += strcmp(got, name) == 0;
            buf_dispose(&out);
        }
        buf_dispose(&bytes);
    }
    free(line);
    if (in != NULL)
        pclose(in);
    if ((double)good < least * (double)all)
        fail_msg("%s as %s: %zu of %zu", lang, as, good, all);
}

static void real_articles_come_back_from_every_encoding(void **state)
{
    (void)state;
    static const char *const jobs[][3] = {
        {"ru", "CP1251//IGNORE", "windows-1251"}, {"ru", "KOI8-R//TRANSLIT", "koi8-r"},
        {"uk", "CP1251//TRANSLIT", "windows-1251"}, {"ar", "CP1256//TRANSLIT", "windows-1256"},
        {"es", "CP1252//TRANSLIT", "windows-1252"}, {"fa", "CP1256//TRANSLIT", "windows-1256"},
        {"zh", "GB18030", "gb18030"}, {"zh", "UTF-16LE", "utf-16le"}, {"zh", "UTF-16BE", "utf-16be"},
        {"ru", "UTF-16LE", "utf-16le"}, {"en", "UTF-16BE", "utf-16be"},
    };
    for (size_t i = 0; i < sizeof jobs / sizeof jobs[0]; i++)
        corpus_comes_back(jobs[i][0], jobs[i][1], jobs[i][2], 0.97);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_byte_order_mark_is_believed_first),
        cmocka_unit_test(the_header_comes_before_the_meta),
        cmocka_unit_test(a_header_that_is_a_servers_habit_yields),
        cmocka_unit_test(valid_utf8_wins_over_the_meta),
        cmocka_unit_test(the_meta_is_found_in_all_its_forms),
        cmocka_unit_test(a_meta_that_makes_nonsense_is_passed_over),
        cmocka_unit_test(labels_mean_what_the_standard_says),
        cmocka_unit_test(encodings_are_read_as_browsers_read_them),
        cmocka_unit_test(nearly_utf8_stays_utf8),
        cmocka_unit_test(what_cannot_be_decoded_is_replaced_and_nul_never_passes),
        cmocka_unit_test(undeclared_texts_are_told_by_what_they_say),
        cmocka_unit_test(real_articles_come_back_from_every_encoding),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
