<?php

declare(strict_types=1);

namespace DeskproContact;

/**
 * An error, for example: the payload is rejected, an option does not exist, a file cannot be read.
 */
class ContactException extends \RuntimeException
{
    /**
     * @param string $errorCode such as `contact-data-not-array`; `convert --explain CODE` explains the codes of
     *                          rejected payloads
     * @param string $path      the path of the wrong value, such as `contact_data[2][type]`, or the name of an
     *                          option with a wrong value; empty if the whole payload is wrong
     * @param string $reason    the message without path and line, `expected X, found Y`; `getMessage()` has them
     * @param int    $start     the position of the first byte of the wrong part of the payload, in bytes from 0; with
     *                          `from=json`, `$start` and `$end` are 0 if the JSON could be read
     * @param int    $end       the position after the last byte of the wrong part
     * @param ?int   $payloadLine the number of the payload's line in its file, from 1; null without a file
     */
    public function __construct(
        public readonly string $errorCode,
        public readonly string $path,
        public readonly string $reason,
        public readonly int $start = 0,
        public readonly int $end = 0,
        public readonly ?int $payloadLine = null,
    ) {
        $place = implode(', ', array_filter([$payloadLine === null ? '' : "line $payloadLine", $path], strlen(...)));
        parent::__construct($place === '' ? $reason : "$place: $reason");
    }

    /** The same error with the line of its payload. */
    public function atLine(int $line): static
    {
        return new static($this->errorCode, $this->path, $this->reason, $this->start, $this->end, $line);
    }
}
