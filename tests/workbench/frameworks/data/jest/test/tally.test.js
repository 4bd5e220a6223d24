const { total, share } = require("../src/tally");

describe("total", () => {
  test("adds up", () => {
    console.log("adding up");
    expect(total([100, 250])).toBe(350);
  });
  test("of nothing", () => {
    expect(total([])).toBe(0);
  });
});

test("shares among nobody", () => {
  share(10, 0);
});

test.skip("later", () => {});
