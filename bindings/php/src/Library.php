<?php

declare(strict_types=1);

namespace DeskproContact;

use FFI;

/**
 * Finds and loads the shared library.
 *
 * @internal
 */
final class Library
{
    /** The version of the C interface that this package is written for. */
    public const ABI_VERSION = 2;

    /** The environment variable that names the library. */
    public const VARIABLE = 'DESKPRO_CONTACT_LIBRARY';

    /** The declarations of `deskpro_contact.h`, without comments and preprocessor lines. A test compares them. */
    public const DECLARATIONS = <<<'C'
typedef enum {
  DC_STATUS_OK = 0,
  DC_STATUS_REJECTED = 1,
  DC_STATUS_MISUSE = 2,
  DC_STATUS_BUG = 70,
} dc_status;
typedef struct dc_converter dc_converter;
typedef struct {
  const uint8_t *data;
  size_t len;
} dc_bytes;
typedef struct {
  dc_status status;
  dc_bytes code;
  dc_bytes path;
  dc_bytes message;
  size_t start;
  size_t end;
} dc_error;
uint32_t dc_abi_version(void);
dc_bytes dc_version(void);
dc_converter *dc_new(void);
void dc_free(dc_converter *converter);
dc_status dc_set(dc_converter *converter, const char *name, size_t name_len, const char *value, size_t value_len);
dc_status dc_convert(dc_converter *converter, const char *payload, size_t payload_len);
const char *dc_convert_text(dc_converter *converter, const char *payload, size_t payload_len);
dc_status dc_restore(dc_converter *converter,
                     const char *output,
                     size_t output_len,
                     const char *losses,
                     size_t losses_len);
dc_bytes dc_output(const dc_converter *converter);
dc_bytes dc_losses(dc_converter *converter);
dc_bytes dc_losses_line(dc_converter *converter, uint64_t line);
size_t dc_data_count(const dc_converter *converter);
size_t dc_note_count(const dc_converter *converter);
dc_error dc_last_error(const dc_converter *converter);
C;

    /** @var array<string, FFI> by path */
    private static array $loaded = [];

    /**
     * Loads the library at a path. Without a path, loads the one that the environment variable names; if that is not
     * set, the one in the package's folder `lib`.
     *
     * @throws ContactException if there is none, or if it has another version of the interface
     */
    public static function load(?string $path = null): FFI
    {
        $path ??= self::path();
        return self::$loaded[$path] ??= self::checked($path);
    }

    /** The default path of the library. */
    public static function path(): string
    {
        $named = getenv(self::VARIABLE);
        if ($named !== false && $named !== '') {
            return $named;
        }
        $suffix = PHP_OS_FAMILY === 'Darwin' ? 'dylib' : 'so';
        return dirname(__DIR__) . "/lib/libdeskpro_contact_capi.$suffix";
    }

    private static function checked(string $path): FFI
    {
        if (!extension_loaded('FFI')) {
            throw new ContactException('ffi-missing', '', 'expected PHP with the extension FFI, found PHP without it');
        }
        $real = self::existing($path);
        try {
            $library = FFI::cdef(self::DECLARATIONS, $real);
        } catch (FFI\Exception $why) {
            throw new ContactException(
                'library-not-loaded',
                '',
                "expected the library deskpro-contact in $path, found an error: {$why->getMessage()}",
            );
        }
        $version = $library->dc_abi_version();
        if ($version !== self::ABI_VERSION) {
            $wanted = self::ABI_VERSION;
            throw new ContactException('abi-version', '', "expected version $wanted of the C interface, found $version");
        }
        return $library;
    }

    /** A path with a folder: without one, the system would search its own folders. */
    private static function existing(string $path): string
    {
        $real = realpath($path);
        if ($real === false) {
            $variable = self::VARIABLE;
            throw new ContactException(
                'library-not-found',
                '',
                "expected the library deskpro-contact at $path, found no file: give a path, or set $variable",
            );
        }
        return $real;
    }
}
