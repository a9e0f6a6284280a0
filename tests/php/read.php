<?php
// Reads payloads as the legacy server does. Input: one payload per line. Output: one line per payload with the tree,
// keys and values in hex, and a digest of the trees after each pair. The digest differs between two nesting limits if a
// pair exceeds one of them, even if a later pair hides it.

function dump(array|string $node): string
{
    if (is_string($node)) {
        return '"' . bin2hex($node);
    }
    $out = '(';
    foreach ($node as $key => $child) {
        $out .= bin2hex((string) $key) . dump($child) . ',';
    }
    return $out . ')';
}

function tree(string $payload): array
{
    parse_str($payload, $tree);
    return $tree;
}

while (($line = fgets(STDIN)) !== false) {
    $payload = substr($line, 0, -1);
    $digest = '-';
    if (preg_match_all('/\[|%5b/i', $payload) > 64) {
        $prefix = '';
        $seen = '';
        foreach (explode('&', $payload) as $pair) {
            $prefix .= ($prefix === '' ? '' : '&') . $pair;
            $seen .= dump(tree($prefix)) . "\n";
        }
        $digest = md5($seen);
    }
    echo dump(tree($payload)), ' ', $digest, "\n";
}
