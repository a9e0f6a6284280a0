<?php
// Whether PHP reads two payloads as the identical array. Two lines in, an original and a restored one; one line out.
// With `edits`, a third line says how the original's array is edited before: `text OLD=NEW` replaces a text in
// whatever value it stands, and `FIELD OLD=NEW` sets a field of the record whose username holds the text OLD. Where
// that record has no such field, what an edit means for the order of fields is not said: `skipped`.

function holds_empty_array(array $tree): bool
{
    foreach ($tree as $child) {
        if (is_array($child) && ($child === [] || holds_empty_array($child))) {
            return true;
        }
    }
    return false;
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
    // PHP makes an empty array only where it drops a guarded name; no payload says one.
    echo $was === $is ? 'same' : (holds_empty_array($was) ? 'empty' : 'differs'), "\n";
}
