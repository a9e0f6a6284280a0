<?php
// Converts v2 bodies to legacy payloads with PHP's own functions: json_decode and http_build_query.
// It reads one body per line, writes one payload per line, and does not report losses.

const LEGACY_SERVICES = ['' => 1, 'aim' => 1, 'msn' => 1, 'yim' => 1, 'icq' => 1, 'skype' => 1, 'gtalk' => 1, 'other' => 1];

// The `data` of the legacy record of an item, or null if the item is not written.
function data(string $type, array $item): ?array
{
    switch ($type) {
        case 'address':
            $data = [
                'address' => $item['address'] ?? null,
                'city' => $item['city'] ?? null,
                'state' => $item['state'] ?? null,
                'zip' => $item['zip'] ?? null,
                'country' => $item['country'] ?? null,
            ];
            return implode('', $data) === '' ? null : $data;
        case 'website':
            return ($item['url'] ?? '') === '' ? null : ['url' => $item['url']];
        case 'instant_message':
            if (($item['username'] ?? '') === '') {
                return null;
            }
            $service = strtolower($item['service'] ?? '');
            return [
                'service' => isset(LEGACY_SERVICES[$service]) ? $service : 'other',
                'username' => $item['username'],
            ];
        case 'twitter':
            return ($item['username'] ?? '') === '' ? null : ['username' => $item['username']];
        case 'linked_in':
        case 'facebook':
            return ($item['url'] ?? '') === '' ? null : ['profile_url' => $item['url']];
        default:
            return null;
    }
}

ob_start(null, 1 << 16);
while (($line = fgets(STDIN)) !== false) {
    $body = json_decode($line, true, 512, JSON_THROW_ON_ERROR);
    $records = [];
    foreach ($body['contact_data'] ?? [] as $type => $items) {
        foreach ($items as $item) {
            $data = data($type, $item);
            if ($data !== null) {
                $records[count($records) + 1] = ['type' => $type, 'comment' => $item['comment'] ?? null, 'data' => $data];
            }
        }
    }
    $body['contact_data'] = $records;
    echo http_build_query($body), "\n";
}
