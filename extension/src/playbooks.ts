// Playbooks: a new one from a template, and the choice of those that a task is to follow.

import * as vscode from "vscode";
import { newPlaybookRequest, playbooksRequest } from "./protocol";
import type { Server } from "./server";
import { pickFolder } from "./folders";

const WHOSE = [
  { label: vscode.l10n.t("In this repository"), detail: vscode.l10n.t("In .genie/playbooks, for all who work on it"), mine: false },
  { label: vscode.l10n.t("Mine"), detail: vscode.l10n.t("In your configuration folder, for all your repositories"), mine: true },
];

export function playbookCommands(server: Server): Record<string, () => unknown> {
  return {
    async newPlaybook() {
      const folder = await pickFolder();
      const title = vscode.l10n.t("Genie: New Playbook");
      const prompt = vscode.l10n.t("What is it about? e.g. Release");
      const name = folder && (await vscode.window.showInputBox({ title, prompt }))?.trim();
      const whose = name && (await vscode.window.showQuickPick(WHOSE, { title, placeHolder: vscode.l10n.t("Where should it lie?") }));
      if (whose) {
        const { uri } = await server.request(newPlaybookRequest, { folder: folder.uri.fsPath, name, mine: whose.mine });
        await vscode.window.showTextDocument(vscode.Uri.parse(uri), { preview: false });
      }
    },
  };
}

/** The names that the user ticks; none where there are no playbooks, undefined when they have left. */
export async function pickPlaybooks(server: Server, folder: string): Promise<readonly string[] | undefined> {
  const { playbooks } = await server.request(playbooksRequest, { folder });
  if (playbooks.length === 0) {
    return [];
  }
  const rows = playbooks.map((book) => ({
    label: book.name,
    description: book.origin === "user" ? vscode.l10n.t("yours") : vscode.l10n.t("of this repository"),
    detail: [book.when, ...book.problems.map((problem) => `$(warning) ${problem}`)].join(" · "),
  }));
  const placeHolder = vscode.l10n.t("Which playbooks should Genie follow, beside those that apply by themselves?");
  const picked = await vscode.window.showQuickPick(rows, { title: vscode.l10n.t("Genie: Solve Task"), placeHolder, canPickMany: true });
  return picked?.map(({ label }) => label);
}
