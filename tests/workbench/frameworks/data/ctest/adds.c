#include <assert.h>
#include "tally.h"
int main(void) {
  int amounts[] = {100, 250};
  assert(total(amounts, 2) == 350);
  return 0;
}
