/* Vectors of section 6: catalogs that are not what the table of records says. */
#include <stdio.h>
#include <string.h>

#include "world.h"

#define HEX "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define PLACE "\"body\":[0,0,25]"
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
}
