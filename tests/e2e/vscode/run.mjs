// node tests/e2e/vscode/run.mjs [STORY… | --part N/M] : users' stories in the real VS Code with the packaged .vsix,
// all of them, those that are named, or every M-th from the N-th on. Needs scripts/vscode.py and scripts/package.py
// to have run. Screenshots are left in build/screenshots.

import { makeRepository, removeRepositories } from "./repository.mjs";
import { STORIES } from "./stories.mjs";
import { packed, packProvider, PYTHON, startVSCode } from "./workbench.mjs";

const { home, script } = makeRepository();
const vsix = [...packed(), packProvider(home)];
const chosen = storiesOf(process.argv.slice(2));
const settings = { "genie.testCommand": `${PYTHON} -m pytest` };
const vscode = await startVSCode({ vsix, settings, script });
let failed = 0;
try {
  for (const name of chosen) {
    failed += (await passes(name, STORIES[name])) ? 0 : 1;
  }
} finally {
  await vscode.close();
  removeRepositories();
}
process.exitCode = failed ? 1 : 0;

function storiesOf(words) {
  const names = Object.keys(STORIES);
  if (words[0] !== "--part") {
    return words.length ? names.filter((name) => words.includes(name)) : names;
  }
  const [part, parts] = words[1].split("/").map(Number);
  return names.filter((_, place) => place % parts === part - 1);
}

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
