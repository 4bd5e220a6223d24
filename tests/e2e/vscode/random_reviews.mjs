// Random reviews in a real window: typing, accepts, rejects, undo, redo, taking back, and new proposals, against a
// model of what must be (bench/editor).

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PYTHON, ROOT } from "./workbench.mjs";

/** Five of them; bench/editor plays a hundred. */
export async function reviewAtRandom(vscode) {
  for (const { wrong } of await playReviews(vscode, 5)) {
    assert.deepEqual(wrong, []);
  }
}

/** Plays so many reviews in one window; what came of each, as provider/reviews.js tells it. */
export async function playReviews(vscode, count) {
  const home = mkdtempSync(join(tmpdir(), "genie-reviews-"));
  const folder = join(home, "reviews");
  const script = join(ROOT, "bench", "editor", "scripted.py");
  const reviews = execFileSync(PYTHON, [script, join(vscode.home, "genie"), folder, "--games", String(count)], { maxBuffer: 2 ** 30 });
  const file = join(vscode.home, "reviews.json");
  writeFileSync(file, reviews);
  const window = await vscode.open(folder);
  await window.command("E2E: Play Reviews");
  await window.toast("All reviews are played.").waitFor({ timeout: 300_000 + count * 60_000 });
  const results = JSON.parse(readFileSync(`${file}.played`, "utf8"));
  await window.close();
  rmSync(home, { recursive: true });
  return results;
}
