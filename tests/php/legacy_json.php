<?php
// With `decode`: prints the form of each line of JSON, as a client of the legacy API sends it.
// With `encode`: reads each payload as the legacy server does, and prints its tree as JSON, a tab, and as a form.
// Prints an empty line for a tree that is not UTF-8.

$is_decoding = $argv[1] === 'decode';
while (($line = fgets(STDIN)) !== false) {
    $line = substr($line, 0, -1);
    if ($is_decoding) {
        echo http_build_query(json_decode($line, true, 512, JSON_THROW_ON_ERROR)), "\n";
        continue;
    }
    parse_str($line, $tree);
    $json = json_encode((object) $tree);
    echo $json === false ? '' : $json . "\t" . http_build_query($tree), "\n";
}
