// What users do with a proposed change: ask, say why not, edit it where it is compared.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeReviewedRepository } from "./repository.mjs";
import { chooseModel, until } from "./window.mjs";

/** A remark is answered in its thread, a hunk rejected with a reason, another edited in the diff. */
export async function reviewRemarks(vscode) {
  const { folder, script } = makeReviewedRepository();
  const window = await vscode.open(folder);
  await chooseModel(window, "Another model", `scripted:${script}`);
  await window.openFile("ledger.py");
  await window.command("Genie: Solve Task");
  await window.enter("Amounts come out wrong");
  await window.toast("Who gets the cents").waitFor({ timeout: 300_000 });
  await window.hover(window.line("result -= amount"), "Amounts were subtracted");
  await window.screenshot("22-hover", false);

  await window.lens("Comment", 2);
  await window.remark("x".repeat(10_001));
  await window.toast("shorten it").waitFor();
  await window.page.locator(".review-widget .comment-form .view-line", { hasText: "xxx" }).first().waitFor();
  await window.remark("Why divmod?");
  await window.comment("Why divmod?").waitFor();
  await window.command("Genie: Answer Question");
  await window.pick("The first ones");
  await window.comment("gives the share and what is left over").waitFor();
  await window.status("Genie: solved, 3 to review").waitFor({ timeout: 300_000 });
  await window.screenshot("23-remark");

  await window.line("{cents % 100}").click();
  await window.codeAction("Reject Genie's change with a reason");
  await window.enter("Cents may have three digits");
  await window.row("Changes", "rejected").waitFor();
  await window.line("share = amount").click();
  await window.page.keyboard.press("Shift+Alt+F9");
  await window.status("Ln 8,").waitFor();
  await window.page.keyboard.press("Shift+Alt+F9");
  await window.status("Ln 19,").waitFor();
  await window.hover(window.line("{cents % 100}"), "Cents may have three digits");

  await window.command("Genie: Show Diff");
  await window.page.locator(".monaco-diff-editor .char-insert").first().waitFor();
  await window.page.keyboard.press("End");
  await window.page.keyboard.type("  # kept");
  await window.page.keyboard.press("Control+s");
  await window.row("Changes", "# kept").waitFor();
  await window.theme("dark");
  await window.screenshot("24-editable-diff");
  await window.page.keyboard.press("Control+Alt+Enter");
  await window.row("Changes", "accepted").waitFor();
  await window.closeEditor();
  await window.line("# kept").waitFor();
  await window.comment("Why divmod?").waitFor();
  await window.screenshot("25-remark-dark");
  await window.page.locator('.review-widget .action-label[aria-label^="Resolve"]').click();
  await window.comment("Why divmod?").waitFor({ state: "hidden" });
  await window.page.keyboard.press("Control+s");
  await until(async () => assert.ok(readFileSync(join(folder, "ledger.py"), "utf8").includes("# kept")));
  await window.page.reload();
  await window.command("Genie: Show Run");
  await window.pick("Amounts come out wrong");
  await until(async () => {
    // VS Code closes a thread that turns out to be resolved, also one that was just opened.
    await window.page.locator(".comment-range-glyph.comment-thread").first().click();
    await window.page.locator(".review-widget", { hasText: "Settled" }).waitFor({ timeout: 5_000 });
  });
  await window.screenshot("26-settled");
  await window.close();
}
