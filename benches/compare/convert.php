<?php
// Converts legacy payloads to v2 JSON with PHP's own functions: parse_str, which the server uses, and json_encode.
// It reads one payload per line, writes one body per line, and does not report losses.

const V2_SERVICES = ['whatsapp' => 1, 'aim' => 1, 'msn' => 1, 'icq' => 1, 'skype' => 1, 'gtalk' => 1, 'other' => 1];
const TYPES = [
    'address' => 'address', 'website' => 'website', 'instant_message' => 'im', 'im' => 'im', 'skype' => 'skype',
    'phone' => 'phone', 'mobile' => 'phone', 'fax' => 'phone', 'twitter' => 'twitter', 'linked_in' => 'linked_in',
    'linkedin' => 'linked_in', 'facebook' => 'facebook',
];
const FLAGS = JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_LINE_TERMINATORS | JSON_THROW_ON_ERROR;

// Adds the item of a record to the output.
function add(array &$items, mixed $record): void
{
    if (!is_array($record) || !is_string($record['type'] ?? null) || !is_array($record['data'] ?? null)) {
        return;
    }
    $data = $record['data'];
    $type = TYPES[$record['type']] ?? TYPES[str_replace('-', '_', strtolower($record['type']))] ?? null;
    switch ($type) {
        case 'address':
            $item = [
                'address' => $data['address'] ?? '',
                'city' => $data['city'] ?? '',
                'state' => $data['state'] ?? '',
                'zip' => $data['zip'] ?? '',
            ];
            if ($item['address'] . $item['city'] . $item['state'] . $item['zip'] !== '') {
                $items['address'][] = $item;
            }
            break;
        case 'website':
            if (($data['url'] ?? '') !== '') {
                $items['website'][] = ['url' => $data['url']];
            }
            break;
        case 'im':
            if (($data['username'] ?? '') !== '') {
                $service = strtolower($data['service'] ?? '');
                $items['instant_message'][] = [
                    'service' => isset(V2_SERVICES[$service]) ? $service : 'other',
                    'username' => $data['username'],
                ];
            }
            break;
        case 'skype':
            if (($data['username'] ?? '') !== '') {
                $items['instant_message'][] = ['service' => 'skype', 'username' => $data['username']];
            }
            break;
        case 'twitter':
            if (($data['username'] ?? '') !== '') {
                $items['twitter'][] = [
                    'username' => $data['username'],
                    'display_feed' => (bool) ($data['display_feed'] ?? false),
                ];
            }
            break;
        case 'linked_in':
        case 'facebook':
            if (($data['profile_url'] ?? '') !== '') {
                $items[$type][] = ['url' => $data['profile_url']];
            }
            break;
    }
}

// Output goes out in blocks: without a buffer, each echo is a system call.
ob_start(null, 1 << 16);
while (($line = fgets(STDIN)) !== false) {
    parse_str(substr($line, 0, -1), $body);
    $records = $body['contact_data'] ?? [];
    unset($body['contact_data']);
    $items = [];
    foreach ($records as $record) {
        add($items, $record);
    }
    $body['contact_data'] = (object) $items;
    echo json_encode($body, FLAGS), "\n";
}
