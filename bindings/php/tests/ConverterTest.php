<?php

declare(strict_types=1);

namespace DeskproContact\Tests;

use DeskproContact\ContactException;
use DeskproContact\Converter;
use DeskproContact\Library;
use DeskproContact\RejectedPayload;
use PHPUnit\Framework\TestCase;

final class ConverterTest extends TestCase
{
    private const PAYLOAD = 'type=website&comment=home&data[url]=example.com';
    private const BODY = '{"contact_data":{"website":[{"url":"example.com"}]}}';

    public function testConvertsAndRestores(): void
    {
        $converter = new Converter();
        $body = $converter->convert(self::PAYLOAD);
        self::assertSame(self::BODY, $body);
        self::assertSame([1, 2], [$converter->dataCount(), $converter->noteCount()]);
        $losses = $converter->losses();
        $comment = ['code' => 'comment', 'severity' => 'data', 'path' => 'comment', 'value' => 'home'];
        self::assertSame($comment, json_decode($losses, true)['losses'][0]);
        self::assertSame('{"line":17,' . substr($losses, 1), $converter->lossesLine(17));

        self::assertSame('type=website&comment=home&data%5Burl%5D=example.com', $converter->restore($body, $losses));
        self::assertSame('', $converter->losses());
        self::assertSame('type=website&comment=home&data%5Burl%5D=example.com', $converter->restore($body, '{"line":17,' . substr($losses, 1)));
    }

    public function testConvertsToFormsAndBack(): void
    {
        $converter = new Converter(['to' => 'form']);
        $body = '{"contact_data":{"facebook":[{"url":"x"}],"apple":[{"username":"y"}]}}';
        $form = $converter->convert($body);
        self::assertSame('contact_data%5B1%5D%5Btype%5D=facebook&contact_data%5B1%5D%5Bdata%5D%5Bprofile_url%5D=x', $form);
        self::assertSame($body, $converter->restore($form, $converter->losses()));
    }

    public function testTakesOptionsOfEachType(): void
    {
        $payload = 'id=7&person[contact_data][]=phone&name=Ann&' . self::PAYLOAD;
        $options = ['allow-field' => ['person[contact_data]', 'other'], 'only-contact-data' => true];
        $converter = new Converter($options + ['id-field' => 'id', 'max-payload' => 200, 'strict' => false]);
        self::assertSame('{"id":"7",' . substr(self::BODY, 1), $converter->convert($payload));
        self::assertStringStartsWith('{"line":1,"id":"7","output":', $converter->lossesLine(1));
        // With an id field, each payload has a line.
        $converter->convert('id=8');
        self::assertSame('', $converter->losses());
        self::assertMatchesRegularExpression('/^\{"line":2,"id":"8","output":"[0-9a-f]+"\}$/D', $converter->lossesLine(2));
    }

    public function testAnyBytesAreTaken(): void
    {
        $converter = new Converter();
        self::assertSame('{"contact_data":{}}', $converter->convert(''));
        self::assertSame('', $converter->losses());
        self::assertSame('{"a":"1","contact_data":{}}', $converter->convert("a=1\0b=2"));
        self::assertStringContainsString('{"code":"after-nul","severity":"data","value":"b=2"}', $converter->losses());
        self::assertSame('{"a":"\u0000","contact_data":{}}', $converter->convert('a=%00'));
        self::assertSame('a=%00', $converter->restore('{"a":"\u0000","contact_data":{}}', ''));
        $latin = new Converter(['encoding' => 'windows-1252']);
        self::assertSame('{"name":"René","contact_data":{}}', $latin->convert("name=Ren\xE9"));
        self::assertSame("name=Ren%E9", $latin->restore('{"name":"René","contact_data":{}}', $latin->losses()));
    }

