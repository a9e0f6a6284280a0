<?php

declare(strict_types=1);

namespace DeskproContact\Tests;

use DeskproContact\ContactException;
use DeskproContact\Converter;
use DeskproContact\RejectedPayload;
use PHPUnit\Framework\TestCase;

final class LinesTest extends TestCase
{
    private string $file;

    protected function setUp(): void
    {
        $this->file = tempnam(sys_get_temp_dir(), 'lines');
    }

    protected function tearDown(): void
    {
        unlink($this->file);
    }

    /**
     * @dataProvider files
     *
     * @param list<string> $names
     */
    public function testSplitsLinesAsTheCommandDoes(string $text, array $names): void
    {
        file_put_contents($this->file, $text);
        $expected = [];
        foreach ($names as $n => $name) {
            $own = $name === '' ? '' : '"name":' . json_encode($name, JSON_UNESCAPED_UNICODE) . ',';
            $expected[$n + 1] = '{' . $own . '"contact_data":{}}';
        }
        self::assertSame($expected, iterator_to_array((new Converter())->convertLines($this->file)));
    }

    /** @return array<string, array{string, list<string>}> */
    public static function files(): array
    {
        $long = str_repeat('x', 1 << 16);
        return [
            'no byte' => ['', []],
            'an end' => ["name=a\nname=b\n", ['a', 'b']],
            'no end' => ["name=a\nname=b", ['a', 'b']],
            'an empty line' => ["\nname=a\n\n", ['', 'a', '']],
            'carriage returns' => ["name=a\r\nname=b\r\r\nname=c\r", ['a', "b\r", "c\r"]],
            'a byte order mark' => ["\xEF\xBB\xBFname=a\nname=\xEF\xBB\xBF", ['a', "\xEF\xBB\xBF"]],
            'only a byte order mark' => ["\xEF\xBB\xBF", []],
            'a byte order mark before an empty line' => ["\xEF\xBB\xBF\n", ['']],
            'lines longer than a read' => ["name=$long$long\nname=a\nname=$long", [$long . $long, 'a', $long]],
            'an end between two reads' => ['name=' . substr($long, 6) . "\r\nname=a\n", [substr($long, 6), 'a']],
        ];
    }

    public function testReadsStreams(): void
    {
        $stream = 'data://text/plain,name=a%0Aname=b';
        self::assertCount(2, iterator_to_array((new Converter())->convertLines($stream)));
    }

    public function testHasTheLossesOfEachLine(): void
    {
        file_put_contents($this->file, "name=a\ntype=website&comment=b&data[url]=c\nname=d");
        $converter = new Converter();
        $lines = [];
        foreach ($converter->convertLines($this->file) as $line => $body) {
            $lines[] = $converter->lossesLine($line);
        }
        self::assertSame(['', ''], [$lines[0], $lines[2]]);
        self::assertStringStartsWith('{"line":2,"output":', $lines[1]);
    }

    public function testReportsRejectedLines(): void
    {
        file_put_contents($this->file, "name=a\ncontact_data=x\nname=b\n");
        $seen = [];
        $rejected = function (RejectedPayload $why, string $payload) use (&$seen): void {
            $seen[] = [$why->payloadLine, $why->errorCode, $why->getMessage(), $payload];
        };
        $lines = iterator_to_array((new Converter())->convertLines($this->file, $rejected));
        self::assertSame([1, 3], array_keys($lines));
        $message = 'line 2, contact_data: expected an array of records, found "x"';
        self::assertSame([[2, 'contact-data-not-array', $message, 'contact_data=x']], $seen);
        // Without the function nothing is passed over.
        $this->expectException(RejectedPayload::class);
        $this->expectExceptionMessage($message);
        iterator_to_array((new Converter())->convertLines($this->file));
    }

    /** @dataProvider wrongFiles */
    public function testRefusesWrongFiles(?string $content, string $path, string $code, string $message): void
    {
        if ($content !== null) {
            file_put_contents($path = $this->file, $content);
        }
        // Frameworks set a handler like this one.
        set_error_handler(static fn () => true);
        try {
            iterator_to_array((new Converter())->convertLines($path));
            self::fail('read');
        } catch (ContactException $why) {
            self::assertSame($code, $why->errorCode);
            self::assertStringContainsString($message, $why->getMessage());
        } finally {
            restore_error_handler();
        }
    }

    /** @return array<string, array{?string, string, string, string}> */
    public static function wrongFiles(): array
    {
        return [
            'no file' => [null, '/nowhere/payloads', 'file-not-read', 'No such file'],
            'a folder' => [null, __DIR__, 'file-not-read', 'directory'],
            'gzip' => ["\x1F\x8B\x08", '', 'compressed', 'gzip -dc '],
            'zstd' => ["\x28\xB5\x2F\xFD\n", '', 'compressed', 'zstd -dc '],
        ];
    }
}
