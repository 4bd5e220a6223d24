package sums

import "testing"

func TestTotal(t *testing.T) {
	t.Logf("adding up")
	if got := Total([]int{100, 250}); got != 350 {
		t.Errorf("Total = %d, want 350", got)
	}
}

func TestNothing(t *testing.T) {
	if got := Total(nil); got != 0 {
		t.Errorf("Total = %d, want 0", got)
	}
}

func TestTable(t *testing.T) {
	for name, want := range map[string]int{"one": 1} {
		t.Run(name, func(t *testing.T) {
			if got := Total([]int{want}); got != want {
				t.Fatalf("Total = %d, want %d", got, want)
			}
		})
	}
}

func TestLater(t *testing.T) {
	t.Skip("not today")
}
