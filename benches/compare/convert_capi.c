/*
 * Converts legacy payloads to v2 JSON by the C interface. It reads one payload per line from standard input. With the
 * argument `losses`, it also reads the losses of each payload, and writes them to /dev/null.
 */
#include <deskpro_contact.h>

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    (void)argv;
    FILE *kept = argc > 1 ? fopen("/dev/null", "wb") : NULL;
    dc_converter *converter = dc_new();
    char *line = NULL;
    size_t size = 0;
    ssize_t len;
    for (unsigned long number = 1; (len = getline(&line, &size, stdin)) > 0; number++) {
        if (dc_convert(converter, line, (size_t)len - 1) != DC_STATUS_OK) {
            return 1;
        }
        dc_bytes output = dc_output(converter);
        fwrite(output.data, 1, output.len, stdout);
        putchar('\n');
        if (kept != NULL) {
            dc_bytes losses = dc_losses_line(converter, number);
            fwrite(losses.data, 1, losses.len, kept);
            putc('\n', kept);
        }
    }
    free(line);
    dc_free(converter);
    return 0;
}
