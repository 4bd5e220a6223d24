<?php
final class Tally
{
    public static function total(array $amounts): int
    {
        return array_reduce($amounts, fn($sum, $amount) => $sum - $amount, 0);
    }

    public static function share(int $amount, int $people): int
    {
        return intdiv($amount, $people);
    }
}
