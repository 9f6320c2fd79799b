/*
 * A main for fuzz harnesses without a fuzzer: every file of the corpus as it is, cut short at many
 * places, and with bytes flipped.  Deterministic, so that a failure can be had again.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CUTS 64
#define FLIPS 256
#define SIZE_LIMIT (1 << 20)

static unsigned long runs;

static void run(const uint8_t *data, size_t size)
{
    /* A copy of the exact size, so that a read past its end is seen by the sanitizer. */
    uint8_t *copy = malloc(size == 0 ? 1 : size);
    if (copy == NULL)
        exit(1);
    memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
    runs++;
}

static void replay(uint8_t *data, size_t size)
{
    run(data, size);
    for (size_t i = 0; i < CUTS && i < size; i++)
        run(data, size * i / CUTS);
    uint32_t state = 2463534242U;
    for (int i = 0; i < FLIPS && size > 0; i++) {
        state ^= state << 13, state ^= state >> 17, state ^= state << 5;
        size_t at = state % size;
        uint8_t old = data[at];
        data[at] ^= (uint8_t)(1U << (state >> 29));
        run(data, size);
        data[at] = old;
    }
}

static void replay_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data = malloc(SIZE_LIMIT);
    if (f == NULL || data == NULL) {
        perror(path);
        exit(1);
    }
    replay(data, fread(data, 1, SIZE_LIMIT, f));
    free(data);
    fclose(f);
}

int main(int argc, char **argv)
{
    unsigned long files = 0;
    for (int i = 1; i < argc; i++) {
        DIR *dir = opendir(argv[i]);
        if (dir == NULL) {
            replay_file(argv[i]);
            files++;
            continue;
        }
        struct dirent *e;
        while ((e = readdir(dir)) != NULL) {
            if (e->d_name[0] == '.')
                continue;
            char path[4096];
            snprintf(path, sizeof(path), "%s/%s", argv[i], e->d_name);
            replay_file(path);
            files++;
        }
        closedir(dir);
    }
    printf("%lu files, %lu runs\n", files, runs);
    return files == 0; /* a corpus that is not there is a test that cannot fail */
}
