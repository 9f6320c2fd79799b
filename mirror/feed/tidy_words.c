/* Words of feeds: see feed/tidy_words.h. */
#include "feed/tidy_words.h"

#include <string.h>

/* Each as WordPress and its like word it; a name stands where the star is. */
static const char *const first_phrases[] = {
    "appeared first on", "first appeared on", "first appeared at", "appeared first at", "was originally published on",
    "was originally published in", "originally appeared on", "originally published at", "was first published on",
    "this article is republished from", "read in browser",
    "erschien zuerst auf", "erschien zuerst bei", "erschien zuerst in", "ist ursprünglich erschienen",
    "est apparu en premier sur", "est apparu en premier dans", "est apparue en premier sur", "est apparu en premier",
    "se publicó primero en", "aparece primero en", "apareció primero en", "apareceu primeiro em", "apareceu primeiro no",
    "aparece primeiro em", "proviene da", "sembra essere il primo su", "è stato pubblicato", "verscheen eerst op",
    "verscheen het eerst op", "pochodzi z serwisu", "pojawił się poprzednio na", "pojawił się poprzednio w",
    "se nejdříve objevil na", "sa zobrazil ako prvý na", "dök först upp på", "blev først udgivet på", "dukket først opp på",
    "julkaistiin ensin", "ilmestyi ensin", "először", "apare prima dată în", "εμφανίστηκε πρώτα στο",
    "ilk önce", "ilk olarak", "pertama kali tampil pada", "appeared first in", "xuất hiện đầu tiên",
    "появились сначала на", "появился сначала на", "впервые появилась", "сначала опубликовано", "публикуется с разрешения",
    "спершу з'явиться на", "спершу з’явиться на", "з'явився спочатку на", "з’явився спочатку на", "вперше з'явився на",
    "вперше з’явився на", "за първи път на", "се појави прво на", "се појавио прво на",
    "ظهرت المقالة", "ظهرت أولاً على", "ظهر المقال", "اولین بار در", "پدیدار شد", "הופיע לראשונה", "הופיעה לראשונה",
    "最先出现在", "最先出現在", "最早出现于", "最初出现在", "に最初に表示されました", "に最初に掲載されました", "에 처음 등장했습니다", "पहली बार"};

static const char *const rest_phrases[] = {
    "continue reading", "read more", "read the rest", "read the full", "read full", "read on", "keep reading", "more…", "more...",
    "[more]", "(more…)", "(more...)", "view article", "view original", "view the full", "full story", "full article",
    "weiterlesen", "mehr lesen", "weiter lesen", "lire la suite", "lire plus", "lire l'article", "lire l’article", "leer más",
    "seguir leyendo", "sigue leyendo", "continuar leyendo", "leer completo", "leia mais", "ler mais", "continue lendo",
    "continue a ler", "continua a leggere", "leggi tutto", "leggi di più", "lees meer", "lees verder", "verder lezen",
    "czytaj dalej", "czytaj więcej", "číst dále", "celý článek", "pokračovať", "läs mer", "les mer", "læs mere", "lue lisää",
    "devamını oku", "okumaya devam", "baca selengkapnya", "selengkapnya", "đọc tiếp", "xem thêm", "διαβάστε περισσότερα",
    "читать далее", "читать дальше", "читать полностью", "читать статью", "подробнее", "далее", "продолжить чтение",
    "читати далі", "читати більше", "докладніше", "детальніше", "далі", "прочетете още", "прочети повече", "čitaj dalje",
    "اقرأ المزيد", "إقرأ المزيد", "قراءة المزيد", "متابعة القراءة", "ادامه مطلب", "ادامه نوشته", "بیشتر بخوانید",
    "קרא עוד", "קראו עוד", "להמשך קריאה", "阅读全文", "阅读更多", "继续阅读", "繼續閱讀", "閱讀全文", "閱讀更多", "続きを読む", "もっと読む",
    "더 보기", "더보기", "계속 읽기", "और पढ़ें", "อ่านต่อ", "გაგრძელება"};

static bool holds(struct view line, const char *phrase)
{
    return line.len >= strlen(phrase) && memmem(line.ptr, line.len, phrase, strlen(phrase)) != NULL;
}

bool says_where_first(struct view line)
{
    for (size_t i = 0; i < sizeof(first_phrases) / sizeof(first_phrases[0]); i++)
        if (holds(line, first_phrases[i]))
            return true;
    return false;
}

bool leads_to_rest(struct view line)
{
    static const char *const marks[] = {"[", "(", "\xE2\x80\xA6", "...", "\xC2\xBB", "\xE2\x86\x92", ">", " "};
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
            size_t len = strlen(marks[i]);
            if (line.len > len && memcmp(line.ptr, marks[i], len) == 0) {
                line = view_of(line.ptr + len, line.len - len);
                again = true;
            }
        }
    }
    for (size_t i = 0; i < sizeof(rest_phrases) / sizeof(rest_phrases[0]); i++)
        if (view_starts_with(line, rest_phrases[i]))
            return true;
    return false;
}

bool counts_readers(struct view address)
{
    static const char *const parts[] = {"/~r/", "/~ff/", "/~4/", "feeds.wordpress.com/1.0/", "pixel.wp.com", "stats.wordpress.com",
                                        "/b.gif?", "blogger.googleusercontent.com/tracker/", "/count.gif", "/pixel.gif",
                                        "/pixel?", "feedsportal.com", "doubleclick.net", "/republishing", "/tracking.gif",
                                        "/impression.gif", "medium.com/_/stat", "google-analytics.com", "/beacon", "/hit.gif"};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (holds(address, parts[i]))
            return true;
    return false;
}
