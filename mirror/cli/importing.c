/* What publish, revise and extract share: how articles are taken out of what is handed in. */
#include <string.h>

#include "cli.h"

static int parse_images(struct mimeo_input_options *out, const struct command *command, const struct args *args, int first)
{
    static const char *const words[] = {
        [MIMEO_IMAGES_FULL] = "full", [MIMEO_IMAGES_SMALL] = "small", [MIMEO_IMAGES_NONE] = "none"};
    const char *word = args->values[first + IMP_IMAGES], *width = args->values[first + IMP_IMAGE_WIDTH];
    const char *quality = args->values[first + IMP_IMAGE_QUALITY];
    bool none = args->flags[first + IMP_NO_PICTURES];
    unsigned long w = 0, q = 0;
    size_t i = 0;
    int status = EXIT_OK;
    while (word != NULL && i < sizeof(words) / sizeof(words[0]) && strcmp(words[i], word) != 0)
        i++;
    if (i == sizeof(words) / sizeof(words[0]))
        return usage_fault(command, "--images wants full, small or none, not '%s'", word);
    if (none && word != NULL && i != MIMEO_IMAGES_NONE)
        return usage_fault(command, "--no-pictures is --images none: give one of them");
    out->images = none ? MIMEO_IMAGES_NONE : (enum mimeo_images)i;
    if ((width != NULL || quality != NULL) && out->images != MIMEO_IMAGES_SMALL)
        return usage_fault(command, "--image-width and --image-quality belong to --images small");
    if (width != NULL)
        status = parse_number(command, "--image-width", width, 16, 16383, &w);
    if (status == EXIT_OK && quality != NULL)
        status = parse_number(command, "--image-quality", quality, 1, 100, &q);
    out->image_width = (unsigned)w;
    out->image_quality = (unsigned)q;
    return status;
}

int parse_importing(struct mimeo_input_options *out, const struct command *command, const struct args *args, int first,
                    const char *proxy)
{
    *out = (struct mimeo_input_options){.format = args->values[first + IMP_FORMAT],
                              .pictures = args->values[first + IMP_PICTURES],
                              .lang = args->values[first + IMP_LANG],
                              .rules = args->values[first + IMP_RULES],
                              .fetch = {.proxy = proxy,
                                        .ca_file = args->values[first + IMP_CA_FILE],
                                        .follow = args->flags[first + IMP_FOLLOW],
                                        .ignore_robots = args->flags[first + IMP_IGNORE_ROBOTS]}};
    return parse_images(out, command, args, first);
}
