/*
 * Calls every function of deskpro_contact.h: with payloads, wrongly, and from two threads. The tests run it under
 * valgrind. It prints each failed check, and ends with 1 then.
 *
 *     calls payloads FILE LOSSES   converts the lines of FILE: outputs to standard output, losses lines to LOSSES
 *     calls misuse                 wrong calls
 *     calls threads FILE           two threads, each with its own converter
 */
#include <deskpro_contact.h>

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures = 0;

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                            \
            failures++;                                                                                                \
        }                                                                                                              \
    } while (0)

/* A text with its length. */
#define TEXT(text) (text), (sizeof(text) - 1)

static bool is(dc_bytes bytes, const char *text)
{
    return bytes.data != NULL && bytes.len == strlen(text) && memcmp(bytes.data, text, bytes.len) == 0;
}

static bool has(dc_bytes bytes, const char *part)
{
    size_t len = strlen(part);
    for (size_t at = 0; at + len <= bytes.len; at++) {
        if (memcmp(bytes.data + at, part, len) == 0) {
            return true;
        }
    }
    return false;
}

/* A copy of exactly these bytes, so that valgrind finds each read past its end and each read after it was freed. */
static char *copy(const void *data, size_t len)
{
    char *own = malloc(len == 0 ? 1 : len);
    memcpy(own, data, len);
    return own;
}

static void print(dc_bytes bytes, FILE *to)
{
    fwrite(bytes.data, 1, bytes.len, to);
}

/* The next line of a file without its end; NULL at the end of the file. */
static char *next_line(FILE *file, size_t *len)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t read = getline(&line, &size, file);
    if (read < 0) {
        free(line);
        return NULL;
    }
    *len = (size_t)read;
    if (*len > 0 && line[*len - 1] == '\n') {
        --*len;
    }
    return line;
}

/*
 * Converts a payload, restores it, and converts the restored payload again, which gives the first output. An array that
 * PHP leaves empty when it drops a pair is the one thing that is not restored.
 */
static void round_trip(dc_converter *converter, const char *line, size_t len, unsigned long number, FILE *losses_file)
{
    char *payload = copy(line, len);
    dc_status status = dc_convert(converter, payload, len);
    const dc_bytes output = dc_output(converter);
    free(payload);
    if (status != DC_STATUS_OK) {
        dc_error error = dc_last_error(converter);
        CHECK(status == DC_STATUS_REJECTED);
        CHECK(output.data == NULL && output.len == 0);
        CHECK(dc_losses(converter).data == NULL);
        CHECK(dc_losses_line(converter, 1).data == NULL);
        CHECK(error.start <= error.end && error.end <= len);
        print(error.code, stdout);
        putchar('\t');
        print(error.path, stdout);
        putchar('\t');
        print(error.message, stdout);
        putchar('\n');
        return;
    }
    CHECK(dc_last_error(converter).code.data == NULL);
    dc_bytes losses = dc_losses(converter);
    CHECK((dc_data_count(converter) + dc_note_count(converter) > 0) == (losses.len > 0));
    CHECK(dc_losses(converter).data == losses.data);
    print(output, stdout);
    putchar('\n');
    dc_bytes losses_line = dc_losses_line(converter, number);
    if (losses_line.len > 0) {
        print(losses_line, losses_file);
        putc('\n', losses_file);
    }
    size_t output_len = output.len, losses_len = losses.len;
    bool is_whole = !has(losses, "\"dropped-pair\"");
    char *body = copy(output.data, output_len), *lost = copy(losses.data, losses_len);
    CHECK(dc_restore(converter, body, output_len, lost, losses_len) == DC_STATUS_OK);
    CHECK(dc_data_count(converter) == 0);
    size_t restored_len = dc_output(converter).len;
    char *again = copy(dc_output(converter).data, restored_len);
    CHECK(dc_convert(converter, again, restored_len) == DC_STATUS_OK);
    dc_bytes second = dc_output(converter);
    CHECK(!is_whole || (second.len == output_len && memcmp(second.data, body, output_len) == 0));
    const char *text = dc_convert_text(converter, again, restored_len);
    second = dc_output(converter);
    CHECK(text != NULL && strlen(text) == second.len && memcmp(text, second.data, second.len) == 0);
    /* What the library returned may be passed to it. */
    losses = dc_losses(converter);
    CHECK(dc_restore(converter, (const char *)second.data, second.len,
                     (const char *)losses.data, losses.len) == DC_STATUS_OK);
    second = dc_output(converter);
    CHECK(dc_convert(converter, (const char *)second.data, second.len) == DC_STATUS_OK);
    second = dc_output(converter);
    CHECK(!is_whole || (second.len == output_len && memcmp(second.data, body, output_len) == 0));
    free(again);
    free(lost);
    free(body);
}

