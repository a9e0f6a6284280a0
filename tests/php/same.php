<?php
// Prints whether PHP reads two payloads as identical arrays (`same`), as arrays that differ only in empty arrays
// (`empty`), or as different arrays (`differs`). Input: two lines, the original and the restored payload.
// Output: one line.
// With `edits`, a third input line contains an edit of the original's array: `text OLD=NEW` replaces a text in all
// values, and `FIELD OLD=NEW` sets a field of the record whose username contains OLD. If that record has no such field,
// the place of the new field is undefined, and the output is `skipped`.

// Removes arrays without text. PHP makes one only when it drops a name with a cookie prefix; no payload can express it.
function without_empty(array $tree): array
{
    foreach ($tree as $key => $child) {
        if (is_array($child)) {
            $tree[$key] = without_empty($child);
            if ($tree[$key] === []) {
                unset($tree[$key]);
            }
        }
    }
    return $tree;
}

function edit(array &$node, string $field, string $old, string $new): bool
{
    if (is_string($node[$field] ?? null) && is_string($node['username'] ?? null) && str_contains($node['username'], $old)) {
        $node[$field] = $new;
        return true;
    }
    foreach ($node as &$child) {
        if (is_array($child) && edit($child, $field, $old, $new)) {
            return true;
        }
    }
    return false;
}

$has_edits = ($argv[1] ?? '') === 'edits';
while (($original = fgets(STDIN)) !== false) {
    parse_str(substr($original, 0, -1), $before);
    parse_str(substr(fgets(STDIN), 0, -1), $after);
    if ($has_edits) {
        preg_match('/^(\w+) ([^=]+)=(.*)$/', fgets(STDIN), $edit);
        [, $field, $old, $new] = $edit;
        if ($field === 'text') {
            array_walk_recursive($before, function (&$value) use ($old, $new) {
                $value = str_replace($old, $new, $value);
            });
        } elseif (!edit($before, $field, $old, $new)) {
            echo "skipped\n";
            continue;
        }
    }
    echo $before === $after ? 'same' : (without_empty($before) === without_empty($after) ? 'empty' : 'differs'), "\n";
}
