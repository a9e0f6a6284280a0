<?php
// Converts legacy payloads to v2 JSON by starting the command once for each. The argument is the path of the command.

ob_start(null, 1 << 16);
while (($line = fgets(STDIN)) !== false) {
    $streams = [['pipe', 'r'], ['pipe', 'w']];
    $process = proc_open([$argv[1], '--from', 'form', '--lossy', '-q', '-j1'], $streams, $pipes);
    fwrite($pipes[0], $line);
    fclose($pipes[0]);
    echo stream_get_contents($pipes[1]);
    fclose($pipes[1]);
    proc_close($process);
}
