<?php
// Converts v2 bodies to legacy payloads, written from the contract alone: builds an array for `http_build_query`.
// Input: one body per line as tagged lists (see bodies.rs). Output: one line per body, the payload or `rejected`.

require __DIR__ . '/misplaced.php';

const LEGACY_SERVICES = ['aim', 'msn', 'yim', 'icq', 'skype', 'gtalk', 'other'];
const JSON_DEPTH = 128;

// For each v2 type: its fields as v2 => legacy (null: the legacy format has no such field), and the fields of which one
// must not be empty. Types without a legacy type are missing here; their items are left out like rejected ones.
const TYPES = [
    'address' => [['address' => 'address', 'city' => 'city', 'state' => 'state', 'zip' => 'zip', 'country' => 'country'],
        ['address', 'city', 'state', 'zip', 'country']],
    'website' => [['url' => 'url'], ['url']],
    'instant_message' => [['service' => 'service', 'username' => 'username'], ['username']],
    'twitter' => [['username' => 'username', 'display_feed' => null], ['username']],
    'linked_in' => [['url' => 'profile_url'], ['url']],
    'facebook' => [['url' => 'profile_url'], ['url']],
];

// Types that v2 alone has.
const V2_ONLY_TYPES = ['apple', 'trust_pilot', 'instagram'];
// The names of a reply around its body.
const ENVELOPE = ['data', 'meta', 'linked'];

class Rejected extends Exception
{
}

// Throws if the body is invalid.
function check(array $node, int $depth = 1): void
{
    if ($node[0] === 'x' || (in_array($node[0], ['o', 'l']) && $depth > JSON_DEPTH)) {
        throw new Rejected();
    }
    if ($node[0] === 'l') {
        foreach (array_slice($node, 1) as $child) {
            check($child, $depth + 1);
        }
    }
    if ($node[0] === 'o') {
        $seen = [];
        foreach (array_slice($node, 1) as [$name, $child]) {
            if (isset($seen["x$name"])) {
                throw new Rejected();
            }
            $seen["x$name"] = true;
            check($child, $depth + 1);
        }
    }
}

// The members of an object or a list, by name.
function members(array $node): array
{
    $members = [];
    foreach (array_slice($node, 1) as $n => $member) {
        if ($node[0] === 'o') {
            $members[$member[0]] = $member[1];
        } else {
            $members[$n] = $member;
        }
    }
    return $members;
}

function is_nested(array $node): bool
{
    return $node[0] === 'o' || $node[0] === 'l';
}

// A scalar as `http_build_query` writes it; null for null.
function scalar(array $node): ?string
{
    return match ($node[0]) {
        'b' => $node[1] ? '1' : '0',
        'z' => null,
        default => $node[1],
    };
}

// The legacy record of an item, or null.
function record(array $node, ?string $type): ?array
{
    if ($node[0] !== 'o') {
        return null;
    }
    $item = members($node);
    if ($type === null) {
        $node = $item['contact_type'] ?? ['z'];
        $type = $node[0] === 's' ? $node[1] : '';
    }
    if (!isset(TYPES[$type])) {
        return null;
    }
    [$fields, $required] = TYPES[$type];
    foreach ([...array_keys($fields), 'comment'] as $name) {
        if (isset($item[$name]) && is_nested($item[$name])) {
            return null;
        }
    }
    $value = fn (string $name) => scalar($item[$name] ?? ['z']);
    if (array_filter($required, fn ($name) => ($value($name) ?? '') !== '') === []) {
        return null;
    }
    $record = ['type' => $type, 'comment' => $value('comment'), 'data' => []];
    foreach ($fields as $v2 => $legacy) {
        $text = $value($v2);
        if ($legacy === 'service' && ($text ?? '') !== '') {
            $text = in_array(strtolower($text), LEGACY_SERVICES, true) ? strtolower($text) : 'other';
        }
        if ($legacy !== null) {
            $record['data'][$legacy] = $text;
        }
    }
    return $record;
}

function names_type(array $node): bool
{
    return $node[0] === 'o' && isset(members($node)['contact_type']);
}

// Whether a node is a legacy record as JSON.
function is_legacy(array $node): bool
{
    $members = $node[0] === 'o' ? members($node) : [];
    return isset($members['type'], $members['data']) && $members['type'][0] === 's' && is_nested($members['data'])
        && !names_type($node);
}

