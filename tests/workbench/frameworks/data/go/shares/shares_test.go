package shares

import (
	"testing"

	"example.org/tally/sums"
)

func TestShare(t *testing.T) {
	if got := sums.Share(10, 5); got != 2 {
		t.Errorf("Share = %d, want 2", got)
	}
}

func TestNobody(t *testing.T) {
	sums.Share(10, 0)
}
