<?php

declare(strict_types=1);

namespace DeskproContact;

/**
 * A payload cannot be converted or restored. Nothing of it was converted; keep the payload.
 */
final class RejectedPayload extends ContactException
{
}
