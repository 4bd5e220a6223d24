package tally;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;

class TallyTest {
    @Test
    void addsUp() {
        assertEquals(350, Tally.total(100, 250), "the sum is wrong");
    }

    @Test
    void nothing() {
        assertEquals(0, Tally.total());
    }

    @Test
    void nobody() {
        Tally.share(10, 0);
    }

    @Disabled("not today")
    @Test
    void later() {}
}
