/* Vectors of section 6: catalogs that are not what the table of records says. */
#include <stdio.h>
#include <string.h>

#include "world.h"

#define HEX "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define HEX63 "0112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define PLACE "\"body\":[0,0,25]"
#define PICTURE "{\"hash\":\"" HEX "\",\"type\":\"image/png\",\"bytes\":1,\"width\":1,\"height\":1}"
#define ERASURE "[1,\"body\",0,\"" HEX "\"]"
#define HEAD "{\"id\":\"a\",\"action\":\"publish\",\"revision\":1,\"title\":\"T\"," PLACE

static const struct {
    const char *name, *lines, *why;
} cases[] = {
    {"record-no-id", "{\"action\":\"publish\",\"revision\":1,\"title\":\"T\"," PLACE "}\n", "an id is required"},
    {"record-id-capital", "{\"id\":\"A\",\"action\":\"publish\",\"revision\":1,\"title\":\"T\"," PLACE "}\n", "an id has no capitals"},
    {"record-id-slash", "{\"id\":\"a/b\",\"action\":\"publish\",\"revision\":1,\"title\":\"T\"," PLACE "}\n", "an id has no slash"},
    {"record-no-action", "{\"id\":\"a\",\"revision\":1,\"title\":\"T\"," PLACE "}\n", "an action is required"},
    {"record-no-title", "{\"id\":\"a\",\"action\":\"publish\",\"revision\":1," PLACE "}\n", "a title is required"},
    {"record-no-body", "{\"id\":\"a\",\"action\":\"publish\",\"revision\":1,\"title\":\"T\"}\n", "a body is required"},
    {"record-revision-zero", "{\"id\":\"a\",\"action\":\"publish\",\"revision\":0,\"title\":\"T\"," PLACE "}\n", "revisions begin at 1"},
    {"record-revision-fraction", "{\"id\":\"a\",\"action\":\"publish\",\"revision\":1.0,\"title\":\"T\"," PLACE "}\n",
     "integers have no fraction"},
    {"record-retract-with-body", "{\"id\":\"a\",\"action\":\"retract\",\"revision\":1," PLACE "}\n", "a retraction has no body"},
    {"record-body-block", "{\"id\":\"a\",\"action\":\"publish\",\"revision\":1,\"title\":\"T\",\"body\":[1,0,25]}\n",
     "there is no such body block"},
    {"record-body-too-long", "{\"id\":\"a\",\"action\":\"publish\",\"revision\":1,\"title\":\"T\",\"body\":[0,1,25]}\n",
     "the body ends beyond its block"},
    {"record-body-empty", "{\"id\":\"a\",\"action\":\"publish\",\"revision\":1,\"title\":\"T\",\"body\":[0,0,0]}\n",
     "a body has at least one byte"},
    {"record-key-twice", HEAD ",\"section\":\"x\",\"section\":\"y\"}\n", "keys are unique"},
    {"record-unknown-key-twice", HEAD ",\"zz\":1,\"\\u007az\":2}\n", "unknown keys are unique too, however they are written"},
    {"record-too-deep", HEAD ",\"z\":[[[[[[[[0]]]]]]]]}\n", "nested more than 8 deep"},
    {"record-bidi", HEAD ",\"subtitle\":\"\xE2\x80\xAE" "evil\"}\n", "strings hold no bidi controls"},
    {"record-escape", HEAD ",\"subtitle\":\"\\u001b[2J\"}\n", "strings hold no controls, escaped or not"},
    {"record-empty-string", HEAD ",\"subtitle\":\"\"}\n", "strings have at least one byte"},
    {"record-not-utf8", HEAD ",\"subtitle\":\"\xC3\"}\n", "not valid UTF-8"},
    {"record-surrogate", HEAD ",\"subtitle\":\"\\ud800\"}\n", "a lone surrogate"},
    {"record-nul", HEAD ",\"zz\":\"\\u0000\"}\n", "no string holds U+0000, known or not"},
    {"record-url-script", HEAD ",\"url\":\"javascript:alert(1)\"}\n", "a url is http or https"},
    {"record-lang", HEAD ",\"lang\":\"en us\"}\n", "a language tag has letters, digits and hyphens"},
    {"record-dir", HEAD ",\"dir\":\"auto\"}\n", "dir is ltr or rtl"},
    {"record-time", HEAD ",\"published\":\"2026-11-23 08:00:00\"}\n", "a time is as in signed texts"},
    {"record-tags-string", HEAD ",\"tags\":\"x\"}\n", "tags are an array"},
    {"record-media-type", HEAD ",\"media\":[{\"hash\":\"" HEX "\",\"type\":\"image/svg+xml\",\"bytes\":1,\"width\":1,\"height\":1}]}\n",
     "a picture is of one of five types"},
    {"record-media-size", HEAD ",\"media\":[{\"hash\":\"" HEX "\",\"type\":\"image/png\",\"bytes\":7340033,\"width\":1,\"height\":1}]}\n",
     "a media object is at most 7 MiB"},
    {"record-erase-on-publish", HEAD ",\"erase\":[[1,\"body\",0,\"" HEX "\"]]}\n", "erase belongs to a retraction"},
    {"record-restates-alone", "{\"id\":\"a\",\"action\":\"retract\",\"revision\":1,\"restates\":1}\n", "restates belongs to an erase"},
    {"record-erase-table", "{\"id\":\"a\",\"action\":\"retract\",\"revision\":1,\"erase\":[[1,\"head\",0,\"" HEX "\"]]}\n",
     "a table is catalog, body or media"},
    {"record-id-empty", "{\"id\":\"\",\"action\":\"publish\",\"revision\":1,\"title\":\"T\"," PLACE "}\n", "an id has at least one character"},
    {"record-id-number", "{\"id\":7,\"action\":\"publish\",\"revision\":1,\"title\":\"T\"," PLACE "}\n", "an id is a string"},
    {"record-action-null", "{\"id\":\"a\",\"action\":null,\"revision\":1,\"title\":\"T\"," PLACE "}\n", "an action is a string"},
    {"record-no-revision", "{\"id\":\"a\",\"action\":\"publish\",\"title\":\"T\"," PLACE "}\n", "a revision is required"},
    {"record-revision-exponent", "{\"id\":\"a\",\"action\":\"publish\",\"revision\":1e0,\"title\":\"T\"," PLACE "}\n",
     "integers have no exponent"},
    {"record-revision-negative", "{\"id\":\"a\",\"action\":\"publish\",\"revision\":-1,\"title\":\"T\"," PLACE "}\n",
     "integers have no sign"},
    {"record-revision-string", "{\"id\":\"a\",\"action\":\"publish\",\"revision\":\"1\",\"title\":\"T\"," PLACE "}\n",
     "a revision is an integer"},
    {"record-revision-large", "{\"id\":\"a\",\"action\":\"publish\",\"revision\":4294967296,\"title\":\"T\"," PLACE "}\n",
     "a revision is at most 2^32 - 1"},
    {"record-words-large", HEAD ",\"words\":9007199254740992}\n", "integers are at most 2^53 - 1"},
    {"record-body-two", "{\"id\":\"a\",\"action\":\"publish\",\"revision\":1,\"title\":\"T\",\"body\":[0,0]}\n",
     "a body is three integers"},
    {"record-body-four", "{\"id\":\"a\",\"action\":\"publish\",\"revision\":1,\"title\":\"T\",\"body\":[0,0,25,0]}\n",
     "a body is three integers, and no more"},
    {"record-body-overflow", "{\"id\":\"a\",\"action\":\"publish\",\"revision\":1,\"title\":\"T\",\"body\":[0,4294967295,25]}\n",
     "offset and length together are beyond the block, whatever 32 bits make of the sum"},
    {"record-title-bidi", "{\"id\":\"a\",\"action\":\"publish\",\"revision\":1,\"title\":\"\\u202eT\"," PLACE "}\n",
     "a title holds no bidi control, escaped or not"},
    {"record-title-lf", "{\"id\":\"a\",\"action\":\"publish\",\"revision\":1,\"title\":\"T\\nT\"," PLACE "}\n", "a title is one line"},
    {"record-title-null", "{\"id\":\"a\",\"action\":\"publish\",\"revision\":1,\"title\":null," PLACE "}\n", "a title is a string"},
    {"record-c1", HEAD ",\"subtitle\":\"\xC2\x9B" "2J\"}\n", "strings hold no C1 control, such as the terminal's short CSI"},
    {"record-line-separator", HEAD ",\"note\":\"a\\u2028b\"}\n", "strings hold no U+2028"},
    {"record-feff", HEAD ",\"note\":\"\\ufeffb\"}\n", "strings hold no U+FEFF"},
    {"record-byline-isolate", HEAD ",\"bylines\":[\"\\u2066x\"]}\n", "a byline holds no isolate"},
    {"record-byline-empty", HEAD ",\"bylines\":[\"\"]}\n", "a byline has at least one byte"},
    {"record-raw-control", HEAD ",\"zz\":\"\x01\"}\n", "JSON escapes controls in strings, known or not"},
    {"record-raw-tab", HEAD ",\"zz\":\"\t\"}\n", "JSON escapes the tab too"},
    {"record-bad-escape", HEAD ",\"zz\":\"\\x41\"}\n", "an escape that JSON does not have"},
    {"record-overlong-utf8", HEAD ",\"zz\":\"\xC0\xAF\"}\n", "UTF-8 has one spelling"},
    {"record-low-surrogate", HEAD ",\"zz\":\"\\udc00\"}\n", "a lone low surrogate"},
    {"record-nul-in-key", HEAD ",\"z\\u0000\":1}\n", "no key holds U+0000"},
    {"record-nested-key-twice", HEAD ",\"z\":{\"y\":1,\"y\":2}}\n", "keys of each object are unique"},
    {"record-unknown-action-key-twice", "{\"action\":\"translate\",\"z\":1,\"z\":2}\n",
     "the keys of a record of an unknown action are unique too"},
    {"record-trailing-comma", HEAD ",}\n", "JSON has no trailing comma"},
    {"record-leading-zero", HEAD ",\"zz\":01}\n", "JSON numbers have no leading zero"},
    {"record-nan", HEAD ",\"zz\":NaN}\n", "JSON has no NaN"},
    {"record-comment", HEAD "}//\n", "JSON has no comments"},
    {"record-bom", "\xEF\xBB\xBF" HEAD "}\n", "a line does not begin with U+FEFF"},
    {"record-array", "[" HEAD "}]\n", "a line is an object"},
    {"record-two-lines", "{\"id\":\"a\",\n\"action\":\"publish\",\"revision\":1,\"title\":\"T\"," PLACE "}\n",
     "an object stands on one line"},
    {"record-url-ftp", HEAD ",\"url\":\"ftp://e.example/\"}\n", "a url is not ftp"},
    {"record-url-space", HEAD ",\"url\":\"https://e.example/a b\"}\n", "a url has no space"},
    {"record-lang-empty", HEAD ",\"lang\":\"\"}\n", "a language tag is not empty"},
    {"record-lang-array", HEAD ",\"lang\":[\"en\"]}\n", "a language tag is a string"},
    {"record-time-offset", HEAD ",\"modified\":\"2026-11-23T08:00:00+01:00\"}\n", "a time is in UTC, written Z"},
    {"record-time-leap", HEAD ",\"published\":\"2016-12-31T23:59:60Z\"}\n", "a time is no leap second"},
    {"record-time-february", HEAD ",\"published\":\"2026-02-29T00:00:00Z\"}\n", "2026 has no 29 February"},
    {"record-media-no-hash", HEAD ",\"media\":[{\"type\":\"image/png\",\"bytes\":1,\"width\":1,\"height\":1}]}\n",
     "a picture has a hash"},
    {"record-media-capital-hash", HEAD ",\"media\":[{\"hash\":\"A" HEX63 "\",\"type\":\"image/png\",\"bytes\":1,\"width\":1,\"height\":1}]}\n",
     "hashes are lower-case"},
    {"record-media-no-width", HEAD ",\"media\":[{\"hash\":\"" HEX "\",\"type\":\"image/png\",\"bytes\":1,\"height\":1}]}\n",
     "a picture has a width"},
    {"record-media-zero", HEAD ",\"media\":[{\"hash\":\"" HEX "\",\"type\":\"image/png\",\"bytes\":0,\"width\":1,\"height\":1}]}\n",
     "a picture has at least one byte"},
    {"record-media-alt-bidi", HEAD ",\"media\":[{\"hash\":\"" HEX "\",\"type\":\"image/png\",\"bytes\":1,\"width\":1,\"height\":1,\"alt\":\"\\u202e\"}]}\n",
     "an alt holds no bidi control"},
    {"record-media-not-object", HEAD ",\"media\":[\"" HEX "\"]}\n", "media are objects"},
    {"record-erase-on-revise", "{\"id\":\"a\",\"action\":\"revise\",\"revision\":2,\"title\":\"T\"," PLACE ",\"erase\":[[1,\"body\",0,\"" HEX "\"]]}\n",
     "erase does not belong to a revision"},
    {"record-erase-three", "{\"id\":\"a\",\"action\":\"retract\",\"revision\":1,\"erase\":[[1,\"body\",0]]}\n",
     "an entry of erase has four values"},
    {"record-erase-media-block", "{\"id\":\"a\",\"action\":\"retract\",\"revision\":1,\"erase\":[[1,\"media\",1,\"" HEX "\"]]}\n",
     "a media object has block 0"},
    {"record-erase-seq-zero", "{\"id\":\"a\",\"action\":\"retract\",\"revision\":1,\"erase\":[[0,\"body\",0,\"" HEX "\"]]}\n",
     "there is no bundle 0"},
    {"record-restates-zero", "{\"id\":\"a\",\"action\":\"retract\",\"revision\":1,\"restates\":0,\"erase\":[[1,\"body\",0,\"" HEX "\"]]}\n",
     "restates is at least 1"},
    {"record-no-lf", HEAD "}", "each line ends with LF"},
    {"record-empty-line", HEAD "}\n\n", "no empty lines"},
    {"record-not-json", "tide\n", "a line is a JSON object"},
    {"record-two-objects", HEAD "}{}\n", "a line is one object"},
};

