<?php

// For `opcache.preload`: loads the classes once, when PHP starts. With `ffi.enable=preload`, which is PHP's default,
// only preloaded code can use FFI, so the scripts of a web server can then convert, and still cannot use FFI
// themselves.

declare(strict_types=1);

foreach (['ContactException', 'RejectedPayload', 'Library', 'Lines', 'Converter'] as $class) {
    require_once __DIR__ . "/src/$class.php";
}
