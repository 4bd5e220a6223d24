// From a fresh VS Code to the first reviewed diff: how many clicks, and how many seconds with the set-up.
//
//   node bench/editor/first.mjs      needs scripts/package.py and scripts/vscode.py to have run
//
// No settings, no key, no Python environment of Genie's yet; the repository has an environment with pytest and
// one failing test. The last line is JSON.

import { execFileSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeSimpleRepository, removeRepositories } from "../../tests/e2e/vscode/repository.mjs";
import { packed, ROOT, startVSCode } from "../../tests/e2e/vscode/workbench.mjs";

const { folder } = makeSimpleRepository();
execFileSync(join(ROOT, ".venv/bin/python"), ["-m", "venv", "--without-pip", join(folder, ".venv")]);
const packages = (root) => join(root, ".venv/lib", readdirSync(join(root, ".venv/lib"))[0], "site-packages");
writeFileSync(join(packages(folder), "pytest.pth"), packages(ROOT));
writeFileSync(join(folder, ".git", "info", "exclude"), ".venv\n");

const vscode = await startVSCode({ vsix: packed() });
try {
  const window = await vscode.open(folder);
  const { page } = window;
  page.setDefaultTimeout(180_000);
  const began = Date.now();
  let clicks = 0;
  const click = async (locator) => {
    await locator.click();
    clicks += 1;
  };
  const seconds = () => Math.round((Date.now() - began) / 100) / 10;

  await click(page.locator(".activitybar .action-item", { has: page.locator('[aria-label^="Genie"]') }));
  await click(page.locator(".pane-body a", { hasText: "Solve Task" }));
  const box = page.locator('.quick-input-widget:visible input[placeholder]');
  await box.waitFor();
  await page.keyboard.type("total([100, 250]) is -350");
  await page.keyboard.press("Enter");
  await window.row("Plan", "").first().waitFor();
  const planned = seconds();
  await click(window.toast("Genie: solved").locator(".monaco-button", { hasText: "Review Changes" }));
  await window.proposed("result += amount");
  const reviewed = seconds();
  await window.screenshot("first-diff");
  await page.locator(".codelens-decoration a", { hasText: "Accept" }).first().click();
  await window.line("result += amount").waitFor();
  console.log(JSON.stringify({ first_diff_clicks: clicks, first_plan_seconds: planned, first_diff_seconds: reviewed }));
} catch (error) {
  await vscode.keepEvidence("first");
  throw error;
} finally {
  await vscode.close();
  removeRepositories();
}
