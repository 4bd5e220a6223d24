// What users do in the sidebar: the plan set in order by hand.

import assert from "node:assert/strict";
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

  await window.command("Genie: Answer Question");
  await window.pick("The first ones");
  await window.status("Genie: solved, 3 to review").waitFor();
  await plan(find, mend, share);
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