static void too_long(struct world *w)
{
    static char line[LIMIT_RECORD + 64];
    struct vector v;
    int len = snprintf(line, sizeof(line), HEAD ",\"zz\":\"");
    memset(line + len, 'x', LIMIT_RECORD - (size_t)len);
    strcpy(line + LIMIT_RECORD - 1, "\"}\n");
    struct bundle_plan p = bundle_plan_catalog(w, 1, line);
    vector_begin(&v, w);
    vector_add_bundle(&v, &p);
    vector_write(&v, "record-too-long", "malformed", "11", "a record is over 12 KiB", NULL, -1);
}

static void too_many_tags(struct world *w)
{
    static char line[1024];
    struct vector v;
    strcpy(line, HEAD ",\"tags\":[\"t\"");
    for (int i = 1; i <= LIMIT_LIST; i++)
        strcat(line, ",\"t\"");
    strcat(line, "]}\n");
    struct bundle_plan p = bundle_plan_catalog(w, 1, line);
    vector_begin(&v, w);
    vector_add_bundle(&v, &p);
    vector_write(&v, "record-33-tags", "malformed", "11", "at most 32 tags", NULL, -1);
}

/* Lines made by repeating a piece: `count` is one more than the limit allows, and one less is good. */
static const struct {
    const char *name, *begin, *piece, *end;
    int count;
    const char *why;
} repeated[] = {
    {"record-id-long", "{\"id\":\"", "a", "\",\"action\":\"publish\",\"revision\":1,\"title\":\"T\"," PLACE "}\n",
     LIMIT_ARTICLE_ID + 1, "an id has at most 128 characters"},
    {"record-title-long", "{\"id\":\"a\",\"action\":\"publish\",\"revision\":1," PLACE ",\"title\":\"", "t", "\"}\n",
     LIMIT_TITLE + 1, "a title has at most 1,024 bytes"},
    {"record-subtitle-long", HEAD ",\"subtitle\":\"", "t", "\"}\n", LIMIT_TITLE + 1, "a subtitle has at most 1,024 bytes"},
    {"record-summary-long", HEAD ",\"summary\":\"", "t", "\"}\n", LIMIT_SUMMARY + 1, "a summary has at most 4,096 bytes"},
    {"record-note-long", HEAD ",\"note\":\"", "t", "\"}\n", LIMIT_SUMMARY + 1, "a note has at most 4,096 bytes"},
    {"record-section-long", HEAD ",\"section\":\"", "t", "\"}\n", LIMIT_LIST_ITEM + 1, "a section has at most 256 bytes"},
    {"record-tag-long", HEAD ",\"tags\":[\"", "t", "\"]}\n", LIMIT_LIST_ITEM + 1, "a tag has at most 256 bytes"},
    {"record-byline-long", HEAD ",\"bylines\":[\"", "t", "\"]}\n", LIMIT_LIST_ITEM + 1, "a byline has at most 256 bytes"},
    {"record-33-bylines", HEAD ",\"bylines\":[\"t\"", ",\"t\"", "]}\n", LIMIT_LIST, "at most 32 bylines"},
    {"record-lang-long", HEAD ",\"lang\":\"", "a", "\"}\n", LIMIT_LANG + 1, "a language tag has at most 35 characters"},
    {"record-url-long", HEAD ",\"url\":\"https://e.example/", "u", "\"}\n", LIMIT_ARTICLE_URL - 17,
     "a url has at most 2,048 bytes"},
    {"record-alt-long", HEAD ",\"media\":[{\"hash\":\"" HEX "\",\"type\":\"image/png\",\"bytes\":1,\"width\":1,\"height\":1,\"alt\":\"",
     "t", "\"}]}\n", LIMIT_ALT + 1, "an alt has at most 1,024 bytes"},
    {"record-credit-long", HEAD ",\"media\":[{\"hash\":\"" HEX "\",\"type\":\"image/png\",\"bytes\":1,\"width\":1,\"height\":1,\"credit\":\"",
     "t", "\"}]}\n", LIMIT_LIST_ITEM + 1, "a credit has at most 256 bytes"},
    {"record-caption-long", HEAD ",\"media\":[{\"hash\":\"" HEX "\",\"type\":\"image/png\",\"bytes\":1,\"width\":1,\"height\":1,\"caption\":\"",
     "t", "\"}]}\n", LIMIT_SUMMARY + 1, "a caption has at most 4,096 bytes"},
    {"record-65-media", HEAD ",\"media\":[" PICTURE, "," PICTURE, "]}\n", LIMIT_ARTICLE_MEDIA, "at most 64 pictures"},
    {"record-65-erasures", "{\"id\":\"a\",\"action\":\"retract\",\"revision\":1,\"erase\":[" ERASURE, "," ERASURE, "]}\n",
     LIMIT_ERASURES, "at most 64 entries of erase"},
    {"record-unknown-too-deep", "{\"action\":\"translate\",\"z\":", "[", "]]]]]]]]}\n", LIMIT_JSON_DEPTH,
     "a record of an unknown action is nested more than 8 deep"},
};