static void payloads(const char *path, const char *losses_path)
{
    FILE *file = fopen(path, "rb"), *losses = fopen(losses_path, "wb");
    if (file == NULL || losses == NULL) {
        perror("payloads");
        exit(2);
    }
    dc_converter *converter = dc_new();
    size_t len;
    unsigned long number = 0;
    for (char *line; (line = next_line(file, &len)) != NULL; free(line)) {
        round_trip(converter, line, len, ++number, losses);
    }
    dc_free(converter);
    fclose(file);
    fclose(losses);
}

/* Checks that nothing can be read but an error with this code and a message that has this part. */
static void fails(dc_converter *converter, dc_status found, dc_status status, const char *code, const char *part)
{
    dc_error error = dc_last_error(converter);
    if (found != status || error.status != status || !is(error.code, code) || !has(error.message, part)) {
        fprintf(stderr, "expected status %d, %s, “%s”; found status %d, %.*s, “%.*s”\n", (int)status, code, part,
                (int)found, (int)error.code.len, (const char *)error.code.data, (int)error.message.len,
                (const char *)error.message.data);
        failures++;
    }
    CHECK(dc_output(converter).data == NULL && dc_output(converter).len == 0);
    CHECK(dc_losses(converter).data == NULL && dc_losses_line(converter, 1).data == NULL);
    CHECK(dc_data_count(converter) == SIZE_MAX && dc_note_count(converter) == SIZE_MAX);
}

/* A call that returns no text. Its status is that of the error. */
static void text_fails(dc_converter *converter, const char *payload, size_t len, dc_status status, const char *code,
                       const char *part)
{
    CHECK(dc_convert_text(converter, payload, len) == NULL);
    fails(converter, dc_last_error(converter).status, status, code, part);
}

#define REJECTED(call, code, part) fails(converter, (call), DC_STATUS_REJECTED, (code), (part))
#define MISUSE(call, code, part) fails(converter, (call), DC_STATUS_MISUSE, (code), (part))

