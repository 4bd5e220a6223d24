<?php
require_once __DIR__ . '/../src/Tally.php';

use PHPUnit\Framework\TestCase;

final class TallyTest extends TestCase
{
    public function testAddsUp(): void
    {
        $this->assertSame(350, Tally::total([100, 250]), 'the sum is wrong');
    }

    public function testNothing(): void
    {
        $this->assertSame(0, Tally::total([]));
    }

    public function testNobody(): void
    {
        Tally::share(10, 0);
    }

    /** @dataProvider some */
    public function testEach(int $amount): void
    {
        $this->assertSame(2, Tally::share($amount, 5));
    }

    public static function some(): array
    {
        return ['ten' => [10], 'eleven' => [20]];
    }

    public function testLater(): void
    {
        $this->markTestSkipped('not today');
    }
}
