<?php
// Whether PHP reads two payloads as the identical array (`same`), or as one but for arrays that hold nothing (`empty`).
// Two lines in, an original and a restored one; one line out.
// With `edits`, a third line says how the original's array is edited before: `text OLD=NEW` replaces a text in
// whatever value it stands, and `FIELD OLD=NEW` sets a field of the record whose username holds the text OLD. Where
// that record has no such field, what an edit means for the order of fields is not said: `skipped`.

// The array without those in it that hold no text. PHP makes one only where it drops a guarded name; no payload says it.
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
    parse_str(substr($original, 0, -1), $was);
    parse_str(substr(fgets(STDIN), 0, -1), $is);
    if ($has_edits) {
        preg_match('/^(\w+) ([^=]+)=(.*)$/', fgets(STDIN), $edit);
        [, $field, $old, $new] = $edit;
        if ($field === 'text') {
            array_walk_recursive($was, function (&$value) use ($old, $new) {
                $value = str_replace($old, $new, $value);
            });
        } elseif (!edit($was, $field, $old, $new)) {
            echo "skipped\n";
            continue;
        }
    }
    echo $was === $is ? 'same' : (without_empty($was) === without_empty($is) ? 'empty' : 'differs'), "\n";
}
