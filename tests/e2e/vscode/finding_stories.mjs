// Code is found: by words, and by meaning.

import { makeLargerRepository } from "./repository.mjs";

/** Code is found by what it does, looked at, left and opened; a saved file is found; the index tells of itself. */
export async function findCode(vscode) {
  const { folder } = makeLargerRepository();
  const window = await vscode.open(folder);
  await window.openFile("ledger.py");
  await window.line("def label").click();
  await window.find("payments for a loan");
  await window.found("instalments").waitFor({ timeout: 120_000 });
  await window.line("each = cents // count").waitFor();
  await window.screenshot("12-find-code");
  await window.leave();
  await window.tab("interest.py").waitFor({ state: "detached" });
  await window.status("Ln 12").waitFor();

  await window.find("next months' first days");
  await window.found("due_dates").waitFor();
  await window.take();
  await window.tab("interest.py").waitFor();
  await window.status("Ln 14, Col 1").waitFor();
  await window.line("def due_dates").waitFor();
  await window.screenshot("13-found");

  await window.languageStatus("Genie index: 4 files");
  await window.screenshot("14-index");
  await window.line("MONTHS = 12").click();
  await window.page.keyboard.press("End");
  await window.page.keyboard.insertText("\n\n\ndef brand_new_levy(cents):\n    \"A stamp duty.\"\n    return cents // 100\n");
  await window.page.keyboard.press("Control+s");
  await window.find("stamp duty");
  await window.found("brand_new_levy").waitFor();
  await window.status("Ln 6").waitFor();
  await window.leave();
  await window.status("Ln 9").waitFor();
  await window.command("Genie: Pause Indexing");
  await window.languageStatus("Genie index: paused");
  await window.command("Genie: Resume Indexing");
  await window.command("Genie: Rebuild Index");
  await window.languageStatus("Genie index: 4 files");
  await window.close();
}

/** The model is fetched into the extension's own environment; what no word leads to is found by it. */
export async function searchByMeaning(vscode) {
  const { folder } = makeLargerRepository();
  const window = await vscode.open(folder);
  await window.openFile("ledger.py");
  await window.command("Genie: Set Up Search by Meaning");
  await window.toast("84 MB are downloaded once").locator(".monaco-button", { hasText: "Set Up" }).click();
  await window.toast("setting up search by meaning").waitFor();
  await window.screenshot("15-setting-up-meaning");
  await window.toast("setting up search by meaning").waitFor({ state: "detached", timeout: 300_000 });
  await window.languageStatus("all by meaning");
  await window.screenshot("16-meaning");
  await window.find("borrowed money");
  await window.found("close in meaning").waitFor();
  await window.screenshot("17-found-by-meaning");
  await window.close();
}
