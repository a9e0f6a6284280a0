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

    /** The most bytes that one read returns. */
    private const CHUNK = 1 << 16;

    /**
     * The payloads in batches: what one read completes.
     *
     * @return \Generator<int, non-empty-list<string>>
     *
     * @throws ContactException if the file cannot be opened or read, or is compressed
     */
    public static function batches(string $file): \Generator
    {
        $stream = self::attempt(static fn () => fopen($file, 'rb'));
        try {
            // The begin of a line whose end is not read yet.
            $begun = [];
            $isFirst = true;
            while (!feof($stream)) {
                $chunk = self::attempt(static fn () => fread($stream, self::CHUNK));
                $end = strrpos($chunk, "\n");
                if ($end === false) {
                    $begun[] = $chunk;
                    continue;
                }
                $lines = implode('', $begun) . substr($chunk, 0, $end + 1);
                $begun = [substr($chunk, $end + 1)];
                if ($isFirst) {
                    $lines = self::begin($lines, $file);
                    $isFirst = false;
                }
                yield explode("\n", substr(str_replace("\r\n", "\n", $lines), 0, -1));
            }
            $last = implode('', $begun);
            $last = $isFirst ? self::begin($last, $file) : $last;
            if ($last !== '') {
                yield [$last];
            }
        } finally {
            fclose($stream);
        }
    }

    /** The begin of a file without a byte order mark. */
    private static function begin(string $text, string $file): string
    {
        foreach (self::COMPRESSED as $begin => $program) {
            if (str_starts_with($text, $begin)) {
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
