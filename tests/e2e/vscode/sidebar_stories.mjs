// What users do in the sidebar: the plan set in order by hand; runs kept and removed.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeRepository } from "./repository.mjs";
import { chooseModel, until } from "./window.mjs";

/** Steps are ticked, moved by mouse and keys, reworded and deleted; what was written under one opens from it. */
export async function arrangeThePlan(vscode) {
  const { folder, script } = makeRepository();
  const window = await vscode.open(folder);
  await chooseModel(window, "Another model", `scripted:${script}`);
  await window.command("Genie: Solve Task");
  await window.enter("Amounts come out wrong");
  await window.toast("Who gets the cents").waitFor();
  const { keyboard } = window.page;
  const plan = (...texts) => until(async () => assert.deepEqual(await steps(window), texts));
  const [find, mend, share, tidy] = ["Find the", "Mend total", "Share out", "Tidy up"];
  await plan(find, mend, share, tidy);

  const box = window.row("Plan", tidy).locator(".custom-view-tree-node-item-checkbox");
  await box.click();
  await window.row("Plan", tidy).locator(".codicon-pass-filled").waitFor();
  await box.click();
  await window.row("Plan", tidy).locator(".codicon-circle-large-outline").waitFor();
  await window.row("Plan", tidy).dragTo(window.row("Plan", mend));
  await plan(find, tidy, mend, share);
  await window.row("Plan", mend).click();
  await window.row("Plan", share).click({ modifiers: ["Control"] });
  await keyboard.press("Alt+ArrowUp");
  await plan(find, mend, share, tidy);
  await window.row("Plan", tidy).click();
  await keyboard.press("ArrowUp");
  await keyboard.press("Space");
  await window.row("Plan", share).locator(".codicon-pass-filled").waitFor();
  await keyboard.press("ArrowDown");
  await keyboard.press("F2");
  await window.enter("Tidy up a bit");
  await window.row("Plan", "Tidy up a bit").waitFor();
  await window.screenshot("22-plan-arranged");
  await window.row("Plan", tidy).click();
  await keyboard.press("Delete");
  await plan(find, mend, share);

  await window.row("Plan", share).click();
  await window.toast("Who gets the cents").locator(".monaco-button", { hasText: "Answer" }).click();
  await window.pick("The first ones");
  await window.status("Genie: solved, 3 to review").waitFor();
  await plan(find, mend, share);
  assert.match(await window.row("Plan", share).getAttribute("class"), /\bselected\b/);
  await window.row("Plan", mend).locator(".monaco-tl-twistie").click();
  await window.row("Plan", "ledger.py").click();
  await window.tab("ledger.py").waitFor();
  await window.status("Ln 8").waitFor();
  await window.row("Plan", find).locator(".custom-view-tree-node-item-checkbox").click();
  await window.row("Plan", find).locator(".codicon-circle-large-outline").waitFor();
  await window.screenshot("23-plan-files");
  await window.close();
}

/** The beginnings of the plan's steps as they stand there, each as two words. */
async function steps(window) {
  const rows = await window.row("Plan", "").evaluateAll((all) => all.map((row) => [Number(row.dataset.index), row.innerText]));
  return rows.sort(([one], [other]) => one - other).map(([, text]) => text.trim().split(/\s+/).slice(0, 2).join(" "));
}

/** A run is begun with what was picked, looked at whole, handed on and deleted; what Genie keeps is told. */
export async function keepHouse(vscode) {
  const { folder, script } = makeRepository();
  const settings = join(vscode.home, "genie", "settings.toml");
  mkdirSync(join(vscode.home, "genie"), { recursive: true });
  writeFileSync(settings, `[profiles.careful]\nplan.name = "scripted:${script}"\n`);
  const window = await vscode.open(folder);
  const listed = (text) => window.page.locator(".quick-input-list .monaco-list-row", { hasText: text }).first();
  await chooseModel(window, "Another model", `scripted:${script}`);
  await window.command("Genie: Choose Profile");
  await listed("plans").waitFor({ timeout: 300_000 });
  await window.screenshot("24-profiles");
  await window.pick("careful");
  await window.status("Genie's profile from now on: careful").waitFor();
  await window.command("Genie: Choose Number of Candidates");
  await listed("Best of 4").waitFor();
  await window.screenshot("25-candidates");
  await window.pick("One");
  await window.command("Genie: Solve Task");
  await window.enter("Amounts come out wrong");
  await window.toast("Who gets the cents").waitFor();
  await window.row("Task", /Profile\s*careful/).waitFor();
  await window.command("Genie: Choose Profile");
  await window.pick("None");
  await window.command("Genie: Choose Number of Candidates");
  await window.pick("As the settings file says"); // the stories that follow have the same settings
  await window.command("Genie: Answer Question");
  await window.pick("The first ones");
  await window.status("Genie: solved, 3 to review").waitFor();

  await window.theme("dark");
  await window.command("Genie: Open All Changes");
  await window.page.locator(".multiDiffEntry", { hasText: "ledger.py" }).locator(".char-insert").first().waitFor();
  await window.screenshot("26-all-changes-dark");
  await window.closeEditor();

  await window.expand("Runs");
  const run = window.row("Runs", "Amounts come out wrong");
  const [name] = readdirSync(join(vscode.home, "genie", "runs")).slice(-1);
  await window.command("Genie: Export Run");
  const box = window.page.locator(".quick-input-widget:visible input.input");
  await until(async () => assert.ok((await box.inputValue()).endsWith(".zip")));
  const target = join(folder, "..", "handed-on.zip");
  await box.fill(target);
  await window.page.keyboard.press("Enter");
  await window.toast("exported to").waitFor();
  assert.ok(existsSync(target));

  await window.rowAction(run, "Resume");
  await window.status("Genie: solved").waitFor({ state: "detached" });
  await window.status("Genie: solved").or(window.status("Genie: failed")).waitFor();
  await window.rowAction(run, "Delete Run");
  const dialog = window.page.locator(".monaco-dialog-box");
  await dialog.getByText("This removes its log").waitFor();
  await window.screenshot("27-delete-run-dark");
  await dialog.locator(".monaco-button", { hasText: "Delete" }).click();
  await run.waitFor({ state: "detached" });
  await window.row("Plan", "").first().waitFor({ state: "detached" });
  await window.status("Genie").first().waitFor();
  assert.ok(!existsSync(join(vscode.home, "genie", "runs", name)));

  await window.command("Genie: What Genie Keeps");
  await listed("index").waitFor();
  await window.screenshot("28-kept-dark");
  await window.pick("Clean All");
  await window.toast("Removed").waitFor();
  await window.close();
}
