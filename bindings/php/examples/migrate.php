<?php

/*
 * A migration: posts each person of a file of legacy payloads to the v2 API. Where the old script sent the payload to
 * POST /people, this one converts it first. It writes the losses to a file, as lines for Converter::restore(); the
 * command cannot restore with it. It goes on after a rejected payload, and ends with exit status 1.
 *
 *     php migrate.php payloads.txt https://my-helpdesk.deskpro.com API_KEY losses.txt
 */

declare(strict_types=1);

use DeskproContact\Converter;
use DeskproContact\RejectedPayload;

require $_composer_autoload_path ?? __DIR__ . '/../autoload.php';

/** Posts a body and returns the status of the reply; 0 if there is none. */
function post(string $url, string $key, string $type, string $body): int
{
    $head = ["Authorization: key $key", "Content-Type: $type", 'Connection: close'];
    $options = ['method' => 'POST', 'header' => $head, 'content' => $body, 'ignore_errors' => true];
    $reply = @file_get_contents($url, false, stream_context_create(['http' => $options]));
    return $reply === false ? 0 : (int) explode(' ', $http_response_header[0])[1];
}

if ($argc !== 5) {
    fwrite(STDERR, "usage: php migrate.php FILE HELPDESK API_KEY LOSSES\n");
    exit(2);
}
[, $file, $helpdesk, $key, $losses] = $argv;
// Fails if the file exists: the losses of an earlier run are never overwritten.
$kept = fopen($losses, 'xb') ?: exit(2);
$result = 0;

$rejected = function (RejectedPayload $why) use (&$result): void {
    fwrite(STDERR, $why->getMessage() . "\n");
    $result = 1;
};
$converter = new Converter();
foreach ($converter->convertLines($file, $rejected) as $line => $body) {
    // Before: post("$helpdesk/people", $key, 'application/x-www-form-urlencoded', $payload);
    $status = post("$helpdesk/api/v2/people", $key, 'application/json', $body);

    if ($status !== 201) {
        fwrite(STDERR, "line $line: the server answered $status\n");
        $result = 1;
    }
    $own = $converter->lossesLine($line);
    if ($own !== '' && fwrite($kept, "$own\n") === false) {
        exit(2);
    }
}
exit($result);
