<?php

declare(strict_types=1);

namespace DeskproContact\Tests;

use DeskproContact\Converter;
use DeskproContact\RejectedPayload;
use PHPUnit\Framework\TestCase;

/**
 * The package gives what the command `convert` gives, byte by byte. `cargo test bindings` makes the files, and names
 * their folder in DESKPRO_CONTACT_COMPARED: `payloads`, one per line; `outputs` of `convert --on-error emit`; `losses`.
 */
final class CommandTest extends TestCase
{
    public function testGivesTheOutputsAndLossesOfTheCommand(): void
    {
        $folder = getenv('DESKPRO_CONTACT_COMPARED');
        if ($folder === false) {
            self::markTestSkipped('DESKPRO_CONTACT_COMPARED is not set: run cargo test bindings');
        }
        $payloads = explode("\n", file_get_contents("$folder/payloads"));
        $outputs = explode("\n", file_get_contents("$folder/outputs"));
        self::assertSame(count($payloads), count($outputs));
        $kept = self::losses("$folder/losses");
        array_pop($payloads);
        $converter = new Converter();
        $rejected = $whole = 0;
        foreach ($payloads as $n => $payload) {
            $line = $n + 1;
            try {
                $output = $converter->convert($payload);
                $losses = $converter->lossesLine($line);
                $restored = $converter->restore($output, $converter->losses());
                // An array that PHP leaves empty when it drops a pair is the one thing that is not restored.
                if (!str_contains($losses, '"dropped-pair"')) {
                    self::same($output, $converter->convert($restored), $line);
                    $whole++;
                }
            } catch (RejectedPayload $why) {
                $rejected++;
                $path = $why->path === '' ? [] : ['path' => $why->path];
                $error = ['code' => $why->errorCode] + $path + ['message' => $why->reason];
                $output = json_encode(['error' => $error], JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_LINE_TERMINATORS);
                $losses = null;
            }
            self::same($outputs[$n], $output, $line);
            if ($losses !== null) {
                self::same($kept[$line] ?? '', $losses, $line);
            }
        }
        self::assertGreaterThanOrEqual(50_000, count($payloads));
        self::assertGreaterThan(0, $rejected);
        self::assertGreaterThan(35_000, $whole);
        self::assertGreaterThan(0, count($kept));
    }

    /** An assertion that costs nothing while it holds. */
    private static function same(string $expected, string $found, int $line): void
    {
        if ($expected !== $found) {
            self::assertSame($expected, $found, "line $line");
        }
    }

    /**
     * The lines of a losses file by the numbers of their payloads, without those of rejected payloads.
     *
     * @return array<int, string>
     */
    private static function losses(string $file): array
    {
        $losses = [];
        foreach (explode("\n", file_get_contents($file)) as $line) {
            if (preg_match('/^\{"line":(\d+),"(?!error")/', $line, $found) === 1) {
                $losses[(int) $found[1]] = $line;
            }
        }
        return $losses;
    }
}
