<?php
// Converts legacy payloads to v2 JSON with the package bindings/php. It reads one payload per line from standard input.
// With the argument `losses`, it also reads the losses of each payload, and writes them to /dev/null.

require __DIR__ . '/../../bindings/php/autoload.php';

$losses = ($argv[1] ?? '') === 'losses' ? fopen('/dev/null', 'wb') : null;
$kept = '';
ob_start(null, 1 << 16);
$converter = new DeskproContact\Converter();
foreach ($converter->convertLines('php://stdin') as $line => $body) {
    echo $body, "\n";
    if ($losses !== null) {
        $kept .= $converter->lossesLine($line) . "\n";
        if (strlen($kept) > 1 << 16) {
            fwrite($losses, $kept);
            $kept = '';
        }
    }
}
