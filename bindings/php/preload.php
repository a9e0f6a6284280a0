<?php

// For `opcache.preload`: loads the classes and the library once, when PHP starts. With `ffi.enable=preload`, which is
// PHP's default, a web server's scripts can then convert, and cannot use FFI themselves.

declare(strict_types=1);

use DeskproContact\Library;

(static function (): void {
    foreach (['ContactException', 'RejectedPayload', 'Library', 'Lines', 'Converter'] as $class) {
        require_once __DIR__ . "/src/$class.php";
    }
    Library::preload();
})();
