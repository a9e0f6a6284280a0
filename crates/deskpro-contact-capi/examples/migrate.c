/*
 * A migration: posts each person of a file of legacy payloads to the v2 API. Where the old program sent the payload to
 * POST /people, this one converts it first. It writes the losses to a file, as lines for dc_restore(); the
 * command cannot restore with it. It goes on after a rejected payload, and ends with exit status 1.
 *
 *     cc migrate.c $(pkg-config --cflags --libs deskpro-contact) -o migrate
 *     ./migrate payloads.txt 127.0.0.1 8080 API_KEY losses.txt
 *
 * It sends plain HTTP through a proxy or to a test server. For HTTPS, call your HTTP library in post().
 */
#include <deskpro_contact.h>

#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct server {
    const char *host, *port, *key;
};

static bool send_all(int to, const void *data, size_t len)
{
    for (const char *at = data; len > 0;) {
        ssize_t sent = write(to, at, len);
        if (sent <= 0) {
            return false;
        }
        at += sent;
        len -= (size_t)sent;
    }
    return true;
}

/* Posts a body and returns the status of the reply; 0 if there is none. */
static int post(const struct server *server, const char *path, const void *body, size_t len)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *address;
    if (getaddrinfo(server->host, server->port, &hints, &address) != 0) {
        return 0;
    }
    int connection = socket(address->ai_family, address->ai_socktype, address->ai_protocol);
    bool is_open = connection >= 0 && connect(connection, address->ai_addr, address->ai_addrlen) == 0;
    freeaddrinfo(address);
    char head[1024], reply[64] = "";
    int head_len = snprintf(head, sizeof head,
                            "POST %s HTTP/1.1\r\nHost: %s\r\nAuthorization: key %s\r\n"
                            "Content-Type: application/json\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
                            path, server->host, server->key, len);
    int status = 0;
    if (is_open && head_len > 0 && (size_t)head_len < sizeof head && send_all(connection, head, (size_t)head_len) &&
        send_all(connection, body, len) && read(connection, reply, sizeof reply - 1) > 0) {
        sscanf(reply, "HTTP/1.%*d %d", &status);
    }
    if (connection >= 0) {
        close(connection);
    }
    return status;
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fprintf(stderr, "usage: migrate FILE HOST PORT API_KEY LOSSES\n");
        return 2;
    }
    const struct server server = {argv[2], argv[3], argv[4]};
    FILE *file = fopen(argv[1], "rb"), *kept = fopen(argv[5], "wbx");
    if (file == NULL || kept == NULL) {
        perror("migrate");
        return 2;
    }
    dc_converter *converter = dc_new();
    char *line = NULL;
    size_t size = 0;
    ssize_t len;
    int result = 0;
    for (unsigned long number = 1; (len = getline(&line, &size, file)) > 0; number++) {
        size_t payload_len = (size_t)len - (line[len - 1] == '\n');

        /* Before: post(&server, "/people", line, payload_len); */
        if (dc_convert(converter, line, payload_len) != DC_STATUS_OK) {
            dc_error error = dc_last_error(converter);
            fprintf(stderr, "line %lu, %.*s: %.*s\n", number, (int)error.path.len, (const char *)error.path.data,
                    (int)error.message.len, (const char *)error.message.data);
            result = 1;
            continue;
        }
        dc_bytes body = dc_output(converter);
        int status = post(&server, "/api/v2/people", body.data, body.len);

        if (status != 201) {
            fprintf(stderr, "line %lu: the server answered %d\n", number, status);
            result = 1;
        }
        dc_bytes losses = dc_losses_line(converter, number);
        if (losses.len > 0) {
            fwrite(losses.data, 1, losses.len, kept);
            putc('\n', kept);
        }
    }
    free(line);
    fclose(file);
    dc_free(converter);
    if (fclose(kept) != 0) {
        perror(argv[5]);
        result = 2;
    }
    return result;
}
