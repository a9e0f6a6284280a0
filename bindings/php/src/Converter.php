<?php

declare(strict_types=1);

namespace DeskproContact;

use FFI;

/**
 * Converts contact data: legacy payloads to v2 bodies, or v2 bodies to legacy payloads, one after the other.
 *
 *     $converter = new Converter();
 *     $body = $converter->convert('type=website&comment=home&data[url]=example.com');
 *     $losses = $converter->losses();              // the comment "home" has no place in v2
 *     $payload = $converter->restore($body, $losses);
 */
final class Converter
{
    /** The status of the C interface that says that a payload is rejected. */
    private const REJECTED = 1;

    private readonly FFI $library;
    private readonly FFI\CData $handle;

    /**
     * @param array<string, string|bool|int|list<string>> $options the options of the command `convert`, without dashes:
     *     `from` (form, json, v2), `to` (v2, form, canonical), `only-contact-data`, `id-field`, `edited`, `strict`,
     *     `pretty`, `max-payload`, `allow-field` (a list), `encoding`, `profile`, `region`
     * @param ?string $library the path of the shared library; without it, README.md says where the library is searched
     *
     * @throws ContactException if an option is wrong, or the library is not found
     */
    public function __construct(array $options = [], ?string $library = null)
    {
        $this->library = Library::load($library);
        $handle = $this->library->dc_new();
        try {
            foreach ($options as $name => $values) {
                foreach (is_array($values) ? $values : [$values] as $value) {
                    $text = is_bool($value) ? ($value ? 'true' : 'false') : (string) $value;
                    $name = (string) $name;
                    if ($this->library->dc_set($handle, $name, \strlen($name), $text, \strlen($text)) !== 0) {
                        throw $this->error($handle);
                    }
                }
            }
        } catch (\Throwable $why) {
            // PHP calls no destructor if the constructor throws.
            $this->library->dc_free($handle);
            throw $why;
        }
        $this->handle = $handle;
    }

    public function __destruct()
    {
        if (isset($this->handle)) {
            $this->library->dc_free($this->handle);
        }
    }

    /** A copy would free the same memory. */
    private function __clone()
    {
    }

    /**
     * Converts a payload of any bytes.
     *
     * @return string JSON or a form, in UTF-8
     *
     * @throws RejectedPayload
     */
    public function convert(string $payload): string
    {
        return $this->library->dc_convert_text($this->handle, $payload, \strlen($payload))
            ?? throw $this->error($this->handle);
    }

    /**
     * Restores a payload from its output and its losses. The options must be those of `convert`.
     *
     * @param string $output what `convert` returned; with the option `edited` or `id-field` it may be edited
     * @param string $losses what `losses` or `lossesLine` returned for it; empty if there are no losses
     *
     * @throws RejectedPayload also if the losses belong to another output
     */
    public function restore(string $output, string $losses): string
    {
        $status = $this->library->dc_restore($this->handle, $output, \strlen($output), $losses, \strlen($losses));
        if ($status !== 0) {
            throw $this->error($this->handle);
        }
        return $this->text($this->library->dc_output($this->handle));
    }

    /**
     * The losses of the last call as one JSON object, for `restore`; empty if there are no losses. After `restore`,
     * they are the losses that could not be put back.
     *
     * @throws ContactException if the last call failed, or if there was none
     */
    public function losses(): string
    {
        return $this->text($this->library->dc_losses($this->handle));
    }

    /**
     * The line that a losses file has for the payload of the last call, without a line end; empty if it has none.
     *
     * @param int $line the number of the payload's line in its file, counted from 1
     *
     * @throws ContactException if the last call failed, or if there was none
     */
    public function lossesLine(int $line): string
    {
        return $this->text($this->library->dc_losses_line($this->handle, $line));
    }

    /**
     * How many losses of the last call are data, which a person would miss.
     *
     * @throws ContactException if the last call failed, or if there was none
     */
    public function dataCount(): int
    {
        return $this->count($this->library->dc_data_count($this->handle));
    }

    /**
     * How many losses of the last call are notes, which only `restore` needs.
     *
     * @throws ContactException if the last call failed, or if there was none
     */
    public function noteCount(): int
    {
        return $this->count($this->library->dc_note_count($this->handle));
    }

    /**
     * Converts the lines of a file, in order. Until the generator continues with the next line, `losses` and
     * `lossesLine` return the losses of the line that it gave.
     *
     * @param string $file  a path, or any stream that PHP can open, such as `php://stdin`. As in the
     *     command, one carriage return before the line feed does not belong to the payload, nor does a byte order mark
     *     at the start of the file
     * @param ?\Closure(RejectedPayload, string): void $onRejected gets the error and the payload of each rejected line,
     *     and the generator continues with the next line; without it, the error is thrown
     *
     * @return \Generator<int, string> line number from 1 => output
     *
     * @throws RejectedPayload  if there is no `$onRejected`
     * @throws ContactException if the file cannot be read, or is compressed
     */
    public function convertLines(string $file, ?\Closure $onRejected = null): \Generator
    {
        // The loop repeats the body of `convert`, because a method call for each line would cost time.
        [$library, $handle] = [$this->library, $this->handle];
        $line = 0;
        foreach (Lines::batches($file) as $payloads) {
            foreach ($payloads as $payload) {
                $line++;
                $output = $library->dc_convert_text($handle, $payload, \strlen($payload));
                if ($output !== null) {
                    yield $line => $output;
                    continue;
                }
                $why = $this->error($handle)->atLine($line);
                if ($onRejected === null || !$why instanceof RejectedPayload) {
                    throw $why;
                }
                $onRejected($why, $payload);
            }
        }
    }

    /** The version of the library, such as `0.1.0`. */
    public function version(): string
    {
        return $this->text($this->library->dc_version());
    }

    /** A number of losses. The library returns SIZE_MAX, which PHP reads as -1, if there is no result. */
    private function count(int $count): int
    {
        return $count >= 0 ? $count : throw $this->error($this->handle);
    }

    /** Copies a text of the library. */
    private function text(FFI\CData $bytes): string
    {
        if ($bytes->data === null) {
            throw $this->error($this->handle);
        }
        return FFI::string($bytes->data, $bytes->len);
    }

    /** The error of the last call. */
    private function error(FFI\CData $handle): ContactException
    {
        $error = $this->library->dc_last_error($handle);
        if ($error->code->data === null) {
            return new ContactException('no-result', '', 'expected an earlier call of convert or restore, found none');
        }
        [$code, $path, $reason] = array_map(
            static fn (FFI\CData $bytes): string => FFI::string($bytes->data, $bytes->len),
            [$error->code, $error->path, $error->message],
        );
        $class = $error->status === self::REJECTED ? RejectedPayload::class : ContactException::class;
        return new $class($code, $path, $reason, $error->start, $error->end);
    }
}
