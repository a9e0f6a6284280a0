/*
 * Converts the legacy payloads of a file, one per line, to v2 bodies on standard output. Losses go to standard error.
 *
 *     cc convert_lines.c $(pkg-config --cflags --libs deskpro-contact) -o convert_lines
 *     ./convert_lines payloads.txt >bodies.jsonl 2>losses.txt
 */
#include <deskpro_contact.h>

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (file == NULL) {
        fprintf(stderr, "usage: convert_lines FILE\n");
        return 2;
    }
    dc_converter *converter = dc_new();
    char *line = NULL;
    size_t size = 0;
    ssize_t len;
    int status = 0;
    for (unsigned long number = 1; (len = getline(&line, &size, file)) > 0; number++) {
        size_t payload_len = (size_t)len - (line[len - 1] == '\n');
        if (dc_convert(converter, line, payload_len) == DC_STATUS_OK) {
            dc_bytes output = dc_output(converter);
            fwrite(output.data, 1, output.len, stdout);
            putchar('\n');
            dc_bytes losses = dc_losses_line(converter, number);
            if (losses.len > 0) {
                fwrite(losses.data, 1, losses.len, stderr);
                putc('\n', stderr);
            }
        } else {
            dc_error error = dc_last_error(converter);
            fprintf(stderr, "line %lu, %.*s: %.*s\n", number, (int)error.path.len, (const char *)error.path.data,
                    (int)error.message.len, (const char *)error.message.data);
            status = 1;
        }
    }
    free(line);
    fclose(file);
    dc_free(converter);
    return status;
}
