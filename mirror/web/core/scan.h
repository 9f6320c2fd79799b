/*
 * Reading a QR code out of a picture: a publisher's link or card, photographed or picked as a file.
 *
 * The geometry (finder patterns, perspective, Reed-Solomon) is zbar's qrcode/, compiled from Debian's
 * source package as it is (LGPL 2.1 or later).  A picture is the most hostile input that there is, and
 * that code was not written for it: its allocations are unchecked and it has had overflows.  So the
 * caller runs it in an instance of the WebAssembly module of its own, made for one picture and dropped
 * after it, whose memory holds nothing else; and takes what comes out as text that a stranger wrote,
 * which for a `mimeo:` link carries its own checksum.
 *
 *     char text[SCAN_TEXT_MAX];
 *     size_t len;
 *     if (scan_picture(text, &len, grey, width, height) == SCAN_FOUND)
 *         ...
 */
#ifndef MIMEO_WEB_CORE_SCAN_H
#define MIMEO_WEB_CORE_SCAN_H

#include <stddef.h>

/* A picture that is larger in either direction is made smaller before it comes here. */
#define SCAN_SIDE_MAX 4096
#define SCAN_SIDE_MIN 21
/* The most that a symbol holds is 7,089 digits (ISO/IEC 18004, version 40-L). */
#define SCAN_TEXT_MAX 7089

enum scan_result {
    SCAN_FOUND = 0,
    SCAN_NONE = 1,    /* no symbol, or none that can be read, or none that is text */
    SCAN_REFUSED = 2, /* the sides are out of bounds */
    SCAN_NO_MEMORY = 3
};

/*
 * Finds a QR code in a picture of width × height grey bytes (0 black, 255 white), row by row.  Any
 * turn, mirrored, light on dark, in perspective.  text gets the bytes, *len how many: valid UTF-8
 * without controls, not terminated.  Of several symbols the first that begins with "mimeo:" counts,
 * else the first.  text and *len are untouched unless the result is SCAN_FOUND.
 */
enum scan_result scan_picture(char text[SCAN_TEXT_MAX], size_t *len, const unsigned char *grey, int width,
                              int height);

#endif
