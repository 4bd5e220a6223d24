// node bench/editor/reviews.mjs COUNT : random reviews in a real window, against the model. The last line is JSON.
// Needs scripts/vscode.py and scripts/package.py to have run.

import { join } from "node:path";
import { playReviews } from "../../tests/e2e/vscode/random_reviews.mjs";
import { packed, packProvider, ROOT, startVSCode } from "../../tests/e2e/vscode/workbench.mjs";

const count = Number(process.argv[2] ?? 100);
const vscode = await startVSCode({ vsix: [...packed(), packProvider(join(ROOT, "build"))] });
try {
  const results = await playReviews(vscode, count);
  const sum = (part) => results.reduce((total, result) => total + result[part], 0);
  for (const result of results.filter(({ wrong }) => wrong.length > 0)) {
    console.error(JSON.stringify(result));
  }
  console.log(JSON.stringify({
    window_interleavings: results.length,
    window_moves: sum("played"),
    window_lost_characters: sum("lost"),
    window_applied_twice: sum("twice"),
    window_faults: results.filter(({ wrong }) => wrong.length > 0).length,
  }));
} finally {
  await vscode.close();
}
