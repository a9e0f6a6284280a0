<?php

declare(strict_types=1);

namespace DeskproContact;

/**
 * The payloads of a file, one a line, split as the command `convert` splits them.
 *
 * @internal
 */
final class Lines
{
    private const BYTE_ORDER_MARK = "\xEF\xBB\xBF";

    /** The first bytes of compressed files, and the program that decompresses them. */
    private const COMPRESSED = ["\x1F\x8B" => 'gzip -dc', "\x28\xB5\x2F\xFD" => 'zstd -dc'];

    /**
     * @return \Generator<int, string> line number from 1 => payload
     *
     * @throws ContactException if the file cannot be opened or read, or is compressed
     */
    public static function of(string $file): \Generator
    {
        $stream = @fopen($file, 'rb');
        if ($stream === false) {
            $why = error_get_last()['message'] ?? '';
            throw new ContactException('file-not-opened', '', "expected the file $file, found that it cannot be opened: $why");
        }
        try {
            for ($number = 1; ($line = self::line($stream, $file)) !== null; $number++) {
                if ($number === 1) {
                    $line = self::first($line, $file);
                    if ($line === '') {
                        // Nothing but a byte order mark, and no line end.
                        break;
                    }
                }
                yield $number => preg_replace('/\r?\n\z/', '', $line);
            }
        } finally {
            fclose($stream);
        }
    }

    /**
     * The next line with its end; null at the end of the file.
     *
     * @param resource $stream
     */
    private static function line($stream, string $file): ?string
    {
        // A failed read is a notice and an end of file at once; only the notice tells them apart.
        error_clear_last();
        $line = @fgets($stream);
        $why = error_get_last();
        if ($why !== null) {
            throw new ContactException('file-not-read', '', "expected to read $file, found an error: {$why['message']}");
        }
        return $line === false ? null : $line;
    }

    /** The first line without a byte order mark. */
    private static function first(string $line, string $file): string
    {
        foreach (self::COMPRESSED as $begin => $program) {
            if (str_starts_with($line, $begin)) {
                throw new ContactException(
                    'compressed',
                    '',
                    "expected lines of text, found a compressed file: $program $file",
                );
            }
        }
        return str_starts_with($line, self::BYTE_ORDER_MARK) ? substr($line, 3) : $line;
    }
}
