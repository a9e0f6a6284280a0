<?php

declare(strict_types=1);

namespace DeskproContact;

/**
 * The payloads of a file, one per line, split as the command `convert` splits them.
 *
 * @internal
 */
final class Lines
{
    private const BYTE_ORDER_MARK = "\xEF\xBB\xBF";

    /** The first bytes of compressed files, and the program that decompresses them. */
    private const COMPRESSED = ["\x1F\x8B" => 'gzip -dc', "\x28\xB5\x2F\xFD" => 'zstd -dc'];

    /** The maximum number of bytes that one read returns. */
    private const CHUNK = 1 << 16;

    /**
     * Gives out the payloads in batches. A batch has the lines that end in the bytes of one read.
     *
     * @return \Generator<int, non-empty-list<string>>
     *
     * @throws ContactException if the file cannot be opened or read, or is compressed
     */
    public static function batches(string $file): \Generator
    {
        $stream = self::attempt(static fn () => fopen($file, 'rb'));
        try {
            // The parts of a line whose end has not been read yet.
            $parts = [];
            $isFirst = true;
            while (!feof($stream)) {
                $chunk = self::attempt(static fn () => fread($stream, self::CHUNK));
                $end = strrpos($chunk, "\n");
                if ($end === false) {
                    $parts[] = $chunk;
                    continue;
                }
                $lines = implode('', $parts) . substr($chunk, 0, $end + 1);
                $parts = [substr($chunk, $end + 1)];
                if ($isFirst) {
                    $lines = self::start($lines, $file);
                    $isFirst = false;
                }
                yield explode("\n", substr(str_replace("\r\n", "\n", $lines), 0, -1));
            }
            $last = implode('', $parts);
            $last = $isFirst ? self::start($last, $file) : $last;
            if ($last !== '') {
                yield [$last];
            }
        } finally {
            fclose($stream);
        }
    }

    /** Returns the start of a file without its byte order mark. */
    private static function start(string $text, string $file): string
    {
        foreach (self::COMPRESSED as $mark => $program) {
            if (str_starts_with($text, $mark)) {
                $why = "expected lines of text, found a compressed file: $program $file";
                throw new ContactException('compressed', '', $why);
            }
        }
        return str_starts_with($text, self::BYTE_ORDER_MARK) ? substr($text, 3) : $text;
    }

    /**
     * Opens or reads. PHP reports a failure as a warning, and a failed read looks like the end of the file without it.
     *
     * @template T
     *
     * @param \Closure(): (T|false) $work
     *
     * @return T
     */
    private static function attempt(\Closure $work): mixed
    {
        $why = null;
        set_error_handler(static function (int $level, string $message) use (&$why): bool {
            $why = $message;
            return true;
        });
        try {
            $result = $work();
        } finally {
            restore_error_handler();
        }
        if ($why !== null || $result === false) {
            $why ??= 'an error without a reason';
            throw new ContactException('file-not-read', '', "expected a file that can be read, found: $why");
        }
        return $result;
    }
}