static void misuse(void)
{
    CHECK(dc_abi_version() == DC_ABI_VERSION);
    CHECK(dc_version().len >= 5);
    dc_free(NULL);

    dc_converter *converter = NULL;
    const char *null_converter = "expected a converter, found a null pointer";
    MISUSE(dc_convert(NULL, TEXT("a=1")), "null-pointer", null_converter);
    MISUSE(dc_restore(NULL, TEXT("{}"), TEXT("")), "null-pointer", null_converter);
    MISUSE(dc_set(NULL, TEXT("strict"), TEXT("true")), "null-pointer", null_converter);
    MISUSE(dc_convert(NULL, NULL, SIZE_MAX), "null-pointer", null_converter);

    converter = dc_new();
    CHECK(converter != NULL);
    /* Nothing was converted yet. */
    CHECK(dc_last_error(converter).code.data == NULL);
    CHECK(dc_output(converter).data == NULL && dc_losses(converter).data == NULL);
    CHECK(dc_losses_line(converter, 0).data == NULL && dc_data_count(converter) == SIZE_MAX);

    MISUSE(dc_convert(converter, NULL, 3), "null-pointer", "expected a payload, found a null pointer");
    MISUSE(dc_convert(converter, NULL, 0), "null-pointer", "a payload");
    text_fails(NULL, NULL, 3, DC_STATUS_MISUSE, "null-pointer", null_converter);
    text_fails(converter, NULL, 3, DC_STATUS_MISUSE, "null-pointer", "expected a payload, found a null pointer");
    text_fails(converter, "a=1", (size_t)-1, DC_STATUS_MISUSE, "too-long", "expected a payload of at most");
    text_fails(converter, "a=\xff", 3, DC_STATUS_REJECTED, "not-utf8", "expected UTF-8");
    MISUSE(dc_restore(converter, NULL, 2, TEXT("")), "null-pointer", "an output");
    MISUSE(dc_restore(converter, TEXT("{}"), NULL, 0), "null-pointer", "losses");
    MISUSE(dc_set(converter, NULL, 6, TEXT("true")), "null-pointer", "the name of an option");
    MISUSE(dc_set(converter, TEXT("strict"), NULL, 4), "null-pointer", "the value of an option");
    /* A negative length. */
    MISUSE(dc_convert(converter, "a=1", (size_t)-1), "too-long", "expected a payload of at most");
    MISUSE(dc_set(converter, "strict", (size_t)-1, TEXT("true")), "too-long", "the name of an option");

    MISUSE(dc_set(converter, TEXT("stricter"), TEXT("true")), "unknown-option", "found \"stricter\"");
    MISUSE(dc_set(converter, TEXT(""), TEXT("true")), "unknown-option", "found \"\"");
    MISUSE(dc_set(converter, TEXT("strict\0"), TEXT("true")), "unknown-option", "found \"strict\\u{0}\"");
    MISUSE(dc_set(converter, TEXT("\xff"), TEXT("true")), "unknown-option", "expected one of from, to");
    MISUSE(dc_set(converter, TEXT("strict"), TEXT("")), "option-value", "expected true or false, found \"\"");
    MISUSE(dc_set(converter, TEXT("strict"), TEXT("\xff")), "option-value", "expected a text in UTF-8");
    CHECK(is(dc_last_error(converter).path, "strict"));
    MISUSE(dc_set(converter, TEXT("from"), TEXT("xml")), "option-value", "expected form, json or v2");
    MISUSE(dc_set(converter, TEXT("to"), TEXT("xml")), "option-value", "expected v2, form, canonical");
    MISUSE(dc_set(converter, TEXT("id-field"), TEXT("")), "option-value", "expected the name of a field");
    MISUSE(dc_set(converter, TEXT("max-payload"), TEXT("-1")), "option-value", "expected a number of bytes");
    MISUSE(dc_set(converter, TEXT("max-payload"), TEXT("2147483648")), "option-value", "at most 2147483647");
    MISUSE(dc_set(converter, TEXT("encoding"), TEXT("utf-16")), "option-value", "windows-1252");

    /* After errors the converter works, and no wrong option was set. */
    CHECK(dc_convert(converter, TEXT("type=pager&data[number]=1")) == DC_STATUS_OK);
    CHECK(is(dc_output(converter), "{\"contact_data\":{}}"));
    CHECK(dc_last_error(converter).code.data == NULL);
    CHECK(dc_data_count(converter) == 1);
    CHECK(dc_last_error(converter).status == DC_STATUS_OK);
    CHECK(strcmp(dc_convert_text(converter, TEXT("a=%00")), "{\"a\":\"\\u0000\",\"contact_data\":{}}") == 0);
    /* An empty payload is a person without contact data. */
    CHECK(dc_convert(converter, TEXT("")) == DC_STATUS_OK);
    CHECK(is(dc_output(converter), "{\"contact_data\":{}}"));
    CHECK(is(dc_losses(converter), "") && is(dc_losses_line(converter, 1), ""));
    /* NUL ends what PHP reads; the rest is a loss. */
    CHECK(dc_convert(converter, TEXT("a=1\0b=2")) == DC_STATUS_OK);
    CHECK(is(dc_output(converter), "{\"a\":\"1\",\"contact_data\":{}}"));
    CHECK(has(dc_losses(converter), "{\"code\":\"after-nul\",\"severity\":\"data\",\"value\":\"b=2\"}"));
    REJECTED(dc_convert(converter, TEXT("name=Ren\xe9")), "not-utf8", "expected UTF-8");
    CHECK(is(dc_last_error(converter).path, "name"));
    CHECK(dc_last_error(converter).start == 0 && dc_last_error(converter).end == 9);
    REJECTED(dc_convert(converter, TEXT("contact_data=x")), "contact-data-not-array", "expected an array of records");

    /* The text of an error may be passed, too. */
    dc_error error = dc_last_error(converter);
    CHECK(dc_convert(converter, (const char *)error.message.data, error.message.len) == DC_STATUS_OK);
    CHECK(has(dc_output(converter), "{\"expected_an_array_of_records,"));
    REJECTED(dc_convert(converter, TEXT("contact_data=x")), "contact-data-not-array", "expected an array of records");

    /* An option drops the last result, and applies to the next call. */
    CHECK(dc_convert(converter, TEXT("name=Ann")) == DC_STATUS_OK);
    CHECK(dc_set(converter, TEXT("encoding"), TEXT("windows-1252")) == DC_STATUS_OK);
    CHECK(dc_losses(converter).data == NULL && dc_note_count(converter) == SIZE_MAX);
    CHECK(dc_convert(converter, TEXT("name=Ren\xe9")) == DC_STATUS_OK);
    CHECK(is(dc_output(converter), "{\"name\":\"Ren\xc3\xa9\",\"contact_data\":{}}"));
    CHECK(dc_set(converter, TEXT("strict"), TEXT("true")) == DC_STATUS_OK);
    REJECTED(dc_convert(converter, TEXT("type=pager&data[number]=1")), "type-unknown", "found \"pager\"");
    CHECK(dc_set(converter, TEXT("max-payload"), TEXT("4")) == DC_STATUS_OK);
    REJECTED(dc_convert(converter, TEXT("a=123")), "too-long", "expected at most 4 bytes, found 5 bytes");

    /* A text that is not losses, and the losses of another payload. */
    REJECTED(dc_restore(converter, TEXT("{\"contact_data\":{}}"), TEXT("[")), "not-losses", "expected");
    REJECTED(dc_restore(converter, TEXT("{\"contact_data\":{}}"),
                        TEXT("{\"output\":\"62c7418868b3\",\"losses\":[{\"code\":\"single-record\",\"severity\":\"note\"}]}")),
             "other-payload", "expected");
    REJECTED(dc_restore(converter, TEXT(""), TEXT("")), "not-json", "expected");

    /* Without an opposite direction nothing can be restored. */
    CHECK(dc_set(converter, TEXT("to"), TEXT("canonical")) == DC_STATUS_OK);
    REJECTED(dc_restore(converter, TEXT("a=1"), TEXT("")), "not-losses", "found form to canonical");
    dc_free(converter);

    /* JSON of the legacy API, and the other direction. */
    converter = dc_new();
    CHECK(dc_set(converter, TEXT("from"), TEXT("json")) == DC_STATUS_OK);
    CHECK(dc_convert(converter, TEXT("{\"person\":{\"id\":7,\"contact_data\":[]},\"status\":\"ok\"}")) == DC_STATUS_OK);
    CHECK(is(dc_output(converter), "{\"id\":\"7\",\"contact_data\":{}}"));
    CHECK(dc_data_count(converter) == 1);
    REJECTED(dc_convert(converter, TEXT("7")), "not-a-body", "expected");
    /* A place in the JSON; none if a payload was built from it. */
    REJECTED(dc_convert(converter, TEXT("{\"name\":7,}")), "not-json", "expected");
    CHECK(dc_last_error(converter).start == 10 && dc_last_error(converter).end == 11);
    CHECK(dc_set(converter, TEXT("strict"), TEXT("true")) == DC_STATUS_OK);
    REJECTED(dc_convert(converter, TEXT("{\"name\":\"Ann\",\"contact_data\":[7]}")), "record-not-array", "expected");
    CHECK(dc_last_error(converter).start == 0 && dc_last_error(converter).end == 0);
    CHECK(dc_set(converter, TEXT("strict"), TEXT("false")) == DC_STATUS_OK);
    REJECTED(dc_convert(converter, TEXT("{\"name\":\"Ren\xe9\",\"contact_data\":[]}")), "not-utf8", "expected UTF-8");
    CHECK(dc_set(converter, TEXT("encoding"), TEXT("windows-1252")) == DC_STATUS_OK);
    CHECK(dc_convert(converter, TEXT("{\"name\":\"Ren\xe9\",\"contact_data\":[]}")) == DC_STATUS_OK);
    CHECK(is(dc_output(converter), "{\"name\":\"Ren\xc3\xa9\",\"contact_data\":{}}"));
    dc_free(converter);
    converter = dc_new();
    CHECK(dc_set(converter, TEXT("to"), TEXT("form")) == DC_STATUS_OK);
    CHECK(dc_convert(converter, TEXT("[{\"contact_type\":\"website\",\"url\":\"example.com\"}]")) == DC_STATUS_OK);
    const char *form = "contact_data%5B1%5D%5Btype%5D=website&contact_data%5B1%5D%5Bdata%5D%5Burl%5D=example.com";
    CHECK(is(dc_output(converter), form));
    dc_bytes losses = dc_losses(converter);
    char *lost = copy(losses.data, losses.len);
    size_t lost_len = losses.len;
    CHECK(dc_restore(converter, form, strlen(form), lost, lost_len) == DC_STATUS_OK);
    CHECK(is(dc_output(converter), "[{\"contact_type\":\"website\",\"url\":\"example.com\"}]"));
    free(lost);
    dc_free(converter);
}