    public function testTheExtendedProfileWritesPhones(): void
    {
        $payload = 'email=ann%40example.com&contact_data%5B1%5D%5Btype%5D=phone&contact_data%5B1%5D%5Bcomment%5D=home'
            . '&contact_data%5B1%5D%5Bdata%5D%5Bnumber%5D=020+7946+0018';
        $converter = new Converter(['profile' => 'extended', 'region' => 'GB', 'id-field' => 'email']);
        $output = $converter->convert($payload);
        self::assertSame(
            '{"primary_email":"ann@example.com","phone_numbers":[{"number":"+442079460018","label":"home"}],'
                . '"contact_data":{}}',
            $output,
        );
        self::assertSame(0, $converter->dataCount());
        self::assertSame($payload, $converter->restore($output, $converter->losses()));
        $withoutRegion = new Converter(['profile' => 'extended']);
        self::assertSame(
            '{"primary_email":"ann@example.com","contact_data":{}}',
            $withoutRegion->convert($payload),
        );
        self::assertStringContainsString('"reason":"no-code"', $withoutRegion->losses());
    }

    public function testLongPayloadsAreWhole(): void
    {
        $long = str_repeat('0123456789abcdef', 1 << 17);
        $converter = new Converter();
        self::assertSame('{"a":"' . $long . '","contact_data":{}}', $converter->convert("a=$long"));
        self::assertSame("a=$long", $converter->restore('{"a":"' . $long . '","contact_data":{}}', ''));
    }

    /** @dataProvider rejectedPayloads */
    public function testRejectsPayloads(string $payload, string $code, string $path, string $reason, int $start, int $end): void
    {
        $converter = new Converter(['strict' => true, 'max-payload' => 64]);
        try {
            $converter->convert($payload);
            self::fail('not rejected');
        } catch (RejectedPayload $why) {
            $found = [$why->errorCode, $why->path, $why->reason, $why->start, $why->end, $why->payloadLine];
            self::assertSame([$code, $path, $reason, $start, $end, null], $found);
            self::assertSame($path === '' ? $reason : "$path: $reason", $why->getMessage());
        }
        foreach (['losses', 'dataCount', 'noteCount'] as $method) {
            try {
                $converter->$method();
                self::fail("$method of nothing");
            } catch (ContactException $why) {
                self::assertSame($code, $why->errorCode);
            }
        }
        // The converter works on.
        self::assertSame(self::BODY, $converter->convert(self::PAYLOAD));
    }

    /** @return array<string, array{string, string, string, string, int, int}> */
    public static function rejectedPayloads(): array
    {
        $encoding = 'expected UTF-8 (for another encoding, use --encoding), found "Ren%E9"';
        return [
            'no records' => ['a=1&contact_data=x', 'contact-data-not-array', 'contact_data', 'expected an array of records, found "x"', 4, 18],
            'not UTF-8' => ["name=Ren\xE9", 'not-utf8', 'name', $encoding, 0, 9],
            'too long' => [str_repeat('a', 65), 'too-long', '', 'expected at most 64 bytes, found 65 bytes', 0, 65],
        ];
    }

    public function testRejectsLossesOfOthers(): void
    {
        $converter = new Converter();
        $converter->convert(self::PAYLOAD);
        $losses = $converter->losses();
        foreach (['{"contact_data":{}}' => 'other-payload', 'a' => 'not-json', '' => 'not-json'] as $body => $code) {
            try {
                $converter->restore($body, $losses);
                self::fail('not rejected');
            } catch (RejectedPayload $why) {
                self::assertSame($code, $why->errorCode);
            }
        }
        $this->expectException(RejectedPayload::class);
        $this->expectExceptionMessage('expected');
        $converter->restore(self::BODY, '{"nothing":1}');
    }

    /** @dataProvider wrongOptions */
    public function testRefusesWrongOptions(array $options, string $code, string $path, string $message): void
    {
        try {
            new Converter($options);
            self::fail('not refused');
        } catch (ContactException $why) {
            self::assertNotInstanceOf(RejectedPayload::class, $why);
            self::assertSame([$code, $path], [$why->errorCode, $why->path]);
            self::assertStringContainsString($message, $why->getMessage());
        }
    }

    /** @return list<array{array<mixed>, string, string, string}> */
    public static function wrongOptions(): array
    {
        return [
            [['stricter' => true], 'unknown-option', '', 'expected one of from, to, '],
            [['' => true], 'unknown-option', '', 'found ""'],
            [['strict'], 'unknown-option', '', 'found "0"'],
            [['strict' => 'yes'], 'option-value', 'strict', 'strict: expected true or false, found "yes"'],
            [["strict\0" => true], 'unknown-option', '', 'found "strict\u{0}"'],
            [['max-payload' => -1], 'option-value', 'max-payload', 'expected a number of bytes'],
            [['encoding' => 'utf-16'], 'option-value', 'encoding', 'found "utf-16"'],
            [['profile' => 'full'], 'option-value', 'profile', 'expected documented, extended, found "full"'],
            [['region' => 'XX'], 'option-value', 'region', 'found "XX"'],
            [['id-field' => "\xFF"], 'option-value', 'id-field', 'expected a text in UTF-8'],
        ];
    }