/* The line with `count` pieces in `line`. */
static void repeat(char *line, size_t i, int count)
{
    strcpy(line, repeated[i].begin);
    char *at = line + strlen(line);
    for (int n = 0; n < count; n++)
        at = stpcpy(at, repeated[i].piece);
    strcpy(at, repeated[i].end);
}

static void write_catalog(struct world *w, const char *lines, const char *name, const char *verdict, const char *section,
                          const char *why, int records)
{
    struct vector v;
    struct bundle_plan p = bundle_plan_catalog(w, 1, lines);
    vector_begin(&v, w);
    vector_add_bundle(&v, &p);
    vector_write(&v, name, verdict, section, why, NULL, records);
}

static void over_a_limit(struct world *w)
{
    static char line[LIMIT_RECORD + 64];
    for (size_t i = 0; i < sizeof(repeated) / sizeof(repeated[0]); i++) {
        repeat(line, i, repeated[i].count);
        write_catalog(w, line, repeated[i].name, "malformed", "11", repeated[i].why, -1);
    }
}

/* 65 keys in one object: the five of HEAD and sixty more. */
static void too_many_keys(struct world *w)
{
    static char line[4096];
    for (int keys = LIMIT_JSON_KEYS; keys <= LIMIT_JSON_KEYS + 1; keys++) {
        int len = snprintf(line, sizeof(line), HEAD);
        for (int i = 5; i < keys; i++)
            len += snprintf(line + len, sizeof(line) - (size_t)len, ",\"z%d\":%d", i, i);
        strcpy(line + len, "}\n");
        if (keys == LIMIT_JSON_KEYS)
            write_catalog(w, line, "good-64-keys", "good", "11", "an object of 64 keys", 1);
        else
            write_catalog(w, line, "record-65-keys", "malformed", "11", "an object has at most 64 keys", -1);
    }
}

