// Commands that want to run without a sandbox: asked for, listed and revoked.

import * as vscode from "vscode";
import { approvalsRequest, type Approval, type Question, revokeApprovalsRequest } from "./protocol";
import type { Server } from "./server";

/** All that would run, in full; Escape leaves the question open. */
export async function askApproval(question: Question, wish: Approval): Promise<string | undefined> {
  const kept = wish.sandbox.charAt(0).toUpperCase() + wish.sandbox.slice(1);
  const detail = `${wish.command}\n\nIn a private copy of ${wish.folder}\n\n${kept}`;
  const text = "Genie would run this command without a sandbox";
  return vscode.window.showWarningMessage(text, { modal: true, detail }, ...question.choices);
}

/** What may always run; what is ticked is asked for again from now on. */
export async function showApprovals(server: Server): Promise<void> {
  const { approved } = await server.request(approvalsRequest, {});
  const title = "Genie: Approved Commands";
  if (approved.length === 0) {
    const none = "No command is approved. Where there is no sandbox, Genie asks before it runs one.";
    await vscode.window.showQuickPick([{ label: none }], { title });
    return;
  }
  const rows = approved.map((one) => ({
    label: one.command,
    description: new Date(one.at).toLocaleDateString(),
    detail: one.repository,
    one,
  }));
  const placeHolder = "These run without a sandbox. Tick what Genie should ask for again.";
  const picked = await vscode.window.showQuickPick(rows, { title, placeHolder, canPickMany: true, matchOnDetail: true });
  if (picked?.length) {
    await server.request(revokeApprovalsRequest, { approved: picked.map(({ one }) => one) });
    vscode.window.setStatusBarMessage(`Genie asks again for ${picked.length === 1 ? "this command" : `${picked.length} commands`}`, 10_000);
  }
}