    public function testAllOptionsAreDescribed(): void
    {
        $package = dirname(__DIR__);
        $pages = ["$package/README.md", "$package/src/Converter.php", "$package/../../docs/bindings.md"];
        try {
            new Converter(['' => true]);
            self::fail('not refused');
        } catch (ContactException $why) {
            self::assertSame(1, preg_match('/^expected one of (.*), found ""$/D', $why->reason, $found));
        }
        foreach (explode(', ', $found[1]) as $name) {
            foreach ($pages as $page) {
                self::assertStringContainsString("`$name`", file_get_contents($page), "$page, $name");
            }
        }
    }

    public function testHasNoResultBeforeTheFirstCall(): void
    {
        $converter = new Converter();
        foreach (['losses', 'dataCount', 'noteCount'] as $method) {
            try {
                $converter->$method();
                self::fail("$method of nothing");
            } catch (ContactException $why) {
                self::assertSame('expected an earlier call of convert or restore, found none', $why->getMessage());
            }
        }
    }

    public function testConvertersAreIndependent(): void
    {
        $one = new Converter();
        $other = new Converter(['to' => 'form']);
        $one->convert(self::PAYLOAD);
        $losses = $one->losses();
        $other->convert('{}');
        unset($other);
        self::assertSame($losses, $one->losses());
    }

    public function testCannotBeCopiedOrStored(): void
    {
        $converter = new Converter();
        $ways = ['private' => fn () => clone $converter, 'Serialization' => fn () => serialize($converter)];
        foreach ($ways as $word => $copy) {
            try {
                $copy();
                self::fail('copied');
            } catch (\Error | \Exception $why) {
                self::assertStringContainsString($word, $why->getMessage());
            }
        }
    }

    public function testFindsTheLibrary(): void
    {
        $path = Library::path();
        self::assertSame('0.1.0', (new Converter([], $path))->version());
        $before = getenv(Library::VARIABLE);
        putenv(Library::VARIABLE);
        try {
            self::assertStringEndsWith('/lib/libdeskpro_contact_capi.so', Library::path());
        } finally {
            putenv(Library::VARIABLE . "=$before");
        }
        foreach (['/nowhere/lib.so' => 'library-not-found', __FILE__ => 'library-not-loaded'] as $wrong => $code) {
            try {
                new Converter([], $wrong);
                self::fail('loaded');
            } catch (ContactException $why) {
                self::assertSame($code, $why->errorCode);
                self::assertStringContainsString($wrong, $why->getMessage());
            }
        }
    }

    public function testDeclaresWhatTheHeaderDeclares(): void
    {
        $header = file_get_contents(__DIR__ . '/../../../crates/deskpro-contact-capi/include/deskpro_contact.h');
        self::assertStringContainsString('#define DC_ABI_VERSION ' . Library::ABI_VERSION . "\n", $header);
        $text = preg_replace(['~/\*.*?\*/~s', '~^#ifdef __cplusplus\n.*?^#endif[^\n]*\n~ms', '~^#.*~m'], '', $header);
        self::assertSame(trim(preg_replace('~\n\s*\n+~', "\n", $text)), trim(Library::DECLARATIONS));
    }

    public function testKeepsNoMemory(): void
    {
        $converter = new Converter();
        $use = static function () use ($converter): void {
            for ($n = 0; $n < 1000; $n++) {
                $converter->restore($converter->convert(self::PAYLOAD), $converter->losses());
                try {
                    (new Converter())->convert('contact_data=x');
                } catch (RejectedPayload) {
                }
            }
        };
        $use();
        gc_collect_cycles();
        $before = memory_get_usage();
        $use();
        gc_collect_cycles();
        self::assertLessThanOrEqual($before, memory_get_usage());
    }
}
