<?php
// Names that are read as `contact_data`, for the scripts that convert forms and bodies.

// A name from its first visible character on. A space is one: PHP drops those at the start of a name itself.
function visible(string $name): string
{
    $invisible = '\p{Cc}\x{AD}\x{34F}\x{61C}\x{115F}\x{1160}\x{17B4}\x{17B5}\x{180E}\x{200B}-\x{200F}\x{202A}-\x{202E}'
        . '\x{2060}-\x{206F}\x{2800}\x{3164}\x{FEFF}\x{FFA0}\x{FFF9}-\x{FFFB}\x{1BCA0}-\x{1BCA3}\x{1D173}-\x{1D17A}'
        . '\x{E0001}\x{E0020}-\x{E007F}';
    // A name that is not UTF-8 rejects the payload anyway.
    return preg_replace("/^(?:(?! )[\\p{Z}$invisible])+/u", '', $name) ?? $name;
}

// Whether a name is read as `contact_data` if invisible characters before it, a second encoding, case and separators do
// not count. Returns the rest of the name, or null.
function rest_of_contact_data(string $name): ?string
{
    $name = strtr(strtolower(visible(rawurldecode(visible($name)))), '.-+ ', '____');
    return preg_match('/^contact_?data(.*)$/sD', $name, $found) === 1 ? $found[1] : null;
}

// Whether a text begins like JSON, decoded or not.
function begins_like_json(string $text): bool
{
    return preg_match('/^[ \t\r\n\f]*(\{|\[|%7b|%5b)/i', $text) === 1;
}
