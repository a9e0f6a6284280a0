<?php

// Loads the classes of this package without Composer.

declare(strict_types=1);

spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'DeskproContact\\')) {
        $path = __DIR__ . '/src/' . strtr(substr($class, strlen('DeskproContact\\')), '\\', '/') . '.php';
        if (is_file($path)) {
            require $path;
        }
    }
});
