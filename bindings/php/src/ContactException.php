<?php

declare(strict_types=1);

namespace DeskproContact;

/**
 * An error of the library: a payload that is rejected, an option that does not exist, a library that is not found.
 */
class ContactException extends \RuntimeException
{
    /**
     * @param string $errorCode such as `contact-data-not-array`; all codes: `convert --explain`
     * @param string $path      of the wrong value, such as `contact_data[2][type]`; of a wrong option its name; empty if
     *                          the whole payload is wrong
     * @param string $reason    the message without the path: `expected X, found Y`
     * @param int    $start     where the wrong part of the payload begins, in bytes from 0
     * @param int    $end       where it ends; this byte is not part of it
     * @param ?int   $payloadLine the line of the payload in its file, from 1; null outside of a file
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
