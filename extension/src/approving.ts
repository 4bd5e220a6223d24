// Commands that want to run without a sandbox: asked for, listed and revoked.

import * as vscode from "vscode";
import { approvalsRequest, type Approval, type Question, revokeApprovalsRequest } from "./protocol";
import type { Server } from "./server";

/** All that would run, in full; Escape leaves the question open. */
export async function askApproval(question: Question, wish: Approval): Promise<string | undefined> {
  const kept = wish.sandbox.charAt(0).toUpperCase() + wish.sandbox.slice(1);
  const detail = [wish.command, vscode.l10n.t("In a private copy of {0}", wish.folder), kept].join("\n\n");
  const text = vscode.l10n.t("Genie would run this command without a sandbox");
  const buttons = question.choices.map((choice) => ({ title: inWords(choice), choice }));
  return (await vscode.window.showWarningMessage(text, { modal: true, detail }, ...buttons))?.choice;
}

/** The server's choices as the user reads them. */
function inWords(choice: string): string {
  const known: Record<string, string> = {
    "Once": vscode.l10n.t("Once"),
    "Always for this command in this workspace": vscode.l10n.t("Always for this command in this workspace"),
    "Don't run": vscode.l10n.t("Don't run"),
  };
  return known[choice] ?? choice;
}

/** What may always run; what is ticked is asked for again from now on. */
export async function showApprovals(server: Server): Promise<void> {
  const { approved } = await server.request(approvalsRequest, {});
  const title = vscode.l10n.t("Genie: Approved Commands");
  if (approved.length === 0) {
    const none = vscode.l10n.t("No command is approved. Where there is no sandbox, Genie asks before it runs one.");
    await vscode.window.showQuickPick([{ label: none }], { title });
    return;
  }
  const rows = approved.map((one) => ({
    label: one.command,
    description: new Date(one.at).toLocaleDateString(),
    detail: one.repository,
    one,
  }));
  const placeHolder = vscode.l10n.t("These run without a sandbox. Tick what Genie should ask for again.");
  const picked = await vscode.window.showQuickPick(rows, { title, placeHolder, canPickMany: true, matchOnDetail: true });
  if (picked?.length) {
    await server.request(revokeApprovalsRequest, { approved: picked.map(({ one }) => one) });
    vscode.window.setStatusBarMessage(vscode.l10n.t("Genie asks again before it runs this"), 10_000);
  }
}
