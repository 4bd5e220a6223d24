import assert from "node:assert";
import { describe, it, test } from "node:test";
import { share, total } from "../src/tally.js";

describe("total", () => {
  it("adds up", () => {
    assert.strictEqual(total([100, 250]), 350);
  });
  it("of nothing", () => {
    assert.strictEqual(total([]), 0);
  });
});

test("shares among nobody", () => {
  share(10, 0);
});

test.skip("later", () => {});
