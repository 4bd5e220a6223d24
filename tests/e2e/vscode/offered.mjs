// What users and other agents are offered: tools, and ways to begin.

import { makeRepository } from "./repository.mjs";

/** Another agent asks for Genie's search and navigation. */
async function lentTools(vscode) {
  const { folder } = makeRepository();
  const window = await vscode.open(folder);
  await window.openFile("ledger.py");
  await window.command("E2E: Ask Genie's Tools");
  await window.toast("Where is total?").waitFor({ timeout: 300_000 });
  await window.line("From the editor.").first().waitFor();
  await window.line("ledger.py:4-9 total").waitFor();
  await window.line("ledger.py:17-20 split").waitFor();
  await window.screenshot("22-lent-tools");
  await window.page.keyboard.press("Control+End");
  await window.line("All tools have answered.").waitFor();
  await window.line("The rest is left out.").last().waitFor();
  await window.screenshot("22-lent-tools-clipped");
  await window.close();
}

export const OFFERED = { lentTools };