/* Each limit of `repeated`, and 32 tags, reached and not passed: a record each, one bundle each. */
static void at_the_limits(struct world *w)
{
    static char lines[sizeof(repeated) / sizeof(repeated[0])][LIMIT_RECORD + 64];
    struct vector v;
    int articles = 0;
    vector_begin(&v, w);
    for (size_t i = 0; i < sizeof(repeated) / sizeof(repeated[0]); i++) {
        if (strstr(repeated[i].name, "too-deep") != NULL || strstr(repeated[i].name, "65-") != NULL ||
            strstr(repeated[i].name, "media") != NULL || strstr(repeated[i].begin, "\"media\"") != NULL)
            continue; /* pictures would have to be held */
        repeat(lines[i], i, repeated[i].count - 1);
        char *id = strstr(lines[i], "\"id\":\"a\"");
        if (id != NULL)
            id[6] = (char)('b' + articles); /* an article of its own */
        struct bundle_plan p = bundle_plan_catalog(w, (uint64_t)++articles, lines[i]);
        vector_add_bundle(&v, &p);
    }
    vector_write(&v, "good-at-limits", "good", "11", "strings and lists as long as they may be", NULL, articles);
}

static void good_ones(struct world *w)
{
    static const struct {
        const char *name, *lines, *why;
        int records;
    } good[] = {
        {"good-unicode", "{\"id\":\"a\",\"action\":\"publish\",\"revision\":1,\"title\":\"\xD0\x9F\xD1\x80\xD0\xB8\xD0\xBB\xD0\xB8\xD0\xB2 \xE6\xBD\xAE "
         "\xD8\xA7\xD9\x84\xD9\x85\xD8\xAF \\ud83c\\udf0a\",\"dir\":\"rtl\",\"lang\":\"ar-EG\"," PLACE "}\n",
         "titles in several scripts, with a surrogate pair", 1},
        {"good-bidi-marks", HEAD ",\"subtitle\":\"a\\u200eb\\u200fc\xD8\x9C\"}\n", "the marks U+200E, U+200F and U+061C are allowed", 1},
        {"good-whitespace", " \t{ \"id\" : \"a\" ,\"action\":\"publish\",\"revision\":1,\"title\":\"T\",\"body\": [ 0 , 0 , 25 ] } \n",
         "JSON's own white space within a line", 1},
        {"good-retract-unseen", "{\"id\":\"a\",\"action\":\"retract\",\"revision\":1,\"note\":\"wrong in all its parts\"}\n",
         "a retraction of what no bundle published", 0},
        {"good-deep", HEAD ",\"z\":[[[[[[[0]]]]]]]}\n", "nested 8 deep, the record itself being 1", 1},
        {"good-escaped-key", "{\"\\u0069d\":\"a\",\"action\":\"publish\",\"revision\":1,\"title\":\"T\"," PLACE "}\n",
         "a known key written with an escape", 1},
        {"good-largest-integers", "{\"id\":\"a\",\"action\":\"publish\",\"revision\":4294967295,\"title\":\"T\",\"words\":9007199254740991," PLACE "}\n",
         "integers as large as they may be", 1},
        {"good-two-in-one", HEAD "}\n{\"id\":\"a\",\"action\":\"revise\",\"revision\":2,\"title\":\"T2\"," PLACE "}\n"
         "{\"id\":\"b\",\"action\":\"publish\",\"revision\":1,\"title\":\"T\"," PLACE "}\n",
         "of two records with one id in one catalog the later counts; two may have one body", 2},
    };
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        write_catalog(w, good[i].lines, good[i].name, "good", "6", good[i].why, good[i].records);
}