/* What a thread does: converts the lines of a file, and adds up its outputs and losses. */
struct work {
    const char *path;
    size_t sum;
};

static void *converts(void *argument)
{
    struct work *work = argument;
    FILE *file = fopen(work->path, "rb");
    dc_converter *converter = dc_new();
    size_t len;
    for (char *line; (line = next_line(file, &len)) != NULL; free(line)) {
        if (dc_convert(converter, line, len) == DC_STATUS_OK) {
            dc_bytes texts[] = {dc_output(converter), dc_losses(converter)};
            for (int n = 0; n < 2; n++) {
                for (size_t at = 0; at < texts[n].len; at++) {
                    work->sum = work->sum * 31 + texts[n].data[at];
                }
            }
        } else {
            work->sum += dc_last_error(converter).message.len;
        }
    }
    dc_free(converter);
    fclose(file);
    return NULL;
}

static void threads(const char *path)
{
    struct work alone = {path, 0}, both[] = {{path, 0}, {path, 0}};
    pthread_t ids[2];
    converts(&alone);
    for (int n = 0; n < 2; n++) {
        CHECK(pthread_create(&ids[n], NULL, converts, &both[n]) == 0);
    }
    for (int n = 0; n < 2; n++) {
        CHECK(pthread_join(ids[n], NULL) == 0);
        CHECK(both[n].sum == alone.sum);
    }
    CHECK(alone.sum != 0);
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "payloads") == 0) {
        payloads(argv[2], argv[3]);
    } else if (argc == 2 && strcmp(argv[1], "misuse") == 0) {
        misuse();
    } else if (argc == 3 && strcmp(argv[1], "threads") == 0) {
        threads(argv[2]);
    } else {
        fprintf(stderr, "usage: calls payloads FILE LOSSES | calls misuse | calls threads FILE\n");
        return 2;
    }
    return failures > 0;
}
