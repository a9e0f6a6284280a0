/*
 * The library deskpro-contact for C: legacy Deskpro contact data to v2 JSON and back, and everything that the output
 * cannot hold.
 *
 * Made by cbindgen from crates/deskpro-contact-capi/src. Do not edit.
 *
 * Texts have a pointer and a length. They need no NUL at their end, and may hold NUL and bytes that are not UTF-8. The
 * bytes that a call returns are valid until the next call of dc_set, dc_convert, dc_convert_text, dc_restore,
 * dc_losses_line or dc_free with the same converter, and may be arguments of that call.
 *
 * A null pointer is an error, never a crash. Any other pointer must point to as many bytes as its length says, and a
 * converter must come from dc_new and not be freed. Different threads may use different converters at the same time. Two
 * threads must not use one converter at the same time.
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
 * How a call ended. After DC_STATUS_OK there can be losses: see dc_data_count().
 */
typedef enum {
  /**
   * The call did its work.
   */
  DC_STATUS_OK = 0,
  /**
   * The payload is rejected: it, or the losses to put back, cannot be read, or they belong to another output.
   */
  DC_STATUS_REJECTED = 1,
  /**
   * The call is wrong: a null pointer, an unknown option, a value that the option cannot have.
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
   * The first byte; NULL if there is nothing to read, not even an empty text.
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
   * The code: for a rejected payload one of the codes of the command, such as "contact-data-not-array"; otherwise
   * "null-pointer", "unknown-option", "option-value", "too-long" or "bug".
   */
  dc_bytes code;
  /**
   * The path of the wrong value, such as `contact_data[2][type]`, or the name of an option with a wrong value. Empty
   * if the whole payload is wrong, or if there is no such option.
   */
  dc_bytes path;
  /**
   * The message without the path: "expected X, found Y".
   */
  dc_bytes message;
  /**
   * The position of the first byte of the wrong part of the payload, counted from 0.
   */
  size_t start;
  /**
   * The position after its last byte.
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
 * Sets an option. Names and values are those of the options of the command `convert`, without the dashes. An option
 * that has no value in the command has the value "true" or "false" here. "allow-field" may be set several times. If
 * the name or the value is wrong, no option changes.
 */
dc_status dc_set(dc_converter *converter, const char *name, size_t name_len, const char *value, size_t value_len);

/**
 * Converts a payload. dc_output() has the output, dc_losses() the losses.
 */
dc_status dc_convert(dc_converter *converter, const char *payload, size_t payload_len);

/**
 * Converts a payload as dc_convert() does, and returns the output with a NUL at its end. Neither JSON nor forms hold
 * NUL. Returns NULL if the call failed; dc_last_error() has its status. In a language that copies such a text after
 * each call, this one call is faster than dc_convert() and dc_output().
 */
const char *dc_convert_text(dc_converter *converter, const char *payload, size_t payload_len);

/**
 * Restores a payload from its output and its losses. The converter must have the options with which dc_convert() made
 * the output. `losses` is what dc_losses() or dc_losses_line() returned after that call; its length is 0 if there are
 * no losses. dc_output() has the payload, dc_losses() the losses that could not be put back.
 */
dc_status dc_restore(dc_converter *converter,
                     const char *output,
                     size_t output_len,
                     const char *losses,
                     size_t losses_len);

/**
 * Returns the output of the last call. The data is NULL if that call failed or only set an option.
 */
dc_bytes dc_output(const dc_converter *converter);

/**
 * Returns the losses of the last call as one JSON object, for dc_restore(). The length is 0 if there are no losses;
 * the data is NULL if that call failed or only set an option.
 */
dc_bytes dc_losses(dc_converter *converter);

/**
 * Returns the line of a losses file for the last call, without a line end. `line` is the number of the payload in its
 * file, from 1. The length is 0 if there are no losses and no "id-field" is set, because then the file needs no line;
 * the data is NULL if that call failed or only set an option.
 */
dc_bytes dc_losses_line(dc_converter *converter, uint64_t line);

/**
 * Returns how many losses of the last call are data, which a person would miss. Returns SIZE_MAX if that call failed or
 * only set an option.
 */
size_t dc_data_count(const dc_converter *converter);

/**
 * Returns how many losses of the last call are notes, which only restoring needs. Returns SIZE_MAX if that call failed
 * or only set an option.
 */
size_t dc_note_count(const dc_converter *converter);

/**
 * Returns the error of the last call. If there was none, the status is DC_STATUS_OK, and the data of all texts is NULL.
 */
dc_error dc_last_error(const dc_converter *converter);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* DESKPRO_CONTACT_H */
