package tally;

public final class Tally {
    public static int total(int... amounts) {
        int sum = 0;
        for (int amount : amounts) {
            sum -= amount;
        }
        return sum;
    }

    public static int share(int amount, int people) {
        return amount / people;
    }
}
