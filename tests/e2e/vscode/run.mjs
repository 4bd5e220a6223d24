// node tests/e2e/vscode/run.mjs [STORY…] : users' stories in the real VS Code with the packaged .vsix.
// Needs scripts/vscode.py and scripts/package.py to have run. Screenshots are left in build/screenshots.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { makeRepository, removeRepositories } from "./repository.mjs";
import { STORIES } from "./stories.mjs";
import { packProvider, ROOT, startVSCode } from "./workbench.mjs";

const build = join(ROOT, "build");
packProvider();
const vsix = readdirSync(build).filter((name) => name.endsWith(".vsix")).map((name) => join(build, name));
const chosen = process.argv.slice(2);
// VS Code takes PATH from the user's shell, where nothing of ours is: the tests' Python must be named.
const settings = { "genie.testCommand": `${process.env.GENIE_E2E_PYTHON ?? "python3"} -m pytest` };
const { script } = makeRepository();
const vscode = await startVSCode({ vsix, settings, script });
let failed = 0;
try {
  for (const [name, story] of Object.entries(STORIES)) {
    if (chosen.length === 0 || chosen.includes(name)) {
      failed += (await passes(name, story)) ? 0 : 1;
    }
  }
} finally {
  await vscode.close();
  removeRepositories();
}
process.exitCode = failed ? 1 : 0;

async function passes(name, story) {
  const started = Date.now();
  try {
    await story(vscode);
    console.log(`passed  ${name}  ${Math.round((Date.now() - started) / 1000)} s`);
    return true;
  } catch (error) {
    console.log(`FAILED  ${name}`);
    console.log(error);
    await vscode.keepEvidence(name);
    return false;
  }
}
