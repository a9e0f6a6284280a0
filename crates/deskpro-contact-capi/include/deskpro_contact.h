/*
 * The library deskpro-contact for C. It converts legacy Deskpro contact data to v2 JSON and back, and reports
 * everything that the output cannot hold.
 *
 * Made by cbindgen from crates/deskpro-contact-capi/src. Do not edit.
 *
 * Texts have a pointer and a length. They need no NUL at their end, and may hold NUL and bytes that are not UTF-8. The
 * bytes that a call returns are valid until the next call of dc_set, dc_convert, dc_convert_text, dc_restore,
 * dc_losses_line or dc_free with the same converter, and may be arguments of that call.
 *
 * In the comments below, "the last call" is the last call of dc_set, dc_convert, dc_convert_text or dc_restore with the
 * same converter.
 *
 * A null pointer never causes a crash: dc_free ignores it, and each other function returns an error or no result. Any
 * other pointer must point to as many bytes as its length says. A converter must come from dc_new, and must not be used
 * after dc_free. Different threads may use different converters at the same time. Two threads must not use one
 * converter at the same time.
 */

#ifndef DESKPRO_CONTACT_H
#define DESKPRO_CONTACT_H

#include <stddef.h>
#include <stdint.h>

/**
 * The version of this interface. It changes if a program that was built with an older header could fail with a newer
 * library. Compare it with dc_abi_version().
 */
#define DC_ABI_VERSION 2

/**
 * How a call ended. DC_STATUS_OK does not mean that there are no losses: see dc_data_count().
 */
typedef enum {
  /**
   * The call did its work.
   */
  DC_STATUS_OK = 0,
  /**
   * The payload is rejected because it cannot be converted. For dc_restore(): the output cannot be restored, or the
   * losses cannot be read or belong to another output.
   */
  DC_STATUS_REJECTED = 1,
  /**
   * The call is wrong: a pointer is NULL, a length is too large, or an option or its value is unknown.
   */
  DC_STATUS_MISUSE = 2,
  /**
   * There is a bug in the library. The converter can be used again.
   */
  DC_STATUS_BUG = 70,
} dc_status;

/**
 * A converter: its options, and the result of the last call.
 */
typedef struct dc_converter dc_converter;

/**
 * A text that the library returns. It has no NUL at its end, and may hold NUL.
 */
typedef struct {
  /**
   * A pointer to the first byte. It is NULL if there is no text. An empty text has a pointer that is not NULL.
   */
  const uint8_t *data;
  /**
   * The number of bytes.
   */
  size_t len;
} dc_bytes;

/**
 * The error of a call.
 */
typedef struct {
  /**
   * The status that the call returned.
   */
  dc_status status;
  /**
   * The code of the error. After DC_STATUS_REJECTED it is one of the codes that docs/reference.md lists, such as
   * "contact-data-not-array". After DC_STATUS_MISUSE it is "null-pointer" (a pointer is NULL), "too-long" (a length
   * is more than half of SIZE_MAX), "unknown-option" (dc_set() does not know the name) or "option-value" (the option
   * cannot have the value). After DC_STATUS_BUG it is "bug".
   */
  dc_bytes code;
  /**
   * The path of the wrong value in the payload, such as `contact_data[2][type]`; empty if the whole payload is
   * wrong. After "option-value" it is the name of the option. After any other misuse, and after a bug, it is empty.
   */
  dc_bytes path;
  /**
   * The message without the path: "expected X, found Y".
   */
  dc_bytes message;
  /**
   * The position of the first byte of the wrong part of the payload, counted in bytes from 0. It is 0 if the status
   * is not DC_STATUS_REJECTED. With the option "from" `json`, `start` and `end` are 0 if the JSON could be read: the
   * wrong part is then named by `path` alone.
   */
  size_t start;
  /**
   * The position after the last byte of the wrong part. It is 0 if the status is not DC_STATUS_REJECTED.
   */
  size_t end;
} dc_error;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Returns the DC_ABI_VERSION of the library that is loaded.
 */
uint32_t dc_abi_version(void);

/**
 * Returns the version of the library, such as "0.1.0". It is valid as long as the library is loaded.
 */
dc_bytes dc_version(void);

/**
 * Makes a converter from legacy payloads to v2 bodies. dc_set() sets other formats and options. Free the converter
 * with dc_free(). Returns NULL only if there is a bug.
 */
dc_converter *dc_new(void);

/**
 * Frees a converter and all bytes that its functions returned. NULL is ignored.
 */
void dc_free(dc_converter *converter);

/**
 * Sets an option of a converter. If the name or the value is wrong, no option changes.
 *
 * These options have the values that they have in the command `convert`: "to", "id-field", "max-payload",
 * "allow-field", "encoding", "profile" and "region". "from" has the value "form", "json" or "v2". "only-contact-data",
 * "edited", "strict" and "pretty" have the value "true" or "false". Each call with "allow-field" allows one more
 * field; all other options replace their value.
 */
dc_status dc_set(dc_converter *converter, const char *name, size_t name_len, const char *value, size_t value_len);

/**
 * Converts a payload. dc_output() has the output, dc_losses() the losses.
 */
dc_status dc_convert(dc_converter *converter, const char *payload, size_t payload_len);

/**
 * Converts a payload as dc_convert() does, and returns the output with a NUL at its end. Neither JSON nor forms hold
 * NUL. Returns NULL if the call failed; dc_last_error() says why. A language that copies the text after each call
 * saves time by this function, because it replaces two calls, dc_convert() and dc_output().
 */
const char *dc_convert_text(dc_converter *converter, const char *payload, size_t payload_len);

/**
 * Restores a payload from its output and its losses. The converter must have the options that it had when dc_convert()
 * made the output. `losses` is what dc_losses() or dc_losses_line() returned after dc_convert(); its length is 0 if
 * there are no losses. After dc_restore(), dc_output() has the payload, and dc_losses() the losses that could not be
 * put back.
 */
dc_status dc_restore(dc_converter *converter,
                     const char *output,
                     size_t output_len,
                     const char *losses,
                     size_t losses_len);

/**
 * Returns the output of the last call. The data is NULL if that call failed or set an option, or if there was no call.
 */
dc_bytes dc_output(const dc_converter *converter);

/**
 * Returns the losses of the last call as one JSON object, for dc_restore(). The length is 0 if there are no losses.
 * The data is NULL if that call failed or set an option, or if there was no call.
 */
dc_bytes dc_losses(dc_converter *converter);

/**
 * Returns the line that a losses file has for the payload of the last call, without a line end. `line` is the number
 * of the payload's line in its file, counted from 1. The length is 0 if there are no losses and no "id-field" is set,
 * because then the losses file has no line for this payload. The data is NULL if the last call failed or set an
 * option, or if there was no call.
 */
dc_bytes dc_losses_line(dc_converter *converter, uint64_t line);

/**
 * Returns how many losses of the last call are data, which a person would miss. Returns SIZE_MAX if that call failed
 * or set an option, or if there was no call.
 */
size_t dc_data_count(const dc_converter *converter);

/**
 * Returns how many losses of the last call are notes, which only restoring needs. Returns SIZE_MAX if that call failed
 * or set an option, or if there was no call.
 */
size_t dc_note_count(const dc_converter *converter);

/**
 * Returns the error of the last call. If there was none, the status is DC_STATUS_OK, and the data of all texts is
 * NULL.
 */
dc_error dc_last_error(const dc_converter *converter);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* DESKPRO_CONTACT_H */
