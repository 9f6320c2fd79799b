/*
 * What furniture says, in many languages: "read more", "advertisement", "comments".  Short and general; a phrase of
 * one publisher belongs in its rules file.
 */
#ifndef EXTRACT_FURNITURE_WORDS_H
#define EXTRACT_FURNITURE_WORDS_H

#include "base/bytes.h"

enum furniture {
    NOT_FURNITURE,
    FURNITURE_HEAD, /* what follows it is furniture too: "related articles" */
    FURNITURE_END,  /* all that follows it: "comments", "leave a reply" */
    FURNITURE_LINE, /* this line alone: "advertisement", "photo: …" */
    FURNITURE_LEAD, /* … where it leads to a link: "read more: …" */
    FURNITURE_INVITATION, /* this line, however long: "sign up for our newsletter and get the day's …" */
};

/* `line` is folded: small letters, single spaces, none at the ends. */
enum furniture furniture_of(struct view line);

#endif