/* The text of a body, not its record. */
static void bodies(struct world *w)
{
    static const struct {
        const char *name, *body, *why;
    } cases_of_body[] = {
        {"body-script", "<script>alert(1)</script>", "a body has no element that is not on the list"},
        {"body-handler", "<p onclick=\"x()\">Tide.</p>", "a body has no attribute that is not on the list"},
        {"body-capitals", "<P>The tide comes in.</P>", "a body is as the cleaner writes it: elements in lower case"},
        {"body-not-closed", "<p>The tide comes in now.", "a body is as the cleaner writes it: elements closed"},
        {"body-not-utf8", "<p>The tide \xC3 comes.</p>", "a body is UTF-8"},
    };
    static char lines[5][256];
    for (size_t i = 0; i < sizeof(cases_of_body) / sizeof(cases_of_body[0]); i++) {
        struct vector v;
        snprintf(lines[i], sizeof(lines[i]), "{\"id\":\"a\",\"action\":\"publish\",\"revision\":1,\"title\":\"T\",\"body\":[0,0,%zu]}\n",
                 strlen(cases_of_body[i].body));
        struct bundle_plan p = bundle_plan_catalog(w, 1, lines[i]);
        p.body[0].raw = view_of_str(cases_of_body[i].body);
        vector_begin(&v, w);
        vector_add_bundle(&v, &p);
        vector_write(&v, cases_of_body[i].name, "malformed", "6", cases_of_body[i].why, NULL, -1);
    }
}

void cases_record(struct world *w)
{
    struct vector v;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bundle_plan p = bundle_plan_catalog(w, 1, cases[i].lines);
        vector_begin(&v, w);
        vector_add_bundle(&v, &p);
        vector_write(&v, cases[i].name, "malformed", "6", cases[i].why, NULL, -1);
    }
    too_long(w);
    too_many_tags(w);
    over_a_limit(w);
    too_many_keys(w);
    at_the_limits(w);
    good_ones(w);
    bodies(w);
}
