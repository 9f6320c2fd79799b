/* Verdicts as words and codes, by one table: FORMAT.md section 9 has the same. */
#include <mimeo/verdict.h>

static const struct {
    const char *name;
    int code;
    const char *words;
} table[] = {
    [MIMEO_GOOD] = {"good", MIMEO_OK, "verified"},
    [MIMEO_FIRST_USE] = {"first-use", MIMEO_OK,
                         "verified, but nobody compared this publisher's fingerprint: confirm it with "
                         "'mimeo trust confirm'"},
    [MIMEO_LATE] = {"late", MIMEO_OK, "late, or blocked: the publisher promised to publish again by now"},
    [MIMEO_UNJOINED] = {"unjoined", MIMEO_EINCOMPLETE,
                        "genuine, but not shown to belong to the history: something between is missing"},
    [MIMEO_INCOMPLETE] = {"incomplete", MIMEO_EINCOMPLETE, "something is missing: get it, and run again"},
    [MIMEO_UNKNOWN_PUBLISHER] = {"unknown-publisher", MIMEO_EUNKNOWN,
                                 "unchanged since it was signed, but by a publisher whom nobody has "
                                 "vouched for: a forger can do that too; compare the fingerprint, then "
                                 "'mimeo trust add'"},
    [MIMEO_NEEDS_NEWER] = {"needs-newer", MIMEO_ENEWER, "made for a newer mimeo: update to read it"},
    [MIMEO_MALFORMED] = {"malformed", MIMEO_EMALFORMED, "not in mimeo's form, or over a limit"},
    [MIMEO_ROLLBACK] = {"rollback", MIMEO_ECONFLICT,
                        "an old copy: you have verified newer bundles of this publisher"},
    [MIMEO_CONFLICTED] = {"conflicted", MIMEO_ECONFLICT, "the publisher's keys signed two histories"},
    [MIMEO_REVOKED] = {"revoked", MIMEO_EREVOKED, "signed with a key that the publisher has withdrawn"},
    [MIMEO_DAMAGED] = {"damaged", MIMEO_EFORGED, "forged or damaged: do not believe it; get it again"},
};

const char *mimeo_verdict_name(enum mimeo_verdict v)
{
    return (unsigned)v <= MIMEO_DAMAGED ? table[v].name : "unknown";
}

const char *mimeo_verdict_words(enum mimeo_verdict v)
{
    return (unsigned)v <= MIMEO_DAMAGED ? table[v].words : "";
}

int mimeo_verdict_code(enum mimeo_verdict v)
{
    return (unsigned)v <= MIMEO_DAMAGED ? table[v].code : MIMEO_EFAIL;
}

enum mimeo_verdict mimeo_verdict_of_code(int code)
{
    switch (code) {
    case MIMEO_OK: return MIMEO_GOOD;
    case MIMEO_EUNKNOWN: return MIMEO_UNKNOWN_PUBLISHER;
    case MIMEO_EREVOKED: return MIMEO_REVOKED;
    case MIMEO_ECONFLICT: return MIMEO_CONFLICTED;
    case MIMEO_EINCOMPLETE:
    case MIMEO_ENOTFOUND: return MIMEO_INCOMPLETE;
    case MIMEO_EMALFORMED: return MIMEO_MALFORMED;
    case MIMEO_ENEWER: return MIMEO_NEEDS_NEWER;
    default: return MIMEO_DAMAGED;
    }
}
