/* What the verbs of `mimeo charter` share. */
#ifndef CLI_CHARTER_H
#define CLI_CHARTER_H

#include "cli.h"

enum charter_option {
    CH_NAME, CH_SITE, CH_ADD_ROOT, CH_REMOVE_ROOT, CH_ROOT_THRESHOLD, CH_ADD_KEY, CH_REMOVE_KEY, CH_PUBLISH_THRESHOLD,
    CH_FROM, CH_CUT, CH_SIGNER, CH_NEW, CH_OUT, CH_KEY, CH_PASS_FILE, CH_PASS_FD, CH_YES, CH_INSTEAD, CH_REPUBLISH,
    CH_CHECK_MIRROR, CH_DRY_RUN,
};
extern const struct command cmd_charter;

/* charter_words.c: one charter, in plain words or as the fields of a JSON object. */
void put_charter(struct cli *cli, const struct mimeo_charter *c);
/* What is other in it than in the one before, a line each. */
void put_changes(struct cli *cli, const struct mimeo_charter *c, const struct mimeo_charter *before);
/* The keys of a first charter, whole. */
void put_first_keys(const struct mimeo_charter *c);
void json_charter(const struct mimeo_charter *c);

/* charter_sign.c */
int charter_explain(struct cli *cli, const struct args *args);
int charter_sign(struct cli *cli, const struct args *args);
int charter_combine(struct cli *cli, const struct args *args);
/* All that a signer has to know, in plain words. */
void explain(struct cli *cli, const mimeo_proposal *p, unsigned newer);

/* charter_issue.c */
int charter_issue(struct cli *cli, const struct args *args);

#endif