// The body in the JSON value: the `data` of a reply, or the whole value. Throws if it is neither.
function body(array $read): array
{
    $members = is_nested($read) ? members($read) : throw new Rejected();
    if (array_keys($members) === ['error'] && $members['error'][0] === 'o') {
        $error = members($members['error']);
        $tag = fn (string $name) => $error[$name][0] ?? 'z';
        if (array_diff(array_keys($error), ['id', 'code', 'path', 'message']) === [] && $tag('code') === 's'
            && $tag('message') === 's' && in_array($tag('path'), ['s', 'z'])) {
            throw new Rejected();
        }
    }
    $is_envelope = $read[0] === 'o' && array_diff(array_keys($members), ENVELOPE) === [];
    $body = $is_envelope && isset($members['data']) && is_nested($members['data']) ? $members['data'] : $read;
    if ($body[0] === 'l') {
        $items = members($body);
        if (array_filter($items, fn ($item) => $item[0] === 'o') !== [] && array_filter($items, 'names_type') === []) {
            throw new Rejected();
        }
    }
    return $body;
}

// Whether a field of a body is contact data under another name.
function is_misplaced(string $name, array $node): bool
{
    $rest = rest_of_contact_data($name);
    $holds_contacts = is_nested($node) ? count($node) > 1 : $node[0] === 's' && begins_like_json($node[1]);
    return $rest !== null && ($rest === '' || $rest[0] === '[') && $holds_contacts;
}

// Throws if contact data stands in the wrong place of a body.
function check_names(array $body): void
{
    foreach (members($body) as $name => $node) {
        if ($name === 'contact_data') {
            continue;
        }
        if (is_misplaced((string) $name, $node)) {
            throw new Rejected();
        }
        foreach (is_nested($node) ? members($node) : [] as $inner => $held) {
            if (is_misplaced((string) $inner, $held)) {
                throw new Rejected();
            }
        }
    }
}

// The records of contact data, numbered from 1.
function records(array $contact_data): array
{
    $members = members($contact_data);
    $is_flat = $contact_data[0] === 'l' || array_filter(array_keys($members), 'is_string') === [];
    $records = [];
    foreach ($members as $type => $node) {
        $is_type = isset(TYPES[$type]) || in_array($type, V2_ONLY_TYPES, true);
        if (is_legacy($node) && ($is_flat || !$is_type)) {
            throw new Rejected();
        }
        $items = match (true) {
            $is_flat => [$node],
            is_nested($node) => members($node),
            default => [],
        };
        foreach ($items as $item) {
            $record = record($item, $is_flat ? null : (string) $type);
            if ($record !== null) {
                $records[count($records) + 1] = $record;
            }
        }
    }
    return $records;
}

// Whether PHP reads a written name back unchanged and at the same place. PHP's nesting limit applies.
function is_representable(array $path): bool
{
    $tree = 'x';
    foreach (array_reverse($path) as $name) {
        $tree = [$name => $tree];
    }
    parse_str(http_build_query($tree), $read);
    return $read === $tree && (count($path) > 1 || (string) $path[0] !== 'contact_data');
}

// Another field as a value for `http_build_query`.
function other_field(array $node, array $path): mixed
{
    if (!is_nested($node)) {
        return scalar($node);
    }
    $members = [];
    foreach (members($node) as $name => $child) {
        if (is_representable([...$path, $name])) {
            $members[$name] = other_field($child, [...$path, $name]);
        }
    }
    return $members;
}

function form(array $body): string
{
    check($body);
    $body = body($body);
    if ($body[0] === 'l') {
        return http_build_query(['contact_data' => records($body)]);
    }
    check_names($body);
    $form = [];
    foreach (members($body) as $name => $node) {
        if ($name === 'contact_data') {
            if (!is_nested($node)) {
                throw new Rejected();
            }
            $form[$name] = records($node);
        } elseif (is_representable([$name])) {
            $form[$name] = other_field($node, [$name]);
        }
    }
    parse_str(http_build_query($form), $read);
    if (isset($read['type'], $read['data']) && !isset($read['contact_data'])) {
        unset($form['type'], $form['comment'], $form['data']);
    }
    return http_build_query($form);
}

while (($line = fgets(STDIN)) !== false) {
    try {
        echo form(json_decode(substr($line, 0, -1), true, 4096, JSON_THROW_ON_ERROR)), "\n";
    } catch (Rejected) {
        echo "rejected\n";
    }
}
