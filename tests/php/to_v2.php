<?php
// Converts legacy payloads to v2 JSON, written from the contract alone. Input: one payload per line. Output: one line
// per payload, the JSON or `rejected`.

require __DIR__ . '/misplaced.php';

const V2_SERVICES = ['whatsapp', 'aim', 'msn', 'icq', 'skype', 'gtalk', 'other'];

// For each legacy type name: the v2 type (null: v2 has none), the fields as legacy => v2 (null: v2 has none), and the
// fields of which one must not be empty.
const TYPES = [
    'address' => ['address', ['address' => 'address', 'city' => 'city', 'state' => 'state', 'zip' => 'zip', 'country' => null],
        ['address', 'city', 'state', 'zip', 'country']],
    'website' => ['website', ['url' => 'url'], ['url']],
    'instant_message' => ['instant_message', ['service' => 'service', 'username' => 'username'], ['username']],
    'im' => ['instant_message', ['service' => 'service', 'username' => 'username'], ['username']],
    'skype' => ['instant_message', ['username' => 'username'], ['username']],
    'phone' => [null, ['country_calling_code' => null, 'number' => null, 'type' => null], []],
    'mobile' => [null, ['country_calling_code' => null, 'number' => null, 'type' => null], []],
    'fax' => [null, ['country_calling_code' => null, 'number' => null, 'type' => null], []],
    'twitter' => ['twitter', ['username' => 'username', 'display_feed' => 'display_feed'], ['username']],
    'linked_in' => ['linked_in', ['profile_url' => 'url'], ['profile_url']],
    'linkedin' => ['linked_in', ['profile_url' => 'url'], ['profile_url']],
    'facebook' => ['facebook', ['profile_url' => 'url'], ['profile_url']],
];

function is_utf8(array|string|int $node): bool
{
    if (!is_array($node)) {
        return preg_match('//u', (string) $node) === 1;
    }
    foreach ($node as $key => $child) {
        if (!is_utf8($key) || !is_utf8($child)) {
            return false;
        }
    }
    return true;
}

// The v2 type and item of a record, or null if v2 gets no item.
function item(mixed $record): ?array
{
    if (!is_array($record) || !is_utf8($record) || !is_string($record['type'] ?? null)) {
        return null;
    }
    $spelled = str_replace('-', '_', strtolower($record['type']));
    if (!isset(TYPES[$spelled]) || !is_array($record['data'] ?? null) || is_array($record['comment'] ?? '')) {
        return null;
    }
    [$type, $fields, $required] = TYPES[$spelled];
    $data = $record['data'];
    foreach ($fields as $legacy => $v2) {
        if (is_array($data[$legacy] ?? '')) {
            return null;
        }
    }
    $present = array_filter($required, fn ($field) => ($data[$field] ?? '') !== '');
    if ($type === null || $present === [] || $present === [4 => 'country']) {
        return null;
    }
    $item = [];
    if ($spelled === 'skype') {
        $item['service'] = 'skype';
    }
    foreach ($fields as $legacy => $v2) {
        if ($v2 !== null) {
            $value = $data[$legacy] ?? '';
            $item[$v2] = match ($v2) {
                'service' => in_array(strtolower($value), V2_SERVICES, true) ? strtolower($value) : 'other',
                'display_feed' => (bool) $value,
                default => $value,
            };
        }
    }
    return [$type, $item];
}

// Whether an array contains a text.
function has_text(array $tree): bool
{
    foreach ($tree as $child) {
        if (!is_array($child) || has_text($child)) {
            return true;
        }
    }
    return false;
}

function body(string $payload): string
{
    // JSON is not a form.
    if (preg_match('/^(\xEF\xBB\xBF)?[ \t\r\n\f]*(\{[ \t\r\n\f]*["}]|\[[ \t\r\n\f]*\{)/', $payload) === 1) {
        return 'rejected';
    }
    parse_str($payload, $tree);
    if (is_misplaced($tree)) {
        return 'rejected';
    }
    $others = $tree;
    $contact_data = $tree['contact_data'] ?? null;
    unset($others['contact_data']);
    if (is_string($contact_data)) {
        return 'rejected';
    }
    $is_single = array_key_exists('type', $tree) && array_key_exists('data', $tree);
    // An array without text does not hide a single record. PHP makes one only from dropped names.
    if ($contact_data !== null && (!$is_single || has_text($contact_data))) {
        $records = $contact_data;
    } elseif ($is_single) {
        $own = ['type' => 0, 'comment' => 0, 'data' => 0];
        $records = [array_intersect_key($tree, $own)];
        $others = array_diff_key($others, $own);
    } else {
        $records = [];
    }
    if (!is_utf8($others)) {
        return 'rejected';
    }
    $contact_data = [];
    foreach ($records as $key => $record) {
        $item = is_utf8($key) ? item($record) : null;
        if ($item !== null) {
            $contact_data[$item[0]][] = $item[1];
        }
    }
    $others['contact_data'] = (object) $contact_data;
    return json_encode(
        $others,
        JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_LINE_TERMINATORS | JSON_THROW_ON_ERROR,
    );
}

// Whether a field that is read as `contact_data` holds contacts.
function holds_contacts(?string $rest, array|string $value): bool
{
    return match (true) {
        $rest === null => false,
        $rest === '' => is_array($value) || begins_like_json($value),
        $rest[0] === '[' => true,
        preg_match('/^_[0-9]+$/D', $rest) === 1 => is_array($value),
        default => preg_match('/^_[0-9]+_(type$|comment$|data)/D', $rest) === 1,
    };
}

// Whether contact data stands in the wrong place.
function is_misplaced(array $tree): bool
{
    $first = (string) array_key_first($tree);
    if (str_starts_with($first, '?') || str_contains($first, '://')) {
        return true;
    }
    $query = strrpos($first, '?');
    if ($query !== false && holds_contacts(rest_of_contact_data(substr($first, $query + 1)), $tree[$first])) {
        return true;
    }
    foreach ($tree as $name => $value) {
        $name = (string) $name;
        if ($name === 'contact_data') {
            continue;
        }
        if (preg_match('/^(amp|#38|#038|#x26);/i', $name) === 1 || holds_contacts(rest_of_contact_data($name), $value)) {
            return true;
        }
        foreach (is_array($value) ? $value : [] as $inner => $held) {
            if (holds_contacts(rest_of_contact_data((string) $inner), $held)) {
                return true;
            }
        }
    }
    return false;
}

while (($line = fgets(STDIN)) !== false) {
    echo body(substr($line, 0, -1)), "\n";
}
