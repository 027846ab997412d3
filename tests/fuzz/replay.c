/* SPDX-License-Identifier: Apache-2.0 */
/* A main for fuzz targets outside libFuzzer: feeds each file named on the command line, and the
 * empty input, to the target, so that kept inputs run with any compiler in every test run. A crash
 * ends the process, which the runner counts as a failure. */
#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The bytes of a file, exactly as long as they are so that a sanitizer sees a read beyond them. */
static uint8_t *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        return NULL;
    }
    uint8_t *data = NULL;
    if (fseek(file, 0, SEEK_END) == 0) {
        long end = ftell(file);
        rewind(file);
        data = end >= 0 ? malloc(end ? (size_t)end : 1) : NULL;
        *size = data ? fread(data, 1, (size_t)end, file) : 0;
    }
    (void)fclose(file);
    return data;
}

int main(int argc, char **argv)
{
    (void)LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    printf("ok 1 - the empty input\n");
    for (int i = 1; i < argc; i++) {
        size_t size = 0;
        uint8_t *data = read_file(argv[i], &size);
        if (!data) {
            printf("not ok %d - %s can't be read\n", i + 1, argv[i]);
            return 1;
        }
        (void)LLVMFuzzerTestOneInput(data, size);
        free(data);
        printf("ok %d - %s\n", i + 1, argv[i]);
        (void)fflush(stdout);
    }
    return 0;
}
